// The basis of the first three shells of plane waves, and the modes' weight in it; 864 atoms.
//
// Limit of the basis: each of W waves is made orthogonal, twice, to those before it: 2 W² passes over vectors of 3N numbers, from the cache.
// Limit of the weights: the product of basis and modes, W × 3N × modes.

#include "tarn/vibration/plane_waves.hpp"

#include <benchmark/benchmark.h>

#include "support/modes.hpp"

namespace {

using namespace tarn;
using benchmarks::timed;

void plane_waves_basis(benchmark::State& state) {
  const Sample& sample = benchmarks::glass();
  const auto shells = wave_shells(sample.cell, 3);
  Matrix basis;
  for (auto _ : state) timed(state, [&] { basis = plane_waves(sample, shells); });
  const auto waves = static_cast<double>(basis.cols());
  state.counters["waves"] = waves;
  benchmarks::bound(state, "reading waves", waves * benchmarks::read_seconds(8.0 * static_cast<double>(basis.size())) * 2);
}

void plane_waves_weight(benchmark::State& state) {
  const Sample& sample = benchmarks::glass();
  const Matrix basis = plane_waves(sample, wave_shells(sample.cell, 3));
  const Modes& modes = benchmarks::modes();
  for (auto _ : state) timed(state, [&] { benchmark::DoNotOptimize(weight_in(basis, modes)); });
  benchmarks::bound(state, "the matrix product",
                    benchmarks::matrix_product_seconds(2.0 * static_cast<double>(basis.cols() * modes.vectors.size())));
}

}  // namespace

BENCHMARK(plane_waves_basis)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(plane_waves_weight)->UseManualTime()->Unit(benchmark::kMillisecond);
