#include "tarn/vibration/vibrational_displacement.hpp"

#include <doctest/doctest.h>

#include <Eigen/LU>

#include "support/solvers.hpp"
#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

TEST_CASE("equipartition: k_B times the pseudo-inverse of the Cartesian Hessian, by a direct inverse") {
  const Eigen::Index atoms = 15, n = 45;
  const Vector masses = Vector::NullaryExpr(atoms, [](Eigen::Index i) { return i % 2 ? 91.224 : 63.546; });
  const Vector weight = Vector::NullaryExpr(n, [&](Eigen::Index i) { return 1 / std::sqrt(masses[i / 3]); });
  const Matrix t = translations(masses), free = Matrix::Identity(n, n) - projector(t);
  // a positive dynamical matrix in eV/(Å² u), the same force on all atoms costs nothing
  const Matrix root = free * random_matrix(n, n, 21) * 0.2;
  const Matrix d = root * root.transpose();
  const auto modes = dense_modes(0.5 * (d + d.transpose()) * units::rad2_per_ps2);
  const auto census = classify_modes(modes, masses);
  REQUIRE(census.zero == 3);
  const auto displacement = vibrational_displacement(modes, census, masses);

  // D⁺ = (D + TTᵀ)⁻¹ − TTᵀ;  ⟨uuᵀ⟩/T = k_B M^{-1/2} D⁺ M^{-1/2}
  const Matrix inverse = (d + projector(t)).inverse() - projector(t);
  for (Eigen::Index i = 0; i < atoms; ++i) {
    double direct = 0;
    for (Eigen::Index a = 3 * i; a < 3 * i + 3; ++a) direct += units::boltzmann * weight[a] * weight[a] * inverse(a, a);
    CHECK(displacement.A2_per_K[i] == doctest::Approx(direct).epsilon(1e-7));
  }
  CHECK(displacement.complete);
  CHECK(displacement.left_out == 0);
}

TEST_CASE("one oscillator: k_B T/k, whatever its mass") {
  const double spring = 2.5;  // eV/Å²
  for (const double mass : {1.0, 63.546}) {
    const Vector omega = Vector::Constant(3, std::sqrt(spring / mass * units::rad2_per_ps2));
    const Modes modes{omega, Matrix::Identity(3, 3)};
    const Vector masses = Vector::Constant(1, mass);
    CHECK(vibrational_displacement(modes, classify_modes(modes, masses), masses).A2_per_K[0] ==
          doctest::Approx(3 * units::boltzmann / spring));
  }
}

TEST_CASE("unstable and marginal modes are left out and counted, missing ones said") {
  const Vector masses = Vector::Constant(3, 60.0);
  const Modes modes{(Vector(4) << -3, 0.001, 2, 5).finished(), Matrix::Identity(9, 4)};
  const auto displacement = vibrational_displacement(modes, classify_modes(modes, masses), masses);
  CHECK(displacement.left_out == 2);
  CHECK(!displacement.complete);
  const double unit = units::boltzmann * units::rad2_per_ps2 / 60;
  CHECK(displacement.A2_per_K[0] == doctest::Approx(unit / 4));
  CHECK(displacement.A2_per_K[1] == doctest::Approx(unit / 25));
}

TEST_CASE("parts that do not fit are refused") {
  const Modes modes{Vector::Ones(6), Matrix::Identity(6, 6)};
  CHECK(refuses([&] { (void)vibrational_displacement(modes, {}, Vector::Ones(3)); }, "3 masses for modes of 2 atoms"));
  CHECK(refuses([&] { (void)vibrational_displacement(modes, {}, Vector::Ones(2)); }, "a census of 0 modes for 6 modes"));
}
