#include "tarn/vibration/plane_waves.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "support/solvers.hpp"
#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

/// Disordered positions and two masses in any cell.
Sample disordered(const Cell& cell, Eigen::Index atoms) {
  Sample sample;
  sample.cell = cell;
  sample.elements = {"Cu", "Zr"};
  const Matrix random = random_matrix(3, atoms, 8);
  sample.positions = cell.vectors * (0.5 * random);
  sample.masses.resize(atoms);
  for (Eigen::Index i = 0; i < atoms; ++i) {
    sample.species.push_back(static_cast<int>(i % 2));
    sample.masses[i] = i % 2 ? 91.224 : 63.546;
    sample.ids.push_back(i + 1);
  }
  return sample;
}

}  // namespace

TEST_CASE("shells of a cube: 3, 6, 4, 3, 12 pairs at 1, √2, √3, 2, √5") {
  const auto shells = wave_shells(cubic(10), 5);
  REQUIRE(shells.size() == 5);
  const std::size_t pairs[] = {3, 6, 4, 3, 12};
  const double lengths2[] = {1, 2, 3, 4, 5};
  for (std::size_t s = 0; s < 5; ++s) {
    CHECK(shells[s].indices.size() == pairs[s]);
    CHECK(shells[s].length == doctest::Approx(2 * std::numbers::pi / 10 * std::sqrt(lengths2[s])));
  }
}

TEST_CASE("a slightly strained cube keeps its shells together, a long box has one pair in each") {
  Cell cell = cubic(10);
  cell.vectors(0, 0) = 10.2;
  cell.vectors(0, 1) = 0.3;
  const auto shells = wave_shells(cell, 2);
  CHECK(shells[0].indices.size() == 3);
  CHECK(shells[1].indices.size() == 6);
  cell.vectors = Vec3(80, 10, 10).asDiagonal();
  const auto along = wave_shells(cell, 3);
  for (std::size_t s = 0; s < 3; ++s) {
    REQUIRE(along[s].indices.size() == 1);
    CHECK(along[s].indices[0] == std::array<int, 3>{static_cast<int>(s) + 1, 0, 0});
  }
}

TEST_CASE("shells of a skewed cell hold every wave of their length, by brute force over a large range") {
  Cell cell;
  cell.vectors << 8, 5, -3, 0, 7, 4, 0, 0, 9;
  const auto shells = wave_shells(cell, 6, 0.0);
  const Mat3 reciprocal = 2 * std::numbers::pi * cell.reciprocal();
  const double longest = shells.back().length * (1 + 1e-6);
  std::size_t expected = 0, found = 0;
  for (int h = -12; h <= 12; ++h)
    for (int k = -12; k <= 12; ++k)
      for (int l = -12; l <= 12; ++l) {
        const double length = (reciprocal * Vec3(h, k, l)).norm();
        expected += length > 1e-9 && length <= longest;
      }
  for (const auto& shell : shells) found += 2 * shell.indices.size();
  CHECK(found == expected);
  for (std::size_t s = 1; s < shells.size(); ++s) CHECK(shells[s].length > shells[s - 1].length);
}

TEST_CASE("directions that are not periodic carry no wave") {
  Cell cell = cubic(10);
  cell.periodic = {false, true, true};
  const auto shells = wave_shells(cell, 1);
  CHECK(shells[0].indices.size() == 2);
  for (const auto& index : shells[0].indices) CHECK(index[0] == 0);
}

TEST_CASE("the waves of a disordered sample in any cell are orthonormal and free of translations; modes share them out") {
  Cell cell;
  cell.vectors << 12, 2, -1, 0, 11, 3, 0, 0, 13;
  const Sample sample = disordered(cell, 60);
  const auto shells = wave_shells(cell, 3, 0.1);
  Eigen::Index pairs = 0;
  for (const auto& shell : shells) pairs += shell.waves.cols();
  const Matrix all = plane_waves(sample, shells);
  CHECK(all.cols() == 6 * pairs);
  CHECK(orthonormality(all) < 1e-12);
  CHECK((translations(sample.masses).transpose() * all).cwiseAbs().maxCoeff() < 1e-12);
  CHECK(plane_waves(sample, shells, Polarisation::longitudinal).cols() == 2 * pairs);
  CHECK(plane_waves(sample, shells, Polarisation::transverse).cols() == 4 * pairs);
  const auto modes = to_modes(solve_dense(random_symmetric(180, 5)));
  const Vector weight = weight_in(all, modes);
  CHECK(weight.sum() == doctest::Approx(static_cast<double>(all.cols())));
  CHECK(weight.minCoeff() >= 0);
  CHECK(weight.maxCoeff() < 1 + 1e-12);
}

