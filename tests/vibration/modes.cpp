#include "tarn/vibration/modes.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "support/solvers.hpp"
#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

Vector uneven_masses(Eigen::Index n) {
  return Vector::NullaryExpr(n, [](Eigen::Index i) { return i % 3 == 0 ? 91.224 : 63.546; });
}

/// An orthonormal basis of 3N that begins with the translations, mixed among themselves.
Matrix basis_with_translations(const Vector& masses) {
  const Eigen::Index n = 3 * masses.size();
  Matrix start = random_matrix(n, n, 5);
  start.leftCols(3) = translations(masses) * random_matrix(3, 3, 6);
  Matrix out(n, n);
  for (Eigen::Index j = 0; j < n; ++j) {
    Vector v = start.col(j);
    for (int pass = 0; pass < 2; ++pass) v -= out.leftCols(j) * (out.leftCols(j).transpose() * v);
    out.col(j) = v.normalized();
  }
  return out;
}

}  // namespace

TEST_CASE("frequencies are the signed roots of the eigenvalues") {
  const auto modes = to_modes({(Vector(3) << -4, 0, 9).finished(), Matrix::Identity(3, 3)});
  CHECK(modes.omega_rad_per_ps == (Vector(3) << -2, 0, 3).finished());
  CHECK(modes.complete());
  CHECK(modes.reach_rad_per_ps() > 1e300);
  const auto part = to_modes({(Vector(2) << -4, 9).finished(), Matrix::Identity(3, 2)});
  CHECK(!part.complete());
  CHECK(part.reach_rad_per_ps() == 3);
}

TEST_CASE("translations are orthonormal and move all atoms alike") {
  const Vector masses = uneven_masses(7);
  const Matrix t = translations(masses);
  CHECK(orthonormality(t) < 1e-14);
  for (Eigen::Index i = 1; i < 7; ++i)
    CHECK(t(3 * i + 1, 1) / std::sqrt(masses[i]) == doctest::Approx(t(1, 1) / std::sqrt(masses[0])));
}

TEST_CASE("a lattice has three zero modes, and none when it is pinned") {
  const SpringLattice lattice{.n = 3};
  const Vector masses = lattice.sample().masses;
  const auto census = classify_modes(dense_modes(lattice.dynamical_matrix()), masses);
  CHECK(census.zero == 3);
  CHECK(census.unstable == 0);
  CHECK(census.marginal == 0);
  CHECK(census.stable == 78);
  CHECK(census.translational_weight.sum() == doctest::Approx(3));
  Matrix pinned = lattice.dynamical_matrix();
  pinned += Matrix::Identity(81, 81);
  CHECK(classify_modes(dense_modes(pinned), masses).zero == 0);
}

TEST_CASE("a marginal mode is never taken for a translation, wherever it lies among them") {
  const Vector masses = uneven_masses(4);
  const Matrix basis = basis_with_translations(masses);
  // columns 0, 1, 2 are the translations
  for (const double marginal : {-1e-7, 1e-9, 1e-5, 0.019}) {
    Vector omega = Vector::LinSpaced(12, 1, 12);
    omega.head(4) << -1e-6, 1e-6, 2e-6, marginal;
    std::vector<Eigen::Index> order(12);
    for (Eigen::Index j = 0; j < 12; ++j) order[static_cast<std::size_t>(j)] = j;
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return omega[a] < omega[b]; });
    const Modes modes{omega(order), basis(Eigen::all, order)};
    const auto census = classify_modes(modes, masses);
    CHECK(census.zero == 3);
    CHECK(census.marginal == 1);
    CHECK(census.stable == 8);
    for (Eigen::Index j = 0; j < 12; ++j) CHECK(census.is(j, ModeKind::zero) == (order[static_cast<std::size_t>(j)] < 3));
  }
}

TEST_CASE("unstable modes are counted apart, by the tolerance") {
  const Vector masses = uneven_masses(4);
  const Matrix basis = basis_with_translations(masses);
  Matrix vectors = basis;
  vectors.col(0) = basis.col(3);  // −5
  vectors.col(1) = basis.col(4);  // −0.021
  vectors.rightCols(12 - 5) = basis.rightCols(12 - 5);
  vectors.middleCols(2, 3) = basis.leftCols(3);
  Vector omega = Vector::LinSpaced(12, 1, 12);
  omega.head(5) << -5, -0.021, -1e-6, 0, 1e-6;
  const Modes modes{omega, vectors};
  const auto census = classify_modes(modes, masses);
  CHECK(census.unstable == 2);
  CHECK(census.zero == 3);
  CHECK(census.is(0, ModeKind::unstable));
  CHECK(classify_modes(modes, masses, 0.03).unstable == 1);
  CHECK(classify_modes(modes, masses, 0.03).marginal == 1);
}

TEST_CASE("a translation at a frequency that is not zero is no zero mode: the matrix is not one of a free sample") {
  const Vector masses = uneven_masses(4);
  Vector omega = Vector::LinSpaced(12, 1, 12);
  omega.head(3) << -0.5, 0, 0.3;
  const auto census = classify_modes({omega, basis_with_translations(masses)}, masses);
  CHECK(census.zero == 1);
  CHECK(census.unstable == 1);
  CHECK(census.stable == 10);
}

TEST_CASE("modes that do not fit are refused") {
  const Vector masses = uneven_masses(2);
  const Modes good{Vector::LinSpaced(6, 0, 5), Matrix::Identity(6, 6)};
  CHECK(refuses([&] { Modes{good.omega_rad_per_ps, Matrix::Identity(7, 6)}.check(); }, "three rows an atom"));
  CHECK(refuses([&] { Modes{good.omega_rad_per_ps, Matrix::Identity(6, 5)}.check(); }, "6 frequencies and 5 eigenvectors"));
  CHECK(refuses([&] { Modes{good.omega_rad_per_ps.reverse(), good.vectors}.check(); }, "ascending"));
  CHECK(refuses([&] { Modes{Vector::Constant(6, std::nan("")), good.vectors}.check(); }, "not a number"));
  CHECK(refuses([&] { (void)classify_modes(good, uneven_masses(3)); }, "3 masses for modes of 2 atoms"));
  CHECK(refuses([&] { (void)classify_modes(good, masses, 0); }, "it must be positive"));
  CHECK(refuses([&] { (void)classify_modes(good, Vector::Zero(2)); }, "has mass 0 u"));
  CHECK(refuses(
      [&] {
        (void)classify_modes({good.omega_rad_per_ps, Matrix::Constant(6, 6, std::nan(""))}, masses);
      },
      "not a number"));
}
