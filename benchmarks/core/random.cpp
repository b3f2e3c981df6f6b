// A million numbers of each kind.
//
// Limit: the ten rounds of Philox, twenty products of 64 by 64 bits for four words; a normal number takes 2.7 words, and the processor waits
// where it guessed the outcome of a rejection wrongly.

#include "tarn/core/random.hpp"

#include <benchmark/benchmark.h>

#include "support/bound.hpp"

namespace {

using namespace tarn;
constexpr int count = 1000000;

template <class Draw>
void draw(benchmark::State& state, double words, const Draw& one) {
  RandomStream random(1);
  for (auto _ : state)
    for (int k = 0; k < count; ++k) benchmark::DoNotOptimize(one(random));
  state.SetItemsProcessed(state.iterations() * count);
  static const double block = benchmarks::shortest([] {
    r123::Philox4x64::ctr_type counter = {{0, 1, 2, 0}};
    for (int k = 0; k < count; ++k, ++counter[0]) benchmark::DoNotOptimize(r123::Philox4x64{}(counter, {{3, 4}}));
  });
  benchmarks::bound(state, "Philox", block * words / 4);
}

void random_bits(benchmark::State& state) {
  draw(state, 1, [](RandomStream& random) { return random.bits(); });
}
void random_uniform(benchmark::State& state) {
  draw(state, 1, [](RandomStream& random) { return random.uniform(); });
}
void random_normal(benchmark::State& state) {
  draw(state, 2.74, [](RandomStream& random) { return random.normal(); });
}

}  // namespace

BENCHMARK(random_bits)->Unit(benchmark::kMillisecond);
BENCHMARK(random_uniform)->Unit(benchmark::kMillisecond);
BENCHMARK(random_normal)->Unit(benchmark::kMillisecond);
