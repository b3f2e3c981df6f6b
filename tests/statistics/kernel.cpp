#include "tarn/statistics/kernel.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace tarn;

namespace {

// Mean radius of what is weighted in space, ∫ r³ w dr / ∫ r² w dr, by the trapezoidal rule: it tells L's meaning from the formula of the weight.
template <Kernel K>
double mean_radius(const K& kernel) {
  double above = 0, below = 0;
  const double end = kernel.reach() + 10, step = 1e-3;
  for (double x = 0.5 * step; x < end; x += step) above += x * x * x * kernel(x), below += x * x * kernel(x);
  return above / below;
}

template <Kernel K>
void check_laws(const K& kernel) {
  CHECK(kernel(0) == 1);
  for (double x = 0; x < 20; x += 0.01) CHECK(kernel(x + 0.01) <= kernel(x));
  CHECK(kernel(kernel.reach() * 1.000001) < 1e-6);
  CHECK(kernel(kernel.reach() * 0.999999) > 1e-6);
}

}  // namespace

TEST_CASE("kernels fall from 1 and end where their weight is below a millionth") {
  check_laws(TopHat{});
  check_laws(Gaussian{});
  check_laws(Exponential{});
}

TEST_CASE("what a length means differs from kernel to kernel") {
  CHECK(mean_radius(TopHat{}) == doctest::Approx(0.75).epsilon(1e-3));
  CHECK(mean_radius(Gaussian{}) == doctest::Approx(2 * std::sqrt(2 / M_PI)).epsilon(1e-5));
  CHECK(mean_radius(Exponential{}) == doctest::Approx(3).epsilon(2e-3));
  CHECK(TopHat{}(1) == 1);
}

TEST_CASE("many distances at once give what one alone does") {
  const Eigen::ArrayXd x = Eigen::ArrayXd::LinSpaced(17, 0, 14);
  const Eigen::ArrayXd gaussian = Gaussian{}(x), exponential = Exponential{}(x);
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    CHECK(gaussian[i] == doctest::Approx(std::exp(-x[i] * x[i] / 2)).epsilon(1e-13));
    CHECK(exponential[i] == doctest::Approx(std::exp(-x[i])).epsilon(1e-13));
  }
}
