// Neighbour lists of 6912 atoms of Cu50Zr50.
//
// Limit: the core, far from its arithmetic. A sphere of 8.6 Å is searched among 580 candidates an atom, eight at a time; what costs more is scattered: which atoms a
// block knows already, their images, neighbours by species. A list takes some six force calls, once in 250 steps at 300 K.

#include "tarn/atoms/neighbour_list.hpp"

#include <benchmark/benchmark.h>

#include "support/glass.hpp"

namespace {

using namespace tarn;

void build_list(benchmark::State& state) {
  static const Sample sample = [] {
    Sample s = benchmarks::glass();
    if (!std::getenv("TARN_BENCHMARK_SAMPLE"))
      for (Eigen::Index axis = 0; axis < 3; ++axis) s = benchmarks::repeated(s, axis, 2);
    return s;
  }();
  const Matrix reach = (Matrix(2, 2) << 7, 8.6, 8.6, 8.6).finished();
  for (auto _ : state) benchmark::DoNotOptimize(NeighbourList::build(sample, reach));
  state.SetItemsProcessed(state.iterations() * sample.size());
  benchmarks::bound(state, "arithmetic of 580 distances an atom",
                    benchmarks::arithmetic_seconds(580.0 * 8 * static_cast<double>(sample.size())));
}

}  // namespace

BENCHMARK(build_list)->Unit(benchmark::kMillisecond);