TEST_CASE("the sums do not depend on where the atoms' images and the origin are") {
  Sample sample = disordered(cubic(11), 40);
  const auto modes = to_modes(solve_dense(random_symmetric(120, 6)));
  const Vector before = phonon_weight(modes, sample);
  sample.positions.col(3) += Vec3(11, -22, 11);
  sample.positions.colwise() += Vec3(0.3, 1.7, -2.9);
  CHECK((phonon_weight(modes, sample) - before).cwiseAbs().maxCoeff() < 1e-10);
}

TEST_CASE(
    "the phonons of a lattice are plane waves, its lowest transverse ones are found, whether all modes are there or the lowest") {
  const SpringLattice lattice{.n = 5};
  const Sample sample = lattice.sample();
  const double exact = std::sqrt(4 * lattice.across) * std::sin(std::numbers::pi / 5);
  for (const Selection& selection : {Selection(all_modes), Selection(Lowest{15}), Selection(Lowest{40})}) {
    const auto modes = dense_modes(lattice.dynamical_matrix(), selection);
    const auto census = classify_modes(modes, sample.masses);
    const auto phonons = lowest_transverse_phonons(modes, census, sample);
    CHECK(phonons.omega_1_rad_per_ps == doctest::Approx(exact));
    CHECK(phonons.low_rad_per_ps == doctest::Approx(exact));
    CHECK(phonons.high_rad_per_ps == doctest::Approx(exact));
    CHECK(phonons.weight == doctest::Approx(1));
    REQUIRE(phonons.modes.size() == 12);
    CHECK(phonons.modes.front() == 3);
    CHECK(phonons.modes.back() == 14);
    const Vector weight = phonon_weight(modes, sample, 1);
    for (Eigen::Index j = 0; j < modes.count(); ++j) {
      if (j < 3) CHECK(weight[j] < 1e-12);                // translations
      if (j >= 3 && j < 15) CHECK(weight[j] > 1 - 1e-9);  // transverse, [100]
    }
    if (modes.complete()) CHECK(weight.sum() == doctest::Approx(18));  // … and 6 longitudinal
  }
}

TEST_CASE("longitudinal waves lie on the longitudinal branch") {
  const SpringLattice lattice{.n = 5};
  const Sample sample = lattice.sample();
  const auto modes = dense_modes(lattice.dynamical_matrix());
  const Vector weight = weight_in(plane_waves(sample, wave_shells(sample.cell, 1), Polarisation::longitudinal), modes);
  const double exact = std::sqrt(4 * lattice.along) * std::sin(std::numbers::pi / 5);
  double on_branch = 0;
  for (Eigen::Index j = 0; j < modes.count(); ++j)
    if (std::abs(modes.omega_rad_per_ps[j] - exact) < 1e-6) on_branch += weight[j];
  CHECK(on_branch == doctest::Approx(6));
}

TEST_CASE("a wave moves atoms of all masses alike: as a mode it carries the roots of their masses") {
  const Sample sample = disordered(cubic(10), 30);
  const auto shell = wave_shells(sample.cell, 1);
  const Matrix along = plane_waves(sample, shell, Polarisation::longitudinal), t = translations(sample.masses);
  const Vec3 k = shell[0].waves.col(1);
  Vector wave(90);
  for (Eigen::Index i = 0; i < 30; ++i)
    wave.segment<3>(3 * i) = std::sqrt(sample.masses[i]) * std::cos(k.dot(sample.positions.col(i)) + 0.4) * k;
  wave -= t * (t.transpose() * wave);
  CHECK((along.transpose() * wave).squaredNorm() == doctest::Approx(wave.squaredNorm()));
}

