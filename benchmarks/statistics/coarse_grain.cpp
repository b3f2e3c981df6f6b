// Averages of four fields about every atom over 5.9 Å, at the density of Cu50Zr50: 4000 atoms and 19652.
//
// Limit: of the Gaussian and the exponential, the exponential function, once for each atom within the reach (half of 4000 atoms), and the sums: a Gaussian
// average takes six times as long. Twice the bound goes into the search, which writes down the atoms within, and nearly three times into gathering their
// values, four at a time. The top hat has 50 atoms within and 230 candidates: the search is more than half of it. coarse_grain_all_pairs: no grid.

#include "tarn/statistics/coarse_grain.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <map>
#include <numbers>

#include "support/bound.hpp"
#include "tarn/core/random.hpp"

namespace {

using namespace tarn;
constexpr double length_A = 5.9, density_per_A3 = 0.058;
constexpr int fields = 4;

struct Atoms {
  Cell cell;
  Vectors positions;
  Matrix values;
};

/// On the places of a jittered lattice, some of them empty.
const Atoms& atoms(Eigen::Index n) {
  static std::map<Eigen::Index, Atoms> known;
  const auto [found, is_new] = known.try_emplace(n);
  if (!is_new) return found->second;
  Atoms& out = found->second;
  const auto side = static_cast<Eigen::Index>(std::ceil(std::cbrt(static_cast<double>(n)) - 1e-9));
  const double edge = std::cbrt(static_cast<double>(n) / density_per_A3), step = edge / static_cast<double>(side);
  RandomStream random(1);
  out.cell = cubic(edge);
  out.positions.resize(3, n);
  out.values.resize(fields, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const Eigen::Index place = i * side * side * side / n;
    const auto at = [&](Eigen::Index k) { return (static_cast<double>(k % side) + random.uniform(-0.3, 0.3)) * step; };
    out.positions.col(i) << at(place), at(place / side), at(place / side / side);
    for (double& x : out.values.col(i)) x = random.normal();
  }
  return out;
}

template <class K>
double reach(const Atoms& a, const K& kernel) {
  return std::min(kernel.reach() * length_A, half_box_A(a.cell));
}

template <class K>
void coarse_grain_fields(benchmark::State& state, const K& kernel) {
  const Atoms& a = atoms(state.range(0));
  for (auto _ : state)
    benchmarks::timed(state, [&] { benchmark::DoNotOptimize(coarse_grain(a.cell, a.positions, a.values, length_A, kernel)); });
  const auto n = static_cast<double>(state.range(0));
  const double within = 4 * std::numbers::pi / 3 * std::pow(reach(a, kernel), 3) * density_per_A3;
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["atoms_within"] = within;
  // a distance, and each field's product and sum, are all of the top hat
  const double sums = benchmarks::arithmetic_seconds(n * within * (8 + 2 * fields));
  if constexpr (std::same_as<K, TopHat>) {
    benchmarks::bound(state, "arithmetic of the distances and sums", sums);
  } else {
    Eigen::ArrayXd x = Eigen::ArrayXd::LinSpaced(static_cast<Eigen::Index>(within), 0, 5), w = x;
    const double exps = benchmarks::shortest([&] {
      w = kernel(x);
      benchmark::DoNotOptimize(w.data());
    });
    benchmarks::bound(state, "exp, and arithmetic of the distances and sums", n * exps + sums);
  }
}
void coarse_grain_top_hat(benchmark::State& state) { coarse_grain_fields(state, TopHat{}); }
void coarse_grain_gaussian(benchmark::State& state) { coarse_grain_fields(state, Gaussian{}); }
void coarse_grain_exponential(benchmark::State& state) { coarse_grain_fields(state, Exponential{}); }

template <class K>
Matrix all_pairs(const Atoms& a, const K& kernel) {
  const Eigen::Index n = a.positions.cols();
  const double edge = a.cell.vectors(0, 0), end = reach(a, kernel);
  Matrix out(fields, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    double weights = 0;
    std::array<double, fields> sum{};
    for (Eigen::Index j = 0; j < n; ++j) {
      Vec3 d = a.positions.col(j) - a.positions.col(i);
      for (double& x : d) x -= edge * std::nearbyint(x / edge);
      const double r2 = d.squaredNorm();
      if (r2 > end * end) continue;
      const double w = kernel(std::sqrt(r2) / length_A);
      weights += w;
      for (std::size_t k = 0; k < fields; ++k) sum[k] += w * a.values(static_cast<Eigen::Index>(k), j);
    }
    for (std::size_t k = 0; k < fields; ++k) out(static_cast<Eigen::Index>(k), i) = sum[k] / weights;
  }
  return out;
}

template <class K>
void coarse_grain_all_pairs(benchmark::State& state, const K& kernel) {
  const Atoms& a = atoms(state.range(0));
  Matrix found;
  for (auto _ : state) benchmarks::timed(state, [&] { found = all_pairs(a, kernel); });
  const Matrix expected = coarse_grain(a.cell, a.positions, a.values, length_A, kernel).values;
  if (!((found - expected).cwiseAbs().maxCoeff() < 1e-9)) state.SkipWithError("the grid and all pairs do not agree");
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
void coarse_grain_all_pairs_top_hat(benchmark::State& state) { coarse_grain_all_pairs(state, TopHat{}); }
void coarse_grain_all_pairs_gaussian(benchmark::State& state) { coarse_grain_all_pairs(state, Gaussian{}); }
void coarse_grain_all_pairs_exponential(benchmark::State& state) { coarse_grain_all_pairs(state, Exponential{}); }

}  // namespace

BENCHMARK(coarse_grain_top_hat)->Arg(4000)->Arg(19652)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(coarse_grain_gaussian)->Arg(4000)->Arg(19652)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(coarse_grain_exponential)->Arg(4000)->Arg(19652)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(coarse_grain_all_pairs_top_hat)->Arg(4000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(coarse_grain_all_pairs_gaussian)->Arg(4000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(coarse_grain_all_pairs_exponential)->Arg(4000)->UseManualTime()->Unit(benchmark::kMillisecond);
