// The density of states of all modes of 864 atoms, by element and of each atom, and the boson peaks made from it.
//
// Limit of the total: reading the modes once, as their squares by element; the lines cost as much again where σ is wide.
// Limit of each atom's, and so of the peaks: a matrix product for each block of modes, N × modes × grid points within reach.

#include "tarn/vibration/density_of_states.hpp"

#include <benchmark/benchmark.h>

#include "support/modes.hpp"
#include "tarn/vibration/boson_peak.hpp"

namespace {

using namespace tarn;
using benchmarks::timed;

const GaussianBroadening broadening;

void density_of_states_total(benchmark::State& state) {
  const Modes& modes = benchmarks::modes();
  const Vector grid = spectrum_grid(modes, broadening, 0.05);
  for (auto _ : state)
    timed(state, [&] {
      benchmark::DoNotOptimize(density_of_states(modes, benchmarks::census(), benchmarks::glass().species, 2, broadening, grid));
    });
  state.SetItemsProcessed(state.iterations() * modes.count());
  benchmarks::bound(state, "reading the modes", benchmarks::read_seconds(8.0 * static_cast<double>(modes.vectors.size())));
}

// The products that the window asks for, s.
double products_seconds() {
  const Modes& modes = benchmarks::modes();
  double flops = 0;
  detail::for_each_block(modes, benchmarks::census(), broadening, PeakWindow{}.grid(),
                         [&](Eigen::Index first, Eigen::Index last, Eigen::Index, const Matrix& lines) {
                           flops += 2.0 * static_cast<double>(modes.atoms() * (last - first) * lines.cols());
                         });
  return benchmarks::matrix_product_seconds(flops);
}

void density_of_states_projected(benchmark::State& state) {
  const Vector grid = PeakWindow{}.grid();
  for (auto _ : state)
    timed(state, [&] {
      benchmark::DoNotOptimize(projected_density_of_states(benchmarks::modes(), benchmarks::census(), broadening, grid));
    });
  benchmarks::bound(state, "the matrix products", products_seconds());
}

void density_of_states_peaks(benchmark::State& state) {
  for (auto _ : state)
    timed(state, [&] { benchmark::DoNotOptimize(boson_peak(benchmarks::modes(), benchmarks::census(), broadening)); });
  benchmarks::bound(state, "the matrix products", products_seconds());
}

}  // namespace

BENCHMARK(density_of_states_total)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(density_of_states_projected)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(density_of_states_peaks)->UseManualTime()->Unit(benchmark::kMillisecond);
