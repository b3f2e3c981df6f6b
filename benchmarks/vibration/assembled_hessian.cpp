// The Hessian assembled: 3×3 blocks, and dense.
//
// Limit of the blocks: sums of outer products, one for each two of the 52 + 1 atoms that change a density, 2800 an atom, into rows of 360 blocks that stay in the
// second-level cache: some 12 ns each in the pass that fills, 3 in the pass that counts.
// Limit of the dense form: the first touch of 72 N² bytes of fresh memory, on large pages a third of the whole; then the same outer products, and the operator's build.

#include "tarn/vibration/assembled_hessian.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>

#include "support/glass.hpp"

namespace {

using namespace tarn;
using benchmarks::timed;

void assembled_blocks(benchmark::State& state) {
  for (auto _ : state)
    timed(state, [&] { benchmark::DoNotOptimize(assemble(Hessian(benchmarks::glass(), benchmarks::potential()))); });
  // 2800 blocks of 72 bytes an atom, each read and written in rows of 27 kB
  const double row = benchmarks::read_seconds(360 * 76), rows = 2800 * 144 / (360 * 76.0);
  benchmarks::bound(state, "sums of 2800 blocks an atom in the cache",
                    row * rows * static_cast<double>(benchmarks::glass().size()));
}

void assembled_dense(benchmark::State& state) {
  for (auto _ : state)
    timed(state, [&] { benchmark::DoNotOptimize(dense_hessian(benchmarks::glass(), benchmarks::potential())); });
  const auto atoms = static_cast<double>(benchmarks::glass().size());
  benchmarks::bound(state, "first touch of 72 N² bytes", benchmarks::fresh_seconds(72 * atoms * atoms));
}

// For a peer: sizes, row starts, columns, blocks, to the file TARN_BENCHMARK_EXPORT.
void assembled_export(benchmark::State& state) {
  const char* file = std::getenv("TARN_BENCHMARK_EXPORT");
  if (!file) return state.SkipWithError("set TARN_BENCHMARK_EXPORT to a file");
  for (auto _ : state) {
    const BlockSparse matrix = assemble(Hessian(benchmarks::glass(), benchmarks::potential()));
    std::ofstream out(file, std::ios::binary);
    const auto write = [&](const auto& values) {
      out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(values[0])));
    };
    write(std::vector<std::uint64_t>{matrix.start.size() - 1, matrix.column.size()});
    write(std::vector<std::int32_t>(matrix.start.begin(), matrix.start.end()));
    write(matrix.column);
    write(matrix.block);
  }
}

}  // namespace

BENCHMARK(assembled_blocks)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(assembled_dense)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(assembled_export)->Iterations(1);
