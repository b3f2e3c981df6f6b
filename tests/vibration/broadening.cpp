#include "tarn/vibration/broadening.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "support/vibrating.hpp"

using namespace tarn;
using tarn::testing::refuses;

namespace {
template <Broadening B>
double integral(const B& shape, double mode, double from, double to) {
  const int steps = 200000;
  double sum = 0;
  for (int k = 0; k < steps; ++k) sum += shape(from + (to - from) * (k + 0.5) / steps, mode);
  return sum * (to - from) / steps;
}
}  // namespace

TEST_CASE_TEMPLATE("a line shape is normalised, ends at its reach and has little in its tail", B, GaussianBroadening,
                   HistogramBroadening) {
  for (const double width : {0.1, 0.35, 2.0}) {
    const B shape{width};
    for (const double mode : {5.0, 5.123, 0.2}) {
      CHECK(integral(shape, mode, mode - shape.reach(), mode + shape.reach()) == doctest::Approx(1).epsilon(1e-4));
      CHECK(shape(mode + 1.0001 * shape.reach(), mode) == 0);
      CHECK(shape(mode - 1.0001 * shape.reach(), mode) == 0);
      CHECK(integral(shape, mode, mode + shape.tail(), mode + shape.tail() + 10 * width) < 1e-4);
    }
  }
}

TEST_CASE("the Gaussian is the Gaussian") {
  const GaussianBroadening shape{.sigma = 0.5};
  CHECK(shape(3, 3) == doctest::Approx(0.797884560802865));
  CHECK(shape(3.5, 3) == doctest::Approx(0.797884560802865 * std::exp(-0.5)));
  CHECK(shape(4, 3) == shape(2, 3));
  CHECK(GaussianBroadening{}.sigma == 0.35);
}

TEST_CASE("bins are centred on multiples of the width; each mode is in one, also on an edge") {
  const HistogramBroadening shape{.width = 0.5};
  CHECK(shape(1.0, 0.76) == 2);
  CHECK(shape(1.0, 1.24) == 2);
  CHECK(shape(1.0, 1.26) == 0);
  CHECK(shape(1.0, 0.74) == 0);
  CHECK(shape(1.2, 0.8) == 2);  // the same bin, off its centre
  CHECK(shape(1.2, 1.3) == 0);  // near, in another bin
  const HistogramBroadening tenth{.width = 0.1};
  for (int edge = 0; edge < 100; ++edge) {
    int bins = 0;
    for (int k = 0; k <= 110; ++k) bins += tenth(0.1 * k, 0.05 + 0.1 * edge) > 0;
    CHECK(bins == 1);
  }
}

TEST_CASE("a width that is none is refused") {
  CHECK(refuses([] { GaussianBroadening{0}.check(); }, "Gaussian broadening of width 0 rad/ps: it must be positive"));
  CHECK(refuses([] { GaussianBroadening{std::nan("")}.check(); }, "must be positive"));
  CHECK(refuses([] { HistogramBroadening{-1}.check(); }, "histogram bins of width -1"));
}
