#include "tarn/statistics/least_squares.hpp"

#include <doctest/doctest.h>

#include "support/fields.hpp"
#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

TEST_CASE("a line through four points, by hand") {
  Matrix x(4, 2);
  x << 1, 0, 1, 1, 1, 2, 1, 3;
  Vector y(4);
  y << 1, 3, 4, 8;  // slope Σ(x − 1.5)(y − 4)/5 = 2.2, intercept 0.7; residuals 0.3 0.1 −1.1 0.7
  const auto fit = least_squares(x, y);
  CHECK(fit.coefficients[0] == doctest::Approx(0.7));
  CHECK(fit.coefficients[1] == doctest::Approx(2.2));
  CHECK(fit.chi2 == doctest::Approx(1.8));
  CHECK(fit.covariance(1, 1) == doctest::Approx(0.9 / 5));
  CHECK(fit.covariance(0, 0) == doctest::Approx(0.9 * 14 / 20));
  CHECK(fit.rank == 2);
}

TEST_CASE("weights are repetitions, and given errors are the errors") {
  const Matrix x = random_matrix(12, 3, 1);
  const Vector y = random_matrix(12, 1, 2);
  Vector weights = Vector::Ones(12);
  weights[4] = 3;
  Matrix longer(14, 3);
  longer << x, x.row(4), x.row(4);
  Vector longer_y(14);
  longer_y << y, y[4], y[4];
  CHECK((least_squares(x, y, weights).coefficients - least_squares(longer, longer_y).coefficients).norm() < 1e-12);
  CHECK((least_squares(x, y, weights).covariance - (longer.transpose() * longer).inverse()).norm() < 1e-12);
}

TEST_CASE("intervals of 1.96 errors cover the truth in 95 of 100 draws") {
  RandomStream random(8);
  const Matrix x = random_matrix(40, 2, 3);
  const Vector sigma = Vector::Constant(40, 0.3) + 0.2 * x.col(1).cwiseAbs(), truth = Vector(Eigen::Vector2d(2, -1));
  int covered = 0;
  for (int draw = 0; draw < 1000; ++draw) {
    const Vector y = x * truth + sigma.cwiseProduct(normal_numbers(40, random));
    const auto fit = least_squares(x, y, sigma.cwiseAbs2().cwiseInverse());
    covered += std::abs(fit.coefficients[1] + 1) < 1.96 * std::sqrt(fit.covariance(1, 1));
  }
  CHECK(covered > 929);
  CHECK(covered < 971);
}

TEST_CASE("columns that say the same share what they explain; bad input is named") {
  Matrix x = random_matrix(10, 2, 4);
  x.col(1) = 2 * x.col(0);
  const Vector y = 5 * x.col(0);
  const auto fit = least_squares(x, y);
  CHECK(fit.rank == 1);
  CHECK(fit.residuals.norm() < 1e-12);
  CHECK(refuses([&] { (void)least_squares(x, Vector(y.head(3))); }, "3 values"));
  CHECK(refuses([&] { (void)least_squares(x.topRows(1), Vector(y.head(1))); }, "1 values for 2 unknowns"));
  CHECK(refuses([&] { (void)least_squares(x, y, -Vector::Ones(10)); }, "negative"));
  CHECK(refuses([&] { (void)least_squares(x, Vector::Constant(10, INFINITY)); }, "not a finite"));
}
