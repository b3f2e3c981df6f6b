// The order of 200 000 atoms along the curve.
//
// Limit: the sort of as many codes, through an index.

#include "tarn/atoms/order.hpp"

#include <benchmark/benchmark.h>

#include <numeric>

#include "support/bound.hpp"
#include "tarn/core/random.hpp"

namespace {

using namespace tarn;

void order(benchmark::State& state) {
  constexpr Eigen::Index atoms = 200000;
  const Cell cell = cubic(150);
  RandomStream random(1);
  const Vectors positions = Vectors::NullaryExpr(3, atoms, [&] { return random.uniform(0, 150); });
  for (auto _ : state) benchmark::DoNotOptimize(morton_order(cell, positions));
  state.SetItemsProcessed(state.iterations() * atoms);

  std::vector<std::uint64_t> codes(atoms);
  for (auto& code : codes) code = random.bits();
  benchmarks::bound(state, "the sort", benchmarks::shortest([&] {
                      std::vector<int> places(codes.size());
                      std::iota(places.begin(), places.end(), 0);
                      std::stable_sort(places.begin(), places.end(), [&](int a, int b) {
                        return codes[static_cast<std::size_t>(a)] < codes[static_cast<std::size_t>(b)];
                      });
                      benchmark::DoNotOptimize(places.data());
                    }));
}

}  // namespace

BENCHMARK(order)->Unit(benchmark::kMillisecond);
