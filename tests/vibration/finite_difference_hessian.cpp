#include "tarn/vibration/finite_difference_hessian.hpp"

#include <doctest/doctest.h>

#include "support/potentials.hpp"
#include "support/samples.hpp"
#include "support/solvers.hpp"
#include "tarn/vibration/assembled_hessian.hpp"
#include "tarn/vibration/dynamical_matrix.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {
// Atoms tied to a point by anharmonic springs: forces and nothing else, a workspace that is empty.
struct Tied {
  struct Workspace {};
  std::vector<std::string> elements() const { return {"P", "Q"}; }
  Serial executor() const { return {}; }
  Workspace workspace(const Sample&) const { return {}; }
  Evaluation evaluate(const Sample& s, Workspace&) const {
    Evaluation e;
    e.energy_eV = 0.5 * s.positions.squaredNorm() + 0.25 * s.positions.array().pow(4).sum();
    e.forces = -s.positions.array() - s.positions.array().pow(3);
    return e;
  }
};
static_assert(Potential<Tied>);
static_assert(!TwiceDifferentiable<Tied>);
}  // namespace

TEST_CASE("a potential with nothing but forces has a Hessian: that of a known function") {
  Sample s = random_triclinic({"P", "Q"}, 4, 15, 1.7, 3);
  const Matrix h = finite_difference_hessian(s, Tied{});
  Matrix want = Matrix::Zero(12, 12);
  for (Eigen::Index k = 0; k < 12; ++k) want(k, k) = 1 + 3 * std::pow(flat(s.positions)[k], 2);
  CHECK((h - want).cwiseAbs().maxCoeff() < 2e-6);  // h² times the third derivative of the force, 6
  CHECK((h - want).cwiseAbs().maxCoeff() > 1e-7);  // it is a difference
}

TEST_CASE("a potential with nothing but forces has modes: through its dense matrix, those of a known function") {
  Sample s = random_triclinic({"P", "Q"}, 4, 15, 1.7, 3);
  s.masses = Vector::LinSpaced(4, 10, 40);
  const Modes modes = dense_modes(dense_dynamical_matrix(s, finite_difference_hessian(s, Tied{})));
  std::vector<double> want;
  for (Eigen::Index k = 0; k < 12; ++k)
    want.push_back(std::sqrt((1 + 3 * std::pow(flat(s.positions)[k], 2)) * units::rad2_per_ps2 / s.masses[k / 3]));
  std::sort(want.begin(), want.end());
  for (Eigen::Index k = 0; k < 12; ++k)
    CHECK(modes.omega_rad_per_ps[k] == doctest::Approx(want[static_cast<std::size_t>(k)]).epsilon(1e-6));
  CHECK_THROWS_WITH_AS((void)dense_dynamical_matrix(s, Matrix(12, 9)),
                       "the Hessian has 12 rows and 9 columns, the sample 12 coordinates", Error);
}

TEST_CASE("differences meet the exact Hessian, as an operator and dense, and converge with the square of the step") {
  const EamSplines<Double> potential(Invented::setfl());
  const Sample s = random_triclinic({"P", "Q"}, 20, 15, 1.7, 5);
  const Hessian exact(s, potential);
  const Vector v = 3 * Vector::Random(exact.rows());
  double error[2];
  for (int k = 0; k < 2; ++k) error[k] = (FiniteDifferenceHessian(s, potential, {k == 0 ? 4e-3 : 2e-3}) * v - exact * v).norm();
  CHECK(error[1] < error[0] / 3.5);
  CHECK(error[0] < 1e-3 * (exact * v).norm());
  const Matrix dense = assemble(exact).dense();
  CHECK((finite_difference_hessian(s, potential) - dense).norm() < 1e-5 * dense.norm());
  CHECK((FiniteDifferenceHessian(s, potential) * Vector(Vector::Zero(60))).norm() == 0);
}

TEST_CASE("bad steps and vectors are refused; an observer stops it") {
  const Sample s = random_triclinic({"P", "Q"}, 4, 15, 1.7, 3);
  const Tied potential;
  CHECK_THROWS_WITH_AS(FiniteDifferenceHessian(s, potential, {0.0}), "a finite difference needs a positive step, 0 Å given",
                       Error);
  CHECK_THROWS_WITH_AS(static_cast<void>(FiniteDifferenceHessian(s, potential) * Vector(Vector::Zero(5))),
                       "the Hessian has 12 rows, the vector has 5", Error);
  CHECK_THROWS_AS(static_cast<void>(finite_difference_hessian(s, potential, {}, [](const Progress& p) { return p.done < 3; })),
                  Cancelled);
}
