#include "tarn/potential/conditioning.hpp"

#include <doctest/doctest.h>

#include <random>

#include "support/samples.hpp"

using namespace tarn;

namespace {
std::vector<double> table(double (*f)(double), double step, int n, double noise = 0, double from = 0) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal(0, 1);
  std::vector<double> y;
  for (int k = 0; k < n; ++k) {
    const double value = k * step < from ? 0 : f(k * step);
    y.push_back(value == 0 ? 0 : value + noise * normal(random));
  }
  return y;
}
double smooth(double r) { return r < 6 ? std::pow(6 - r, 5) * 1e-3 * std::cos(2 * r) : 0; }
double kinked(double r) { return smooth(r) + (r < 2.3 ? 0.4 * (2.3 - r) : 0); }
double cut_off(double r) { return r < 6 ? 1 / (r * r) : 0; }
double second(const Conditioned& c, double r) {
  const auto j = c.spline.at<2>(r * r);
  return 2 * j[1] + 4 * r * r * j[2];
}
}  // namespace

TEST_CASE("the estimate of the noise is the noise, and the fit goes through its middle") {
  const auto y = table(smooth, 7.6e-4, 10001, 1e-7);
  const auto c = condition_radial("f", y, 7.6e-4, 7.6, {});
  CHECK(c.residual.noise == doctest::Approx(1e-7).epsilon(0.1));
  CHECK(c.residual.rms == doctest::Approx(1e-7).epsilon(0.05));
  CHECK(c.residual.worst < 6e-7);
  CHECK(c.end == doctest::Approx(6.0).epsilon(2e-4));
  const double exact = [] {  // φ'' of the smooth function at 3.1 Å
    const double h = 1e-4;
    return (smooth(3.1 + h) - 2 * smooth(3.1) + smooth(3.1 - h)) / (h * h);
  }();
  CHECK(second(c, 3.1) == doctest::Approx(exact).epsilon(1e-3));
  Conditioning raw;
  raw.raw = true;
  CHECK(std::abs(second(condition_radial("f", y, 7.6e-4, 7.6, raw), 3.1) - exact) > 0.02);
}

TEST_CASE("a table without noise is met to 1e-9, ends with three vanishing derivatives, at its own radius") {
  const auto c = condition_radial("f", table(smooth, 1e-3, 7001), 1e-3, 7.0, {});
  CHECK(c.residual.worst < 1e-9);
  CHECK(c.end == doctest::Approx(6.0));
  const auto end = c.spline.at<3>(c.end * c.end);
  for (double d : end) CHECK(std::abs(d) < 1e-6);
}

TEST_CASE("a kink survives: knots gather there, the slope changes within 0.05 Å") {
  const auto c = condition_radial("f", table(kinked, 7.6e-4, 10001, 1e-9), 7.6e-4, 7.6, {});
  const auto slope = [&](double r) { return 2 * r * c.spline.at<1>(r * r)[1]; };
  const auto exact = [](double r) { return (kinked(r + 1e-6) - kinked(r - 1e-6)) / 2e-6; };
  for (double r : {2.25, 2.35}) CHECK(slope(r) == doctest::Approx(exact(r)).epsilon(0.01));
  CHECK(c.residual.worst_at == doctest::Approx(2.3).epsilon(0.01));
  std::size_t near = 0;
  for (double k : c.spline.knots) near += std::abs(std::sqrt(k) - 2.3) < 0.05;
  CHECK(near >= 6);
}

TEST_CASE("a function that is cut off with a jump keeps it") {
  const auto c = condition_radial("f", table(cut_off, 1e-3, 6501), 1e-3, 6.0, {});
  CHECK(c.end == doctest::Approx(6.0));
  CHECK(c.spline.at<0>(5.99 * 5.99)[0] == doctest::Approx(1 / (5.99 * 5.99)).epsilon(1e-6));
}

TEST_CASE("raw: every value of the table") {
  Conditioning raw;
  raw.raw = true;
  const auto y = table(smooth, 1e-2, 701, 1e-3);
  const auto c = condition_radial("f", y, 1e-2, 7.0, raw);
  for (std::size_t k = 60; k < 590; ++k) {
    const double r = static_cast<double>(k) * 1e-2;
    REQUIRE(c.spline.at<0>(r * r)[0] == doctest::Approx(y[k]).epsilon(1e-8));
  }
}

