// Participation ratios of all modes of 864 atoms.
//
// Limit: reading the modes once.

#include "tarn/vibration/participation.hpp"

#include <benchmark/benchmark.h>

#include "support/bound.hpp"

namespace {

using namespace tarn;

void participation(benchmark::State& state) {
  const Matrix vectors = Matrix::Random(2592, 2592);
  for (auto _ : state) benchmarks::timed(state, [&] { benchmark::DoNotOptimize(participation_ratio(vectors)); });
  const double bytes = 8.0 * static_cast<double>(vectors.size());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  benchmarks::bound(state, "reading the modes", benchmarks::read_seconds(bytes));
}

}  // namespace

BENCHMARK(participation)->UseManualTime()->Unit(benchmark::kMillisecond);
