#include "tarn/statistics/coarse_grain.hpp"

#include <doctest/doctest.h>

#include "support/fields.hpp"
#include "support/vibrating.hpp"
#include "tarn/core/openmp.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

// The definition: every atom and image within the reach, or half the box.
template <Kernel K>
Matrix by_all_pairs(const Cell& cell, const Vectors& atoms, const Matrix& fields, double length, const Vectors& points,
                    const K& kernel) {
  Matrix out(fields.rows(), points.cols());
  const double reach = std::min(kernel.reach() * length, half_box_A(cell));
  for (Eigen::Index i = 0; i < points.cols(); ++i) {
    double sum = 0;
    Vector weighted = Vector::Zero(fields.rows());
    over_images(cell, atoms, points.col(i), reach, [&](Eigen::Index j, double r) {
      const double w = kernel(r / length);
      sum += w;
      weighted += w * fields.col(j);
    });
    out.col(i) = weighted / sum;
  }
  return out;
}

struct Lorentzian {  // a kernel of somebody else's, with no array form
  double operator()(double x) const { return 1 / (1 + x * x); }
  double reach() const { return 1.7; }
};

template <Kernel K>
double worst(const K& kernel, double length, bool cut) {
  const Cell cell = skewed_cell(11);
  const Vectors atoms = 2 * random_points(cell, 90, 5), points = random_points(cell, 25, 6);  // atoms outside of the cell too
  const Matrix fields = random_matrix(3, 90, 7);
  const auto at_atoms = coarse_grain(cell, atoms, fields, length, kernel);
  const auto at_points = coarse_grain(cell, atoms, fields, length, points, kernel);
  CHECK(at_atoms.ends_at_half_box == cut);
  CHECK(at_points.ends_at_half_box == cut);
  const Matrix one = coarse_grain(cell, atoms, fields.row(1), length, kernel).values;
  CHECK((one - at_atoms.values.row(1)).cwiseAbs().maxCoeff() < 1e-14);
  return std::max((at_atoms.values - by_all_pairs(cell, atoms, fields, length, atoms, kernel)).cwiseAbs().maxCoeff(),
                  (at_points.values - by_all_pairs(cell, atoms, fields, length, points, kernel)).cwiseAbs().maxCoeff());
}

}  // namespace

TEST_CASE("averages equal the sum over all pairs and images in a skewed cell") {
  CHECK(worst(TopHat{}, 4.4, false) < 1e-13);
  CHECK(worst(Gaussian{}, 0.9, false) < 1e-13);
  CHECK(worst(Exponential{}, 0.3, false) < 1e-13);
  CHECK(worst(Lorentzian{}, 2.5, false) < 1e-13);
  CHECK(worst(TopHat{}, 50, true) < 1e-13);
  CHECK(worst(Gaussian{}, 3, true) < 1e-13);
  CHECK(worst(Exponential{}, 3, true) < 1e-13);
}

TEST_CASE("half the box is half the smallest height, of periodic directions alone") {
  Cell cell = skewed_cell(10);
  CHECK(half_box_A(cell) == doctest::Approx(0.5 * cell.heights_A().minCoeff()));
  cell.periodic = {false, false, true};
  CHECK(half_box_A(cell) == doctest::Approx(5.25));
  cell.periodic = {false, false, false};
  CHECK(std::isinf(half_box_A(cell)));
  const Vectors atoms = random_points(cell, 50, 3);
  const Matrix field = random_matrix(1, 50, 4);
  const Matrix all = coarse_grain(cell, atoms, field, 100.0).values;  // a cluster: the mean of all
  CHECK((all.array() - field.mean()).abs().maxCoeff() < 1e-13);
}

TEST_CASE("length 0 is the field itself, and the nearest atom's value elsewhere") {
  const Cell cell = skewed_cell(9);
  const Vectors atoms = random_points(cell, 60, 8), points = random_points(cell, 30, 9);
  const Matrix field = random_matrix(2, 60, 10);
  CHECK(coarse_grain(cell, atoms, field, 0).values == field);
  CHECK(coarse_grain(cell, atoms, field, 0, atoms).values == field);
  CHECK(coarse_grain(cell, atoms, field, 1e-6, atoms).values == field);
  const auto nearest = NearestAtom(cell, atoms)(points);
  const Matrix zero = coarse_grain(cell, atoms, field, 0, points).values,
               tiny = coarse_grain(cell, atoms, field, 1e-6, points).values;
  for (Eigen::Index i = 0; i < 30; ++i) CHECK(zero.col(i) == field.col(nearest[static_cast<std::size_t>(i)]));
  CHECK(tiny == zero);
}

TEST_CASE("a constant stays, shifts and images change nothing, and threads not a bit") {
  const Cell cell = skewed_cell(14);
  const Vectors atoms = random_points(cell, 700, 11);
  const Matrix field = random_matrix(1, 700, 12);
  const Matrix plain = coarse_grain(cell, atoms, field, 3.1, Gaussian{}).values;
  CHECK((coarse_grain(cell, atoms, Matrix::Constant(1, 700, 2.5), 3.1, Gaussian{}).values.array() - 2.5).abs().maxCoeff() <
        1e-13);
  Vectors moved = atoms.colwise() + Vec3(100, -31, 2);
  for (Eigen::Index i = 0; i < 700; i += 3) moved.col(i) += cell.vectors * Vec3(1, -2, 3);
  CHECK((coarse_grain(cell, moved, field, 3.1, Gaussian{}).values - plain).cwiseAbs().maxCoeff() < 1e-12);
  CHECK(coarse_grain(cell, atoms, field, 3.1, Gaussian{}, OpenMP(3)).values == plain);
}

TEST_CASE("what cannot be averaged is an error that names it") {
  const Cell cell = cubic(9);
  const Vectors atoms = random_points(cell, 5, 13);
  Matrix field = random_matrix(1, 5, 14);
  CHECK(refuses([&] { (void)coarse_grain(cell, atoms, field, -1); }, "-1 Å"));
  CHECK(refuses([&] { (void)coarse_grain(cell, atoms, field, NAN); }, "nan"));
  CHECK(refuses([&] { (void)coarse_grain(cell, atoms, Matrix(1, 4), 2); }, "one column an atom"));
  CHECK(refuses([&] { (void)coarse_grain(cell, atoms, Matrix(0, 5), 2); }, "0 fields"));
  CHECK(refuses([&] { (void)coarse_grain(cell, Vectors(3, 0), Matrix(1, 0), 2); }, "no atoms"));
  field(0, 3) = INFINITY;
  CHECK(refuses([&] { (void)coarse_grain(cell, atoms, field, 2); }, "atom 4 of 5"));
}
