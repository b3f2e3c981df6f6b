// Lanczos, LOBPCG and the dimer against dense eigenvalues: the value within its residual, what is excluded left out, degenerate and closed spaces.

#include "tarn/landscape/lowest_mode.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <concepts>

#include "support/data.hpp"
#include "support/potentials.hpp"
#include "support/solvers.hpp"
#include "support/vibrating.hpp"
#include "tarn/io/sample.hpp"
#include "tarn/landscape/dimer.hpp"
#include "tarn/landscape/lanczos.hpp"
#include "tarn/landscape/lobpcg.hpp"
#include "tarn/landscape/rigid_motions.hpp"
#include "tarn/vibration/assembled_hessian.hpp"
#include "tarn/vibration/hessian.hpp"

namespace {

using namespace tarn;
using namespace tarn::testing;

// The mode of a dense matrix, orthogonal to `without`.
template <class Finder = Lanczos>
LowestMode find(const Matrix& h, const Matrix& without, const Vector& start, const ModeAccuracy& accuracy) {
  const auto product = [&](const Vector& v, Vector& out) { out = h * v; };
  const auto confine = [&](Vector& v) { project_out(without, v); };
  RandomStream random(1);
  return Finder{}(product, confine, start, accuracy, random);
}
Matrix none(const Matrix& h) { return Matrix(h.rows(), 0); }

}  // namespace

TEST_CASE_TEMPLATE("the value lies within its residual of an eigenvalue and is never below the lowest, however few the products",
                   Finder, Lanczos, Lobpcg, Dimer) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const Matrix h = random_symmetric(40, seed);
    const Vector values = solve_dense(h).values;
    for (const int products : {1, 3, 8, 20, 40}) {
      const auto mode = find<Finder>(h, none(h), random_matrix(40, 1, seed + 100).col(0),
                                     {.relative = 0, .absolute = 0, .max_products = products});
      CHECK((values.array() - mode.lowest.value).abs().minCoeff() <= mode.lowest.residual + 1e-9);
      CHECK(mode.lowest.value >= values[0] - 1e-9);
      CHECK((h * mode.vector - mode.lowest.value * mode.vector).norm() ==
            doctest::Approx(mode.lowest.residual).epsilon(1e-6).scale(1e-3));
      if (std::same_as<Finder, Lanczos> && products == 40) CHECK(mode.lowest.value == doctest::Approx(values[0]).epsilon(1e-9));
    }
  }
}

TEST_CASE_TEMPLATE("with products enough it is the lowest, its vector too", Finder, Lanczos, Lobpcg, Dimer) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const Matrix h = random_symmetric(40, seed);
    const auto pairs = solve_dense(h);
    const auto mode = find<Finder>(h, none(h), random_matrix(40, 1, seed + 100).col(0),
                                   {.relative = 1e-9, .absolute = 1e-9, .max_products = 4000});
    CHECK(mode.accurate);
    CHECK(mode.lowest.value == doctest::Approx(pairs.values[0]).epsilon(1e-9));
    CHECK(std::abs(mode.vector.dot(pairs.vectors.col(0))) == doctest::Approx(1).epsilon(1e-6));
  }
}

TEST_CASE("of three vectors LOBPCG knows more than the dimer of two, and Lanczos of all more than both, from as many products") {
  double of_lanczos = 0, of_lobpcg = 0, of_dimer = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const Matrix h = random_symmetric(60, seed);
    const Vector start = random_matrix(60, 1, seed + 100).col(0);
    const ModeAccuracy some{.relative = 0, .absolute = 0, .max_products = 15};
    const double lanczos = find<Lanczos>(h, none(h), start, some).lowest.value,
                 lobpcg = find<Lobpcg>(h, none(h), start, some).lowest.value;
    CHECK(lanczos <= lobpcg + 1e-9);  // its space holds the others'
    CHECK(lanczos <= find<Dimer>(h, none(h), start, some).lowest.value + 1e-9);
    of_lanczos += lanczos, of_lobpcg += lobpcg, of_dimer += find<Dimer>(h, none(h), start, some).lowest.value;
  }
  CHECK(of_lanczos < of_lobpcg);
  CHECK(of_lobpcg < of_dimer);
}

