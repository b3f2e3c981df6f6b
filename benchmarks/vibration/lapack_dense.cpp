// All modes by LapackDense and by the bare call of dsyevd on the same matrix.
//
// Limit: dsyevd, half of it the reduction to tridiagonal form, which runs at the speed of memory. What is ours beside it is the check that the matrix is
// symmetric and the signs of the vectors.

#include "tarn/vibration/lapack_dense.hpp"

#include <benchmark/benchmark.h>

#include "support/glass.hpp"
#include "tarn/vibration/dynamical_matrix.hpp"

namespace {

using namespace tarn;
using benchmarks::timed;

const Matrix& matrix() {
  static const Matrix d = dense_dynamical_matrix(benchmarks::glass(), benchmarks::potential());
  return d;
}

void bare_dsyevd(Matrix& d, Vector& values) {
  const auto n = static_cast<lapack_int>(d.rows());
  LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', n, d.data(), n, values.data());
}

void modes_lapack_dense(benchmark::State& state) {
  for (auto _ : state) {
    Matrix d = matrix();
    timed(state, [&] { benchmark::DoNotOptimize(LapackDense{}(std::move(d))); });
  }
  if (std::getenv("TARN_BENCHMARK_SAMPLE")) return;  // the bare call is measured beside it
  Matrix d = matrix();
  Vector values(d.rows());
  benchmarks::bound(state, "the bare dsyevd", benchmarks::shortest([&] { bare_dsyevd(d, values); }, 1));
}

void modes_bare_dsyevd(benchmark::State& state) {
  for (auto _ : state) {
    Matrix d = matrix();
    Vector values(d.rows());
    timed(state, [&] { bare_dsyevd(d, values); });
    benchmark::DoNotOptimize(values);
  }
}

}  // namespace

BENCHMARK(modes_lapack_dense)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(modes_bare_dsyevd)->UseManualTime()->Unit(benchmark::kMillisecond);
