#include "tarn/core/spline.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace tarn;

namespace {
std::vector<double> grid(double from, double to, int n) {
  std::vector<double> x;
  for (int i = 0; i < n; ++i) x.push_back(from + (to - from) * i / (n - 1));
  return x;
}
template <class F>
std::vector<double> values(const std::vector<double>& x, F f) {
  std::vector<double> y;
  for (double v : x) y.push_back(f(v));
  return y;
}
}  // namespace

TEST_CASE("the jet of a quintic is its derivatives") {
  const Quintic c{1, -2, 3, -4, 5, -6};
  const auto j = jet<5>(c, 0.5);
  CHECK(j[0] == doctest::Approx(1 - 1 + 0.75 - 0.5 + 0.3125 - 0.1875));
  CHECK(j[1] == doctest::Approx(-2 + 3 - 3 + 2.5 - 1.875));
  CHECK(j[2] == doctest::Approx(6 - 12 + 15 - 15));
  CHECK(j[3] == doctest::Approx(-24 + 60 - 90));
  CHECK(j[4] == doctest::Approx(120 - 360));
  CHECK(j[5] == doctest::Approx(-720));
  CHECK(jet<0>(shifted(c, 0.3), 0.2)[0] == doctest::Approx(j[0]).epsilon(1e-13));
}

TEST_CASE("derivatives by the square: x to the sixth is the cube of x squared") {
  const double x = 1.7, s = x * x;
  const auto j = by_square<3>(Jet<3>{std::pow(x, 6), 6 * std::pow(x, 5), 30 * std::pow(x, 4), 120 * std::pow(x, 3)}, x);
  CHECK(j[0] == doctest::Approx(s * s * s));
  CHECK(j[1] == doctest::Approx(3 * s * s));
  CHECK(j[2] == doctest::Approx(6 * s));
  CHECK(j[3] == doctest::Approx(6));
}

TEST_CASE("a quintic polynomial is its own least-squares spline, whatever the knots") {
  const Quintic c{0.3, -1, 2, 0.5, -0.25, 0.125};
  const auto x = grid(-1, 2, 60), y = values(x, [&](double v) { return jet<0>(c, v)[0]; });
  const Spline s = fit_spline(x, y, {-1, -0.7, -0.1, 0.9, 1.2, 2});
  for (double v : {-1.0, -0.7, -0.33, 0.0, 0.9, 1.5, 2.0}) {
    const auto got = s.at<5>(v), want = jet<5>(c, v);
    for (std::size_t k = 0; k < 6; ++k) CHECK(got[k] == doctest::Approx(want[k]).epsilon(1e-7));
  }
}

TEST_CASE("the interpolating spline passes through its points, is C4, and converges with order six") {
  double previous = 0;
  for (int n : {17, 33, 65}) {
    auto x = grid(0, 2, n);
    for (double& v : x) v = v * v;  // as a table in r is in r²
    const auto y = values(x, [](double v) { return std::sin(2 * v); });
    const Spline s = interpolate(x, y);
    for (std::size_t i = 0; i < x.size(); ++i) CHECK(s.at<0>(x[i])[0] == doctest::Approx(y[i]).epsilon(1e-10));
    for (std::size_t i = 1; i + 1 < s.knots.size(); ++i) {
      const auto left = jet<4>(s.pieces[i - 1], s.knots[i] - s.knots[i - 1]), right = jet<4>(s.pieces[i], 0);
      for (std::size_t k = 0; k <= 4; ++k) CHECK(left[k] == doctest::Approx(right[k]).epsilon(1e-6));
    }
    double error = 0;
    for (double v = 1; v < 3; v += 0.01) error = std::max(error, std::abs(s.at<0>(v)[0] - std::sin(2 * v)));
    if (previous > 0) CHECK(error < previous / 40);  // 2⁶ = 64 in the limit
    previous = error;
  }
}

TEST_CASE("the end can be made to vanish with its derivatives") {
  const auto x = grid(0, 1, 200), y = values(x, [](double v) { return std::pow(1 - v, 5) * std::exp(v); });
  const Spline s = fit_spline(x, y, grid(0, 1, 20), 4);
  const auto end = s.at<3>(1.0);
  for (double d : end) CHECK(std::abs(d) < 1e-9);
  CHECK(s.at<2>(0.5)[0] == doctest::Approx(std::pow(0.5, 5) * std::exp(0.5)).epsilon(1e-6));
}

TEST_CASE("noise is averaged: the second derivative of a noisy table comes out better than by differences") {
  const auto x = grid(2, 4, 2000);
  unsigned state = 1;
  auto y = values(x, [&](double v) {
    state = state * 1664525u + 1013904223u;
    return std::exp(-v) + 1e-7 * (static_cast<double>(state) / 4294967296.0 - 0.5);
  });
  const Spline smooth = fit_spline(x, y, grid(2, 4, 21)), raw = interpolate(x, y);
  double worst_smooth = 0, worst_raw = 0;
  for (double v = 2.2; v < 3.8; v += 0.0137) {
    worst_smooth = std::max(worst_smooth, std::abs(smooth.at<2>(v)[2] - std::exp(-v)));
    worst_raw = std::max(worst_raw, std::abs(raw.at<2>(v)[2] - std::exp(-v)));
  }
  CHECK(worst_smooth < 1e-4);
  CHECK(worst_raw > 100 * worst_smooth);
}

TEST_CASE("too few points are refused with their number") {
  const std::vector<double> two{0, 1};
  CHECK_THROWS_WITH_AS(static_cast<void>(interpolate(two, two)),
                       "an interpolating quintic spline needs 6 points or more, the table has 2", Error);
  CHECK_THROWS_AS(static_cast<void>(fit_spline(two, two, {0, 0.5, 1})), Error);
  const auto x = grid(0, 0.1, 50);  // none in [0.5, 1]
  CHECK_THROWS_AS(static_cast<void>(fit_spline(x, x, {0, 0.5, 0.6, 0.7, 0.8, 0.9, 1})), Error);
}
