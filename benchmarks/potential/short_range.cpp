// The force call: energy, forces and virial on a valid list, and along a trajectory with its rebuilds.
//
// Limit: the core's execution, not memory. An atom of Cu50Zr50 has 70 half pairs in the list (reach + 1 Å), 26 with a density and 20 with φ alone. Of a call in
// double 40 % is the sift (eight neighbours in some 27 cycles; loads of rows, shuffles and unaligned stores, twice what the arithmetic alone takes), 22 % the
// functions and sums of pairs with a density (10 cycles each: six row loads and five FMA, one row read and written), 13 % pairs with φ alone, 12 % the
// embedding force, the rest sums over copies, F and checks. A table an eighth of the size gains 6 %: the second-level cache is not what bounds it.
//
// TARN_BENCHMARK_SAMPLE names a LAMMPS data file to take instead of the minimum of 864 atoms, repeated and shaken.

#include "tarn/potential/short_range.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <random>

#include "support/bound.hpp"
#include "tarn/core/openmp.hpp"
#include "tarn/io/lammps_data.hpp"
#include "tarn/potential/eam.hpp"
#include "tarn/potential/lennard_jones.hpp"

namespace {

using namespace tarn;
const std::string folder = TARN_EXAMPLE_DATA;

const Sample& glass() {
  static const Sample sample = [] {
    if (const char* file = std::getenv("TARN_BENCHMARK_SAMPLE"))
      return read_lammps_data(std::filesystem::path(file), {"Cu", "Zr"});
    const Sample one = read_lammps_data(std::filesystem::path(folder + "/cuzr864_minimum.data"), {"Cu", "Zr"});
    Sample s = one;
    s.cell.vectors *= 2;
    s.positions.resize(3, 8 * one.size());
    s.masses.resize(0);
    s.species.clear();
    s.ids.clear();
    s.fields.clear();
    std::mt19937_64 random(1);
    std::normal_distribution<double> shake(0, 0.1);  // Å: about 300 K
    for (int image = 0; image < 8; ++image)
      for (Eigen::Index i = 0; i < one.size(); ++i) {
        const auto to = image * one.size() + i;
        s.positions.col(to) = one.positions.col(i) + one.cell.vectors * Vec3(image & 1, image >> 1 & 1, image >> 2) +
                              Vec3(shake(random), shake(random), shake(random));
        s.species.push_back(one.species[static_cast<std::size_t>(i)]);
        s.ids.push_back(to + 1);
      }
    return s;
  }();
  return sample;
}

const Setfl& published() {
  static const Setfl table = read_setfl(std::filesystem::path(folder + "/CuZr_MKO2009.eam.fs"));
  return table;
}

// The published table with cross densities that differ, in size and in end.
Setfl asymmetric() {
  Setfl table = published();
  auto& cross = table.density[1];
  const std::size_t end = static_cast<std::size_t>(5.2 / table.radius_step_A);
  for (std::size_t k = 0; k < cross.size(); ++k) {
    const double x = k < end ? 1 - static_cast<double>(k) / static_cast<double>(end) : 0;
    cross[k] = 0.2 * x * x * x * x;
  }
  return table;
}

// Sums and products of an atom: 70 distances in the list, 46 pairs with functions and forces of which 26 take F' too.
constexpr double eam_flops = 70 * 8 + 46 * 96 + 26 * 30, lennard_jones_flops = 50 * 8 + 30 * 60;

template <class P>
void force(benchmark::State& state, const P& potential, const Sample& sample, double flops = eam_flops) {
  auto workspace = potential.workspace(sample);
  benchmark::DoNotOptimize(potential.evaluate(sample, workspace));
  for (auto _ : state) benchmark::DoNotOptimize(potential.evaluate(sample, workspace));
  state.SetItemsProcessed(state.iterations() * sample.size());
  benchmarks::bound(state, "arithmetic of " + std::to_string(static_cast<int>(flops)) + " flops an atom",
                    benchmarks::arithmetic_seconds(flops * static_cast<double>(sample.size())));
}

void force_double(benchmark::State& state) { force(state, EamSplines<Double>(published()), glass()); }
void force_mixed(benchmark::State& state) { force(state, EamSplines<Mixed>(published()), glass()); }
void force_asymmetric(benchmark::State& state) { force(state, EamSplines<Double>(asymmetric()), glass()); }
void force_raw(benchmark::State& state) { force(state, EamSplines<Double>(published(), Conditioning{.raw = true}), glass()); }
void force_threads(benchmark::State& state) {
  force(state, EamSplines<Double, OpenMP>(published(), {}, OpenMP(static_cast<int>(state.range(0)))), glass());
}

// Kob–Andersen at its density 1.2: 61 neighbours within the cut-off.
void force_lennard_jones(benchmark::State& state) {
  Sample s;
  s.cell = cubic(std::cbrt(6912 / 1.2));
  s.elements = {"A", "B"};
  std::mt19937_64 random(2);
  std::normal_distribution<double> shake(0, 0.05);
  const int cells = 12;
  s.positions.resize(3, 6912);
  for (int k = 0; k < 6912; ++k) {
    const int site = k % 4, cell = k / 4;
    const Vec3 corner(cell % cells, cell / cells % cells, cell / cells / cells),
        inside(site == 1 || site == 2 ? 0.5 : 0, site == 1 || site == 3 ? 0.5 : 0, site > 1 ? 0.5 : 0);
    s.positions.col(k) = s.cell.vectors * (corner + inside) / cells + Vec3(shake(random), shake(random), shake(random));
    s.species.push_back(random() % 5 == 0);
    s.ids.push_back(k + 1);
  }
  force(state, LennardJones<Double>(kob_andersen()), s, lennard_jones_flops);
}

// Velocity Verlet, 2 fs, from 300 K; only evaluations are timed, those that build the list among them.
void trajectory(benchmark::State& state) {
  Sample s = glass();
  const EamSplines<Double> potential(published());
  auto workspace = potential.workspace(s);
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal(0, 1);
  Vectors v(3, s.size());
  Vector over_mass(s.size());
  const double unit = 9648.53321, step = 0.002;  // Å² u / ps² in an eV; ps
  for (Eigen::Index i = 0; i < s.size(); ++i) {
    const double mass = potential.masses()[static_cast<std::size_t>(s.species[static_cast<std::size_t>(i)])];
    over_mass[i] = unit / mass;
    for (int k = 0; k < 3; ++k) v(k, i) = std::sqrt(8.617333e-5 * 300 * over_mass[i]) * normal(random);
  }
  v.colwise() -= v.rowwise().mean().eval();
  Vectors f = potential.evaluate(s, workspace).forces;
  for (auto _ : state) {
    v += 0.5 * step * f * over_mass.asDiagonal();
    s.positions += step * v;
    Evaluation e;
    benchmarks::timed(state, [&] { e = potential.evaluate(s, workspace); });
    f = std::move(e.forces);
    v += 0.5 * step * f * over_mass.asDiagonal();
  }
  state.SetItemsProcessed(state.iterations() * s.size());
  state.counters["steps_per_build"] = static_cast<double>(state.iterations()) / static_cast<double>(workspace.builds());
  const double call = benchmarks::shortest([&] { benchmark::DoNotOptimize(potential.evaluate(s, workspace)); });
  benchmarks::bound(state, "the force call on a valid list", call);
}

}  // namespace

BENCHMARK(force_double)->Unit(benchmark::kMillisecond);
BENCHMARK(force_mixed)->Unit(benchmark::kMillisecond);
BENCHMARK(force_asymmetric)->Unit(benchmark::kMillisecond);
BENCHMARK(force_raw)->Unit(benchmark::kMillisecond);
BENCHMARK(force_lennard_jones)->Unit(benchmark::kMillisecond);
BENCHMARK(force_threads)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(trajectory)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(500);
