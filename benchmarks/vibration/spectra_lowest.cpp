// The lowest 100 modes of 864 atoms without a matrix.
//
// Limit: the products H·v that the filter takes, a dozen for each vector of Lanczos; then Lanczos making its vectors orthogonal.

#include "tarn/vibration/spectra_lowest.hpp"

#include <benchmark/benchmark.h>

#include "support/glass.hpp"
#include "tarn/vibration/dynamical_matrix.hpp"
#include "tarn/vibration/modes.hpp"

namespace {

using namespace tarn;

void spectra_lowest(benchmark::State& state) {
  const Sample& sample = benchmarks::glass();
  const auto dynamical = dynamical_operator(sample, benchmarks::potential());
  std::int64_t products = 0;
  const AnyOperator counted{dynamical.rows(), [&](const double* x, double* y) { ++products, dynamical.perform_op(x, y); }};
  for (auto _ : state)
    benchmarks::timed(state, [&] {
      products = 0;
      benchmark::DoNotOptimize(SpectraLowest{}(counted, Lowest{state.range(0)}, translations(sample.masses)));
    });
  const Vector x = Vector::Random(dynamical.rows());
  Vector y(x.size());
  const double product = benchmarks::shortest([&] {
                           for (int k = 0; k < 100; ++k) dynamical.perform_op(x.data(), y.data());
                         }) /
                         100;
  state.counters["products_per_mode"] = static_cast<double>(products) / static_cast<double>(state.range(0));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  benchmarks::bound(state, "the products", static_cast<double>(products) * product);
}

}  // namespace

BENCHMARK(spectra_lowest)->Arg(100)->UseManualTime()->Unit(benchmark::kMillisecond);
