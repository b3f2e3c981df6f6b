// That no second eigenvalue is negative: how often one is missed, and saddles of a glass against their dense Hessians.

#include "tarn/landscape/saddle_order.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "support/data.hpp"
#include "support/potentials.hpp"
#include "support/vibrating.hpp"
#include "tarn/io/sample.hpp"
#include "tarn/landscape/atom_activation.hpp"
#include "tarn/landscape/vineyard.hpp"
#include "tarn/relax/minimise.hpp"
#include "tarn/vibration/hessian.hpp"

namespace {

using namespace tarn;
using namespace tarn::testing;

// A diagonal Hessian: 400 eigenvalues from `low` to 20, evenly in their roots as those of sound are, and one more.
Vector spectrum(double one, double low) {
  Vector values = Vector::LinSpaced(401, std::sqrt(low), std::sqrt(20.0)).array().square();
  values[0] = one;
  return values;
}
LowestMode second_of(const Vector& values, const Vector& soft, const OrderTest& test, RandomStream random) {
  const auto product = [&](const Vector& v, Vector& out) { out = values.cwiseProduct(v); };
  const auto confine = [](Vector&) {};
  return second_mode(product, confine, soft, static_cast<double>(values.size()), test, random);
}

}  // namespace

TEST_CASE(
    "a localised mode that turns negative is missed no more often than is said, though what is known to be soft tells nothing of "
    "it") {
  for (const double one : {-0.3, -0.02, -0.001}) {
    const Vector values = spectrum(one, 0.05);
    Vector soft = Vector::Zero(values.size());
    soft.segment(1, 20).setOnes();
    const OrderTest test;
    int missed = 0;
    constexpr int draws = 400;
    for (int k = 0; k < draws; ++k) {
      const auto found = second_of(values, soft, test, RandomStream(5, static_cast<std::uint64_t>(k)));
      REQUIRE(found.accurate);
      missed += found.lowest.value > 0;
    }
    CHECK(missed <= test.miss * draws + 3 * std::sqrt(test.miss * draws));
  }
}

TEST_CASE(
    "where there is no second negative eigenvalue it is shown, by products that grow as its root falls and with the certainty "
    "asked for") {
  CHECK(products_to_exclude(0.01, 20, 1000, 0.05) > 1.9 * products_to_exclude(0.04, 20, 1000, 0.05));
  CHECK(products_to_exclude(0.01, 20, 1000, 0.001) > products_to_exclude(0.01, 20, 1000, 0.05));
  const auto found = second_of(spectrum(0.05, 0.05), Vector::Ones(401), {}, RandomStream(1));
  CHECK(found.accurate);
  CHECK(found.lowest.value == doctest::Approx(0.05).epsilon(0.2));
  const auto spent = second_of(spectrum(0.05, 0.05), Vector::Ones(401), {.max_products = 20}, RandomStream(1));
  CHECK_FALSE(spent.accurate);
}

TEST_CASE("where no direction is left there is no second eigenvalue, which is no error") {
  const auto product = [](const Vector& v, Vector& out) { out = v; };
  const auto confine = [](Vector& v) { v.setZero(); };
  RandomStream random(1);
  const auto found = second_mode(product, confine, Vector::Ones(3), 0, {}, random);
  CHECK(found.exhausted);
  CHECK(found.accurate);
}

TEST_CASE("of the saddles of a glass of 256 atoms the dense Hessian refutes none") {
  static const EamSplines<Double> potential(read_setfl(data("CuZr_smooth.eam.fs")));
  const auto sample = minimise(with_masses(read_sample(data("cuzr256_minimum.data"), {"Cu", "Zr"}), potential), potential).sample;
  AtomSearcher searcher(sample, potential);
  int saddles = 0;
  for (Eigen::Index k = 0; k < 30; ++k) {
    const auto found = searcher.find(37 * k % sample.size(), RandomStream(1, static_cast<std::uint64_t>(k), 1));
    if (!found.found()) continue;
    ++saddles;
    Sample there = sample;
    there.positions = found.saddle;
    const Hessian hessian(there, potential);
    const auto point = harmonic_point(there, hessian * Matrix(Matrix::Identity(hessian.rows(), hessian.rows())), 1);
    CHECK(point.unstable < 0);
  }
  CHECK(saddles > 10);
}