TEST_CASE("embedding: a root at the origin is met where it matters") {
  std::vector<double> y;
  for (int k = 0; k < 5001; ++k) y.push_back(-std::sqrt(0.03 * k) + 1e-4 * 0.03 * k * 0.03 * k);
  const auto c = condition_embedding("F", y, 0.03, {});
  for (double rho : {1.0, 10.0, 33.3, 100.0}) {
    const auto j = at_density<3>(c, rho);
    CHECK(j[0] == doctest::Approx(-std::sqrt(rho) + 1e-4 * rho * rho).epsilon(1e-7));
    CHECK(j[1] == doctest::Approx(-0.5 / std::sqrt(rho) + 2e-4 * rho).epsilon(1e-5));
    CHECK(j[2] == doctest::Approx(0.25 * std::pow(rho, -1.5) + 2e-4).epsilon(1e-5));
    CHECK(j[3] == doctest::Approx(-0.375 * std::pow(rho, -2.5)).epsilon(1e-4));
  }
  CHECK(at_density<1>(c, 0.001)[1] == doctest::Approx(-0.5 / std::sqrt(0.001)).epsilon(1e-4));
  CHECK(at_density<1>(c, 0)[0] == doctest::Approx(0).epsilon(1e-9));
  // beyond the table, a straight line
  const auto end = at_density<2>(c, 150), beyond = at_density<2>(c, 170);
  CHECK(beyond[0] == doctest::Approx(end[0] + 20 * end[1]));
  CHECK(beyond[1] == doctest::Approx(end[1]));
  CHECK(beyond[2] == 0);
  CHECK(std::isfinite(at_density<2>(c, -1)[0]));
}

TEST_CASE("embedding: below zero a straight line with the slope at the first knot") {
  std::vector<double> y;
  for (int k = 0; k < 5001; ++k) y.push_back(0.7 - 0.5 * 0.03 * k + 1e-3 * 0.03 * k * 0.03 * k);
  const auto c = condition_embedding("F", y, 0.03, {});
  const double first = c.spline.knots[1] * c.spline.knots[1], slope = -0.5 + 2e-3 * first;
  const auto below = at_density<2>(c, -2.5);
  CHECK(below[0] == doctest::Approx(0.7 - 2.5 * slope).epsilon(1e-9));
  CHECK(below[1] == doctest::Approx(slope).epsilon(1e-9));
  CHECK(below[2] == 0);
}

TEST_CASE("tables too short, zero everywhere, bad parameters") {
  CHECK_THROWS_WITH_AS(static_cast<void>(condition_radial("phi of P-Q", std::vector<double>{1, 2}, 0.5, 0.5, {})),
                       doctest::Contains("6 or more are needed"), Error);
  const auto none = condition_radial("f", std::vector<double>(500, 0.0), 0.01, 5, {});
  CHECK(none.end == 0);
  CHECK(none.spline.pieces.empty());
  CHECK_THROWS_WITH_AS(static_cast<void>(condition_embedding("F of P", std::vector<double>{1, 2}, 0.5, {})),
                       "the table of F of P has 2 values: 6 or more are needed", Error);
  Conditioning bad;
  bad.segments = 100;
  CHECK_THROWS_WITH_AS(static_cast<void>(condition_radial("f", table(smooth, 1e-2, 701), 1e-2, 7, bad)),
                       doctest::Contains("powers of two"), Error);
}

TEST_CASE("tables of numbers that no fit can hold: spacings and values out of all range") {
  const std::vector<double> y{1, 2, 3, 4, 5, 6, 7, 8};
  CHECK_THROWS_WITH_AS(static_cast<void>(condition_radial("phi", y, 1e-300, 5e-300, {})),
                       doctest::Contains("6 or more are needed"), Error);
  std::vector<double> large, small;
  for (int k = 0; k < 40; ++k) large.push_back(k % 2 ? 1e308 : -1e308), small.push_back(1e-300 * k * k);
  CHECK_THROWS_WITH_AS(static_cast<void>(condition_radial("phi", large, 0.1, 3.9, {})), doctest::Contains("6 or more are needed"),
                       Error);
  for (const bool raw : {false, true}) {
    Conditioning how;
    how.raw = raw;
    const char* message = "cannot be fitted: its values or its spacing are out of the range of numbers";
    CHECK_THROWS_WITH_AS(static_cast<void>(condition_radial("phi", small, 1e200, 3.9e201, how)), doctest::Contains(message),
                         Error);
    CHECK_THROWS_WITH_AS(static_cast<void>(condition_embedding("F", large, 0.1, how)), doctest::Contains(message), Error);
  }
}
