#include "tarn/relax/minimise_cell.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "relax/toy.hpp"
#include "tarn/atoms/lattice.hpp"
#include "tarn/relax/conjugate_gradient.hpp"
#include "tarn/relax/fire.hpp"

namespace {

using namespace tarn;
using namespace tarn::testing;

/// A sheared, stretched, rattled crystal with its origin somewhere.
Sample triclinic(double amplitude, double strain) {
  auto sample = rattled(supercell(fcc(3.7), {2, 2, 3}, {"X"}), amplitude, RandomStream(1));
  Mat3 F;
  F << 1 + strain, 0.5 * strain, -0.4 * strain, 0.1 * strain, 1 - strain, 0.6 * strain, -0.3 * strain, 0.2 * strain,
      1 + 0.5 * strain;
  sample.cell.origin = Vec3(1, -2, 0.5);
  sample.cell.vectors = F * sample.cell.vectors;
  sample.positions = (F * sample.positions).colwise() + sample.cell.origin;
  return sample;
}

double energy_of_fcc(double a) { return evaluate(supercell(fcc(a), 1, "X"), Toy{}).energy_eV; }

/// The a at which E(a) + P a³ is least: thirds, on energies alone.
double lattice_constant(double pressure_GPa) {
  const auto h = [&](double a) { return energy_of_fcc(a) + pressure_GPa / units::GPa * a * a * a; };
  double low = 2.9, high = 3.9;
  while (high - low > 1e-8) {
    const double a = low + (high - low) / 3, b = high - (high - low) / 3;
    (h(a) < h(b) ? high : low) = h(a) < h(b) ? b : a;
  }
  return 0.5 * (low + high);
}

}  // namespace

TEST_CASE("the gradient of the enthalpy is that of finite differences") {
  for (const auto freedom : {CellFreedom::isotropic, CellFreedom::full})
    for (const double pressure : {0.0, 3.0, -1.0}) {
      const Toy toy;
      CellObjective<Toy> objective(triclinic(0.2, 0.05), toy, {.pressure_GPa = pressure, .freedom = freedom}, 1e-8);
      Vector x = objective.start();
      CHECK(x.size() == 3 * 48 + (freedom == CellFreedom::full ? 6 : 1));
      RandomStream stream(2);
      for (double& v : x) v += stream.uniform(-0.1, 0.1);  // away from ε = 0
      Vector gradient(x.size()), ignored(x.size());
      (void)objective.evaluate(x, gradient);
      for (Eigen::Index i = 0; i < x.size(); i += i < 3 * 48 - 5 ? 5 : 1) {
        Vector moved = x;
        moved[i] += 1e-4;
        const double up = objective.evaluate(moved, ignored);
        moved[i] -= 2e-4;
        CHECK((up - objective.evaluate(moved, ignored)) / 2e-4 == doctest::Approx(gradient[i]).epsilon(1e-6).scale(1));
      }
    }
}

TEST_CASE("variables of the cell: every direction is as long, √N (V/N)^⅓ times the strain; the stress is what is asked for") {
  const Toy toy;
  const auto start = triclinic(0.1, 0.04);
  const double n = 48, scale = std::sqrt(n) * std::cbrt(start.cell.volume_A3() / n);
  for (const auto freedom : {CellFreedom::isotropic, CellFreedom::full}) {
    CellObjective<Toy> objective(start, toy, {.pressure_GPa = 2, .freedom = freedom}, 1e-8);
    const Eigen::Index strains = freedom == CellFreedom::full ? 6 : 1;
    Vector x = objective.start(), gradient(x.size());
    RandomStream stream(3);
    for (double& q : x.tail(strains)) q = stream.uniform(-1, 1);
    (void)objective.evaluate(x, gradient);
    const Mat3 strain = objective.sample().cell.vectors * start.cell.vectors.inverse() - Mat3::Identity();
    CHECK(strain.norm() == doctest::Approx(x.tail(strains).norm() / scale));
    CHECK((strain - strain.transpose()).norm() < 1e-14);
    const Mat3 excess = 1e-4 * objective.last().pressure_bar(objective.sample().cell) - 2 * Mat3::Identity();
    CHECK(objective.max_stress_GPa() ==
          doctest::Approx(freedom == CellFreedom::full ? excess.cwiseAbs().maxCoeff() : std::abs(excess.trace() / 3)));
  }
}

