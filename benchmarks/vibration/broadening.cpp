// Lines: a million values of a line shape, within its reach.
//
// Limit: the exponential function, one a value; of the histogram, two roundings down.

#include "tarn/vibration/broadening.hpp"

#include <benchmark/benchmark.h>

#include "support/bound.hpp"

namespace {

using namespace tarn;
constexpr int count = 1000000;
constexpr double step = 6e-6;  // rad/ps, the million spans 6

template <class Shape>
void lines(benchmark::State& state, const Shape& shape) {
  for (auto _ : state) {
    double sum = 0;
    for (int k = 0; k < count; ++k) sum += shape(step * k, 3.0);
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * count);
}

template <class Function>
double seconds(const Function& function) {
  return benchmarks::shortest([&] {
    double sum = 0;
    for (int k = 0; k < count; ++k) sum += function(step * k);
    benchmark::DoNotOptimize(sum);
  });
}

void broadening_gaussian(benchmark::State& state) {
  lines(state, GaussianBroadening{});
  benchmarks::bound(state, "exp", seconds([](double x) { return std::exp(-x); }));
}
void broadening_histogram(benchmark::State& state) {
  lines(state, HistogramBroadening{});
  benchmarks::bound(state, "two floors", seconds([](double x) { return std::floor(x) + std::floor(2 * x); }));
}

}  // namespace

BENCHMARK(broadening_gaussian)->Unit(benchmark::kMillisecond);
BENCHMARK(broadening_histogram)->Unit(benchmark::kMillisecond);
