// A product with the Hessian by differences of forces.
//
// Limit: its two force calls.

#include "tarn/vibration/finite_difference_hessian.hpp"

#include <benchmark/benchmark.h>

#include "support/glass.hpp"

namespace {

using namespace tarn;

void finite_difference_product(benchmark::State& state) {
  const Sample& sample = benchmarks::glass();
  const FiniteDifferenceHessian hessian(sample, benchmarks::potential());
  const Vector v = Vector::Random(hessian.rows());
  for (auto _ : state) benchmarks::timed(state, [&] { benchmark::DoNotOptimize(Vector(hessian * v)); });
  benchmarks::bound(state, "two force calls", 2 * benchmarks::force_call_seconds(sample));
}

}  // namespace

BENCHMARK(finite_difference_product)->UseManualTime()->Unit(benchmark::kMillisecond);