TEST_CASE_TEMPLATE("a crystal finds its lattice constant at any pressure", M, Fire, ConjugateGradient, Lbfgs) {
  for (const double pressure : {0.0, 5.0, -0.5}) {
    const double a = lattice_constant(pressure);
    const auto start = rattled(supercell(fcc(3.7), 2, "X"), 0.1, RandomStream(3));
    const auto result =
        minimise_with_cell(start, Toy{}, {.pressure_GPa = pressure, .max_stress_GPa = 1e-8}, M{}, Stop{.max_force = 1e-9});
    CHECK(result.converged());
    CHECK(result.max_force < 1e-9);
    CHECK(result.max_stress_GPa < 1e-8);
    CHECK(std::cbrt(result.sample.cell.volume_A3()) == doctest::Approx(2 * a).epsilon(1e-6));
    CHECK(result.last.pressure_bar(result.sample.cell).trace() / 3e4 == doctest::Approx(pressure).epsilon(1e-7));
    CHECK(result.last.energy_eV == doctest::Approx(8 * energy_of_fcc(a)).epsilon(1e-8));
  }
}

TEST_CASE_TEMPLATE("a triclinic start relaxes to the crystal without stress", M, Fire, ConjugateGradient, Lbfgs) {
  const auto start = triclinic(0.1, 0.04);
  const auto result =
      minimise_with_cell(start, Toy{}, {.freedom = CellFreedom::full, .max_stress_GPa = 1e-7}, M{}, Stop{.max_force = 1e-9});
  CHECK(result.converged());
  CHECK(result.last.pressure_bar(result.sample.cell).cwiseAbs().maxCoeff() < 1e-3);
  const double a = lattice_constant(0);
  const Mat3 edges = (Vec3(2, 2, 3) * a).asDiagonal();
  CHECK((result.sample.cell.vectors.transpose() * result.sample.cell.vectors - edges * edges).cwiseAbs().maxCoeff() < 2e-4);
  CHECK(result.last.energy_eV == doctest::Approx(12 * energy_of_fcc(a)).epsilon(1e-9));
  CHECK(result.sample.cell.origin == start.cell.origin);
  const auto again = evaluate(result.sample, Toy{});
  CHECK(again.energy_eV == result.last.energy_eV);
}

TEST_CASE("with the volume alone, shape and shear stress stay") {
  const auto start = triclinic(0.1, 0.04);
  const auto result = minimise_with_cell(start, Toy{}, {.pressure_GPa = 1}, Lbfgs{}, Stop{});
  CHECK(result.converged());
  const double growth = std::cbrt(result.sample.cell.volume_A3() / start.cell.volume_A3());
  CHECK((result.sample.cell.vectors - growth * start.cell.vectors).cwiseAbs().maxCoeff() < 1e-12);
  const Mat3 pressure = result.last.pressure_bar(result.sample.cell) * 1e-4;
  CHECK(pressure.trace() / 3 == doctest::Approx(1).epsilon(1e-4));
  CHECK((pressure - Mat3::Identity() * pressure.trace() / 3).cwiseAbs().maxCoeff() > 0.1);
}

TEST_CASE("a relaxed crystal costs one evaluation more") {
  const auto once = minimise_with_cell(triclinic(0.1, 0.04), Toy{}, {.freedom = CellFreedom::full});
  const auto twice = minimise_with_cell(once.sample, Toy{}, {.freedom = CellFreedom::full});
  CHECK(twice.evaluations == 1);
  CHECK(twice.sample.cell.vectors == once.sample.cell.vectors);
}

TEST_CASE("what cannot be relaxed is refused") {
  auto sample = triclinic(0, 0);
  CHECK_THROWS_WITH((void)minimise_with_cell(sample, Toy{}, {.pressure_GPa = std::nan("")}),
                    "a pressure of nan GPa: it must be a number");
  CHECK_THROWS_WITH((void)minimise_with_cell(sample, Toy{}, {.max_stress_GPa = -1}),
                    "the tolerance of the stress is -1 GPa and the length of a strain 10 Å: both must be positive");
  // pulled apart: beyond the largest tension that a crystal bears there is no minimum
  CHECK_THROWS_AS((void)minimise_with_cell(sample, Toy{}, {.pressure_GPa = -100}), Error);
  sample.cell.periodic[1] = false;
  CHECK_THROWS_WITH((void)minimise_with_cell(sample, Toy{}),
                    "the cell can be relaxed only where it is periodic in all three directions");
}

TEST_CASE("a potential without a virial is refused: its silence is no zero stress") {
  struct Silent : Toy {
    Evaluation evaluate(const Sample& sample, Workspace& workspace) const {
      Evaluation e = Toy::evaluate(sample, workspace);
      e.virial_eV = Evaluation{}.virial_eV;
      return e;
    }
  };
  CHECK_THROWS_WITH_AS((void)minimise_with_cell(triclinic(0.02, 0.01), Silent{}), doctest::Contains("gives no virial"), Error);
}