TEST_CASE_TEMPLATE("a start of another symmetry does not hide the lowest mode", Finder, Lanczos, Lobpcg, Dimer) {
  Matrix h = Vector::LinSpaced(30, 1, 30).asDiagonal();
  h(7, 7) = -2;
  const auto mode = find<Finder>(h, none(h), Vector::Unit(30, 0), {.relative = 1e-6, .absolute = 1e-6, .max_products = 200});
  CHECK(mode.lowest.value == doctest::Approx(-2).epsilon(1e-6));
}

TEST_CASE("a closed space is left for another direction, and an exhausted one is said to be exact") {
  const Matrix h = 3 * Matrix::Identity(5, 5);
  auto mode = find(h, none(h), Vector::Unit(5, 0), {.relative = 0, .absolute = 0, .max_products = 50});
  CHECK(mode.exhausted);
  CHECK(mode.lowest.value == doctest::Approx(3));
  Matrix two = h;
  two(4, 4) = -1;
  mode = find(two, none(two), Vector::Unit(5, 0), {.relative = 0, .absolute = 0, .max_products = 50});
  CHECK(mode.exhausted);
  CHECK(mode.lowest.value == doctest::Approx(-1));
}

TEST_CASE_TEMPLATE("what is excluded is not found, and where nothing is left it is refused", Finder, Lanczos, Lobpcg, Dimer) {
  const Matrix h = Vector::LinSpaced(12, -4, 7).asDiagonal();
  const Matrix lowest = Matrix::Identity(12, 2);
  CHECK(find<Finder>(h, lowest, Vector::Ones(12), {.relative = 1e-6, .absolute = 1e-6, .max_products = 400}).lowest.value ==
        doctest::Approx(-2));
  CHECK_THROWS_AS((void)find<Finder>(h, Matrix::Identity(12, 12), Vector::Ones(12), {}), Error);
}

TEST_CASE("of a glass of 256 atoms the lowest mode is that of the dense Hessian, translations left out") {
  const auto sample = read_sample(data("cuzr256_minimum.data"), {"Cu", "Zr"});
  static const EamSplines<Double> potential(read_setfl(data("CuZr_smooth.eam.fs")), Conditioning{.raw = true});
  const Hessian hessian(sample, potential);
  const Vector values = solve_dense(hessian * Matrix(Matrix::Identity(hessian.rows(), hessian.rows()))).values;
  const Matrix rigid = rigid_motions(flat(sample.positions), RigidMotions::translations);
  const auto product = [&](const Vector& v, Vector& out) { out = hessian * v; };
  const auto confine = [&](Vector& v) { project_out(rigid, v); };
  RandomStream random(4);
  const auto mode = Lanczos{}(product, confine, random_matrix(hessian.rows(), 1, 3).col(0),
                              {.relative = 1e-4, .absolute = 1e-5, .max_products = 300}, random);
  CHECK(mode.accurate);
  CHECK(values.head(3).cwiseAbs().maxCoeff() < 1e-6);
  CHECK(std::abs(mode.lowest.value - values[3]) <= mode.lowest.residual + 1e-6);
}

TEST_CASE("a cluster has six rigid motions, atoms in a line five, one atom three") {
  const Matrix places = random_matrix(12, 1, 5);
  CHECK(rigid_motions(places.col(0), RigidMotions::translations_and_rotations).cols() == 6);
  CHECK(rigid_motions(places.col(0), RigidMotions::translations).cols() == 3);
  CHECK(rigid_motions(places.col(0), RigidMotions::none).cols() == 0);
  Vector line = Vector::Zero(9);
  line << 0, 0, 0, 1, 2, 3, 2, 4, 6;
  CHECK(rigid_motions(line, RigidMotions::translations_and_rotations).cols() == 5);
  CHECK(rigid_motions(Vector::Ones(3), RigidMotions::translations_and_rotations).cols() == 3);
  const Matrix basis = rigid_motions(places.col(0), RigidMotions::translations_and_rotations);
  CHECK(orthonormality(basis) < 1e-12);
}
