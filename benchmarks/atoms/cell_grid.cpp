// 200 000 atoms sorted into the cells that neighbours are searched in.
//
// Limit: the positions read, and written in the order of the cells; these writes go to places all over the memory.

#include "tarn/atoms/cell_grid.hpp"

#include <benchmark/benchmark.h>

#include "support/bound.hpp"
#include "tarn/core/random.hpp"

namespace {

using namespace tarn;

void cell_grid(benchmark::State& state) {
  constexpr Eigen::Index atoms = 200000;
  const Cell cell = cubic(150);
  RandomStream random(1);
  const Vectors positions = Vectors::NullaryExpr(3, atoms, [&] { return random.uniform(0, 150); });
  for (auto _ : state) benchmark::DoNotOptimize(CellGrid(cell, positions, 8.6));
  state.SetItemsProcessed(state.iterations() * atoms);
  benchmarks::bound(state, "reading 24 bytes an atom, first touch of 32",
                    benchmarks::read_seconds(24.0 * atoms) + benchmarks::fresh_seconds(32.0 * atoms));
}

}  // namespace

BENCHMARK(cell_grid)->Unit(benchmark::kMillisecond);