TEST_CASE("modes missing above leave bounds that hold the value") {
  // waves spread over modes: the translations and the shell's waves mixed with others by a random rotation
  const SpringLattice lattice{.n = 4};
  const Sample sample = lattice.sample();
  Matrix d = lattice.dynamical_matrix();
  const Matrix t = translations(sample.masses), free = Matrix::Identity(192, 192) - projector(t);
  const Matrix noise = free * random_matrix(192, 192, 4) * 8;
  d += free * noise * noise.transpose() * free / 192;
  const auto modes = dense_modes(0.5 * (d + d.transpose()));
  const auto whole = lowest_transverse_phonons(modes, classify_modes(modes, sample.masses), sample);
  CHECK(whole.low_rad_per_ps == whole.high_rad_per_ps);
  const Modes part{modes.omega_rad_per_ps.head(25), modes.vectors.leftCols(25)};
  const auto some = lowest_transverse_phonons(part, classify_modes(part, sample.masses), sample);
  CHECK(some.low_rad_per_ps < some.high_rad_per_ps);
  CHECK(some.low_rad_per_ps <= whole.omega_1_rad_per_ps);
  CHECK(some.high_rad_per_ps >= whole.omega_1_rad_per_ps);
  // what is missing of the twelve waves answers as if it were at 1.3 times the highest mode, at that one, nowhere
  const Modes few{modes.omega_rad_per_ps.head(10), modes.vectors.leftCols(10)};
  const auto phonons = lowest_transverse_phonons(few, classify_modes(few, sample.masses), sample);
  const Vector weight = weight_in(plane_waves(sample, wave_shells(sample.cell, 1), Polarisation::transverse), few).tail(7);
  const Vector omega = few.omega_rad_per_ps.tail(7);
  const double known = (weight.array() / omega.array().square()).sum(), missing = 12 - weight.sum(), top = omega[6];
  CHECK(missing > 3);
  CHECK(phonons.omega_1_rad_per_ps == doctest::Approx(std::sqrt(12 / (known + missing / std::pow(1.3 * top, 2)))));
  CHECK(phonons.low_rad_per_ps == doctest::Approx(std::sqrt(12 / (known + missing / (top * top)))));
  CHECK(phonons.high_rad_per_ps == doctest::Approx(std::sqrt(12 / known)));
}

TEST_CASE("a wave that vanishes on every atom is left out: two atoms along the wave") {
  Sample sample = disordered(cubic(10), 2);
  sample.positions << 0, 5, 0, 0, 0, 0;
  CHECK(plane_waves(sample, wave_shells(sample.cell, 1)).cols() == 3);
}

TEST_CASE("bad cells, shells, masses and modes are refused") {
  Cell isolated = cubic(10);
  isolated.periodic = {false, false, false};
  const Sample sample = disordered(cubic(10), 4);
  CHECK(refuses([&] { (void)wave_shells(isolated, 1); }, "not periodic in any direction"));
  CHECK(refuses([] { (void)wave_shells(cubic(10), 0); }, "0 shells of plane waves"));
  CHECK(refuses([] { (void)wave_shells(cubic(10), 1, -1); }, "spread of -1"));
  CHECK(refuses([] { (void)wave_shells(cubic(0), 1); }, "singular"));
  Sample weightless = sample;
  weightless.masses.resize(0);
  CHECK(refuses([&] { (void)plane_waves(weightless, wave_shells(sample.cell, 1)); }, "the sample has no masses"));
  weightless.masses = Vector::Zero(4);
  CHECK(refuses([&] { (void)plane_waves(weightless, wave_shells(sample.cell, 1)); }, "has mass 0 u"));
  const Modes modes{Vector::Zero(3), Matrix::Identity(9, 3)};
  CHECK(refuses([&] { (void)phonon_weight(modes, sample); }, "plane waves of 12 rows and modes of 9"));
  const Modes zero{Vector::Zero(3), translations(sample.masses)};
  CHECK(
      refuses([&] { (void)lowest_transverse_phonons(zero, classify_modes(zero, sample.masses), sample); }, "compute more modes"));
}
