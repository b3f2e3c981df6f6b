// The minimisers on the real potential: a crystal and glasses.

#include <doctest/doctest.h>

#include <cmath>

#include "relax/toy.hpp"
#include "support/data.hpp"
#include "support/potentials.hpp"
#include "tarn/atoms/lattice.hpp"
#include "tarn/io/sample.hpp"
#include "tarn/relax/conjugate_gradient.hpp"
#include "tarn/relax/fire.hpp"
#include "tarn/relax/minimise_cell.hpp"

namespace {

using namespace tarn;
using namespace tarn::testing;

const EamSplines<Double>& smooth() {
  static const EamSplines<Double> potential(read_setfl(data("CuZr_smooth.eam.fs")), Conditioning{.raw = true});
  return potential;
}

// LAMMPS, 29 Sep 2021, this table with pair_style eam/fs: 3×3×3 cells of fcc Cu; fix box/relax iso 0 vmax 0.0001; min_style cg;
// minimize 0 1e-10 twice, the second time with line quadratic.
constexpr double cu_lattice_A = 3.639094523557, cu_energy_eV = -3.283113045821;

}  // namespace

TEST_CASE("fcc copper has the lattice constant that LAMMPS finds") {
  const auto start = rattled(supercell(fcc(3.5), 3, "Cu"), 0.1, RandomStream(1));
  const auto result = minimise_with_cell(start, smooth(), {.max_stress_GPa = 1e-7}, Lbfgs{}, Stop{.max_force = 1e-9});
  CHECK(result.converged());
  CHECK(std::cbrt(result.sample.cell.volume_A3()) / 3 == doctest::Approx(cu_lattice_A).epsilon(1e-7));
  CHECK(result.last.energy_eV / 108 == doctest::Approx(cu_energy_eV).epsilon(1e-8));
}

TEST_CASE_TEMPLATE("triclinic copper relaxes to the same crystal without stress", M, Fire, ConjugateGradient, Lbfgs) {
  auto start = rattled(supercell(fcc(3.6), {2, 3, 3}, {"Cu"}), 0.1, RandomStream(2));
  Mat3 F;
  F << 1.03, 0.02, -0.01, 0.01, 0.98, 0.03, -0.02, 0.01, 1.01;
  start.cell.vectors = F * start.cell.vectors;
  start.positions = F * start.positions;
  const auto result =
      minimise_with_cell(start, smooth(), {.freedom = CellFreedom::full, .max_stress_GPa = 1e-7}, M{}, Stop{.max_force = 1e-9});
  CHECK(result.converged());
  const Mat3 edges = (Vec3(2, 3, 3) * cu_lattice_A).asDiagonal();
  CHECK((result.sample.cell.vectors.transpose() * result.sample.cell.vectors - edges * edges).cwiseAbs().maxCoeff() < 1e-4);
  CHECK(result.last.energy_eV / 72 == doctest::Approx(cu_energy_eV).epsilon(1e-8));
  CHECK(result.last.pressure_bar(result.sample.cell).cwiseAbs().maxCoeff() < 1e-3);
}

TEST_CASE("the enthalpy of a glass has the gradient of its finite differences") {
  const auto sample = read_sample(data("cuzr256_strained.data"), {"Cu", "Zr"});
  CellObjective<EamSplines<Double>> objective(sample, smooth(), {.pressure_GPa = 2, .freedom = CellFreedom::full}, 1e-8);
  Vector x = objective.start();
  x.tail(6).setConstant(0.3);
  Vector gradient(x.size()), ignored(x.size());
  (void)objective.evaluate(x, gradient);
  for (const Eigen::Index i : {0, 100, 501, 768, 769, 770, 771, 772, 773}) {
    Vector moved = x;
    moved[i] += 1e-3;
    const double up = objective.evaluate(moved, ignored);
    moved[i] -= 2e-3;
    CHECK((up - objective.evaluate(moved, ignored)) / 2e-3 == doctest::Approx(gradient[i]).epsilon(1e-5).scale(1));
  }
}

TEST_CASE_TEMPLATE("a glass of 864 atoms goes back to its minimum, to 1e-10 eV/Å", M, Fire, ConjugateGradient, Lbfgs) {
  const auto reference = read_sample(data("cuzr864_minimum.data"), {"Cu", "Zr"});
  const auto result = minimise(rattled(reference, 0.02, RandomStream(3)), smooth(), M{}, Stop{.max_force = 1e-10});
  CHECK(result.converged());
  CHECK(result.max_force < 1e-10);
  CHECK(result.last.energy_eV == doctest::Approx(evaluate(reference, smooth()).energy_eV).epsilon(1e-9));
  CHECK(result.evaluations < 2500);
}

TEST_CASE("a glass of 4000 atoms is minimised to 1e-10 eV/Å in a few hundred evaluations") {
  const EamSplines<Double> potential(read_setfl(data("CuZr_MKO2009.eam.fs")));
  const auto reference = read_sample(data("cuzr4000_minimum.data"), {"Cu", "Zr"});
  const auto result = minimise(rattled(reference, 0.1, RandomStream(4)), potential, Lbfgs{}, Stop{.max_force = 1e-10});
  CHECK(result.converged());
  CHECK(result.max_force < 1e-10);
  CHECK(result.evaluations < 700);
  CHECK(result.last.energy_eV < evaluate(reference, potential).energy_eV + 1);
}

TEST_CASE("with forces in single precision the minimisation ends where their rounding begins, and says so") {
  const EamSplines<Mixed> potential(read_setfl(data("CuZr_smooth.eam.fs")));
  const auto reference = read_sample(data("cuzr256_minimum.data"), {"Cu", "Zr"});
  const auto rough = minimise(rattled(reference, 0.02, RandomStream(5)), potential, Lbfgs{}, Stop{.max_force = 1e-4});
  CHECK(rough.converged());
  const auto fine = minimise(rough.sample, potential, Lbfgs{}, Stop{.max_force = 1e-12});
  CHECK(fine.outcome == Outcome::at_rounding);
  CHECK(fine.evaluations < 10000);
  CHECK(fine.max_force < 1e-4);
}
