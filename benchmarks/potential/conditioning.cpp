// Conditioning of the published table: time, and the convergence table of the header's comment as counters.
//
// Limit: the banded least squares, about 50 flops a table value and fit, a dozen fits a function; read once a program, it never matters.

#include "tarn/potential/conditioning.hpp"

#include <benchmark/benchmark.h>

#include <Eigen/Eigenvalues>

#include "support/bound.hpp"
#include "tarn/io/lammps_data.hpp"
#include "tarn/potential/eam.hpp"
#include "tarn/vibration/dynamical_matrix.hpp"

namespace {

using namespace tarn;
const std::string folder = TARN_TEST_DATA;

Vector frequencies(const Sample& sample, const EamSplines<Double>& potential) {
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(dense_dynamical_matrix(sample, potential), Eigen::EigenvaluesOnly);
  return solver.eigenvalues().unaryExpr([](double value) { return units::signed_frequency(value); });
}

void condition(benchmark::State& state, const std::string& file) {
  const Setfl table = read_setfl(std::filesystem::path(file));
  const Sample sample = read_lammps_data(std::filesystem::path(folder + "/cuzr256_minimum.data"), {"Cu", "Zr"});
  Conditioning how;
  how.segments = static_cast<int>(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(EamFunctions<double>(table, how));
  double values = 0;
  for (const auto* blocks : {&table.embedding, &table.density, &table.pair})
    for (const auto& block : *blocks) values += static_cast<double>(block.size());
  benchmarks::bound(state, "arithmetic of 600 flops a value", benchmarks::arithmetic_seconds(600 * values));
  const EamSplines<Double> potential(table, how), raw(table, Conditioning{.raw = true});
  Conditioning fine;
  fine.segments = 512;
  double knots = 0;
  for (const Residual& r : potential.functions().residuals())
    knots += r.what.starts_with("phi") ? static_cast<double>(r.knots) : 0;
  const Vector change = frequencies(sample, potential) - frequencies(sample, EamSplines<Double>(table, fine));
  state.counters["knots_of_phi"] = knots;
  state.counters["force_eV_per_A"] = (evaluate(sample, potential).forces - evaluate(sample, raw).forces).cwiseAbs().maxCoeff();
  state.counters["omega_rad_per_ps"] = change.cwiseAbs().maxCoeff();
  state.counters["omega_rms"] = std::sqrt(change.squaredNorm() / static_cast<double>(change.size()));
}

void condition_published(benchmark::State& state) { condition(state, std::string(TARN_EXAMPLE_DATA) + "/CuZr_MKO2009.eam.fs"); }
void condition_smooth(benchmark::State& state) { condition(state, folder + "/CuZr_smooth.eam.fs"); }

}  // namespace

BENCHMARK(condition_published)->RangeMultiplier(2)->Range(16, 256)->Unit(benchmark::kMillisecond);
BENCHMARK(condition_smooth)->RangeMultiplier(2)->Range(16, 256)->Unit(benchmark::kMillisecond);
