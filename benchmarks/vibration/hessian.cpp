// The Hessian as an operator: its build and its products with one and with sixteen vectors.
//
// Limit of the build: the functions and two derivatives of 46 half pairs an atom, each taken twice, then the search of the pairs (a quarter).
// Limit of H·v where the factors fit the cache (864 atoms): the core. Eight pairs take some 30 cycles, 16 row loads and 15 shuffles of them; arithmetic alone would take 10.
// Limit beyond (19652 atoms): memory. The factors are 2.8 kB an atom, the slopes of the densities are read twice: 59 MB a product, 2.2 ms at 27 GB/s.
// Limit of many vectors: the rows of the vectors (512 bytes an atom for sixteen) come from the second-level cache, 32 bytes a cycle; factors are read once for all.
//
// TARN_BENCHMARK_SAMPLE names a LAMMPS data file to take instead of the minimum of 864 atoms; TARN_BENCHMARK_EXPORT a file for its assembled Hessian.

#include "tarn/vibration/hessian.hpp"

#include <benchmark/benchmark.h>

#include "support/glass.hpp"

namespace {

using namespace tarn;
using benchmarks::timed;

void hessian_build(benchmark::State& state) {
  for (auto _ : state) timed(state, [&] { benchmark::DoNotOptimize(Hessian(benchmarks::glass(), benchmarks::potential())); });
  benchmarks::bound(state, "two force calls", 2 * benchmarks::force_call_seconds(benchmarks::glass()));
}

void hessian_product(benchmark::State& state) {
  const Hessian hessian(benchmarks::glass(), benchmarks::potential());
  const auto columns = static_cast<Eigen::Index>(state.range(0));
  const Matrix v = Matrix::Random(hessian.rows(), columns);
  for (auto _ : state) timed(state, [&] { benchmark::DoNotOptimize(columns == 1 ? Matrix(hessian * Vector(v)) : hessian * v); });
  state.SetItemsProcessed(state.iterations() * columns);
  const auto atoms = static_cast<double>(hessian.atoms());
  const double reading = benchmarks::read_seconds(3000 * atoms);
  const double arithmetic = benchmarks::arithmetic_seconds(46 * 40 * atoms * static_cast<double>(columns));
  benchmarks::bound(state, reading > arithmetic ? "reading 3 kB an atom" : "arithmetic of 1840 flops an atom and vector",
                    std::max(reading, arithmetic));
}

}  // namespace

BENCHMARK(hessian_build)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(hessian_product)->Arg(1)->Arg(8)->Arg(16)->UseManualTime()->Unit(benchmark::kMillisecond);
