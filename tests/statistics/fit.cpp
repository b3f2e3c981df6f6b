#include "tarn/statistics/fit.hpp"

#include <doctest/doctest.h>

#include "support/fields.hpp"
#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

TEST_CASE("exact exponentials are found exactly") {
  const Vector r = Vector::LinSpaced(15, 0.5, 9), error = Vector::LinSpaced(15, 0.01, 0.05);
  const Vector c = 0.7 * (-r.array() / 3.3).exp();
  const auto fit = fit_exponential(r, c, error);
  CHECK(fit.xi_A == doctest::Approx(3.3).epsilon(1e-6));
  CHECK(fit.amplitude == doctest::Approx(0.7).epsilon(1e-6));
  CHECK(fit.chi2 < 1e-9);
  const auto one = fit_exponential(r, Vector((-r.array() / 1.9667).exp()), error, 1.0);
  CHECK(one.xi_A == doctest::Approx(1.9667).epsilon(1e-6));
  CHECK(one.amplitude == 1);
  CHECK(one.amplitude_error == 0);
}

TEST_CASE("errors of the exponential cover the truth") {
  RandomStream random(2);
  const Vector r = Vector::LinSpaced(20, 0.5, 12), truth = 0.8 * (-r.array() / 3).exp(), error = Vector::Constant(20, 0.02);
  int xi = 0, amplitude = 0;
  for (int draw = 0; draw < 400; ++draw) {
    const auto fit = fit_exponential(r, truth + 0.02 * normal_numbers(20, random), error);
    xi += std::abs(fit.xi_A - 3) < 1.96 * fit.xi_error_A;
    amplitude += std::abs(fit.amplitude - 0.8) < 1.96 * fit.amplitude_error;
  }
  CHECK(xi > 366);  // 380 ± 3 × 4.4
  CHECK(xi < 394);
  CHECK(amplitude > 366);
  CHECK(amplitude < 394);
}

TEST_CASE("exact power laws are found exactly, p given or free") {
  const Vector x = Vector::LinSpaced(12, 2e5, 9e5);  // 1/I_BP of an atom, 1/ps³
  for (const double p : {-1.5, 0.5, 1.0, 2.7}) {
    const Vector y = 0.4 + 0.3 * (x.array() / 4e5).pow(p);
    const auto fit = fit_power(x, y, Vector::Constant(12, 0.01));
    CHECK(fit.p == doctest::Approx(p).epsilon(1e-5));
    CHECK(fit.a == doctest::Approx(0.4).epsilon(1e-4));
    CHECK(fit.b * std::pow(4e5, p) == doctest::Approx(0.3).epsilon(1e-4));
    const auto given = fit_power(x, y, Vector::Constant(12, 0.01), p);
    CHECK(given.a == doctest::Approx(0.4).epsilon(1e-9));
    CHECK(!given.p_low);
  }
  // a line's errors are those of linear regression
  const Vector y = 1 + 2e-6 * x.array();
  const auto line = fit_power(x, y, Vector::Constant(12, 0.1), 1.0);
  const double spread = (x.array() - x.mean()).square().sum();
  CHECK(line.b_error == doctest::Approx(0.1 / std::sqrt(spread)).epsilon(1e-9));
  CHECK(line.a_error == doctest::Approx(0.1 * std::sqrt(1.0 / 12 + x.mean() * x.mean() / spread)).epsilon(1e-9));
}

TEST_CASE("the interval of p covers the truth in 95 of 100 draws, and is open where the data do not tell") {
  RandomStream random(3);
  const Vector x = Vector::LinSpaced(10, 1, 6);
  const Vector truth = 0.5 + 0.3 * x.array().pow(1.5);
  int known = 0, unknown = 0;
  for (int draw = 0; draw < 200; ++draw) {
    const Vector y = truth + 0.1 * normal_numbers(10, random);
    const auto covers = [](const PowerFit& fit) { return fit.p_low.value_or(-9) <= 1.5 && 1.5 <= fit.p_high.value_or(9); };
    known += covers(fit_power(x, y, Vector::Constant(10, 0.1)));
    unknown += covers(fit_power(x, y));
  }
  CHECK(known >= 180);
  CHECK(unknown >= 180);
  CHECK(known <= 199);
  // over 10 % of x everything is straight
  const Vector near = Vector::LinSpaced(10, 1, 1.1);
  const auto fit = fit_power(near, 1 + 2 * near.array() + 0.02 * normal_numbers(10, random).array(), Vector::Constant(10, 0.02));
  CHECK((!fit.p_low || !fit.p_high));
}

TEST_CASE("what cannot be fitted is an error that says so") {
  const Vector r = Vector::LinSpaced(6, 1, 6), one = Vector::Ones(6);
  CHECK(refuses([&] { (void)fit_exponential(r, one, one); }, "do not fall off"));
  CHECK(refuses([&] { (void)fit_exponential(Vector(r.head(2)), Vector(one.head(2)), Vector(one.head(2))); }, "2 points"));
  CHECK(refuses([&] { (void)fit_exponential(r, one, Vector::Zero(6)); }, "not positive"));
  CHECK(refuses([&] { (void)fit_exponential(r, Vector::Constant(6, NAN), one); }, "not a finite number"));
  CHECK(refuses([&] { (void)fit_power(Vector::LinSpaced(6, 0, 5), r); }, "must be positive"));
  CHECK(refuses([&] { (void)fit_power(one, r); }, "all abscissas"));
  CHECK(refuses([&] { (void)fit_power(r, Vector(one.head(3))); }, "3 values"));
}
