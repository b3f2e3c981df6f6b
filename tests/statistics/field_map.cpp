#include "tarn/statistics/field_map.hpp"

#include <doctest/doctest.h>

#include <numbers>

#include "support/fields.hpp"
#include "support/vibrating.hpp"
#include "tarn/statistics/coarse_grain.hpp"

using namespace tarn;
using namespace tarn::testing;

TEST_CASE("a slice lies in its plane, evenly; a volume fills the cell") {
  const Cell cell = skewed_cell(10);
  const auto slice = slice_points(cell, 2, 0.25, 0.5);
  CHECK(slice.counts[0] == 20);
  CHECK(slice.counts[2] == 1);
  CHECK(slice.positions.cols() == slice.counts[0] * slice.counts[1]);
  for (Eigen::Index i = 0; i < slice.positions.cols(); ++i) {
    const Vec3 s = cell.to_scaled(slice.positions.col(i));
    CHECK(s[2] == doctest::Approx(0.25));
    CHECK(s[0] == doctest::Approx((static_cast<double>(i / slice.counts[1]) + 0.5) / 20));
  }
  const auto volume = volume_points(cell, 2);
  CHECK((cell.vectors.inverse() * (volume.positions.colwise() - cell.origin))
            .rowwise()
            .mean()
            .isApprox(Vec3::Constant(0.5), 1e-12));
}

TEST_CASE("a wave is seen on a map where it is, and weaker by the top hat's form factor") {
  const double edge = 30, k = 2 * std::numbers::pi / edge, length = 5;
  const Cell cell = cubic(edge);
  const Vectors atoms = jittered_points(edge, 18, 3);
  const Matrix wave = (k * atoms.row(0)).array().sin();
  const auto slice = slice_points(cell, 1, 0.5, 1);
  const Matrix map = coarse_grain(cell, atoms, wave, length, slice.positions).values;
  const double x = k * length, factor = 3 * (std::sin(x) - x * std::cos(x)) / (x * x * x);
  const Matrix expected = factor * (k * slice.positions.row(0)).array().sin();
  CHECK((map - expected).cwiseAbs().maxCoeff() < 0.05);
}

TEST_CASE("no axis, no step, too many points are errors") {
  CHECK(refuses([] { (void)slice_points(cubic(5), 3, 0, 1); }, "axis 3"));
  CHECK(refuses([] { (void)volume_points(cubic(5), 0); }, "0 Å"));
  CHECK(refuses([] { (void)volume_points(cubic(5), 1e-4); }, "larger step"));
}
