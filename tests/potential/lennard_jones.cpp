#include "tarn/potential/lennard_jones.hpp"

#include <doctest/doctest.h>

using namespace tarn;

namespace {
LennardJonesFunctions single(int order, double cutoff = 2.5) { return {{"A"}, {1}, {{1, 1, cutoff}}, {order}}; }
double plain(double r) { return 4 * (std::pow(r, -12) - std::pow(r, -6)); }
}  // namespace

TEST_CASE("cut with a jump it is the plain function; shifted it is that less its value at the end") {
  for (double r : {0.95, 1.0, std::pow(2.0, 1.0 / 6), 1.8, 2.49}) {
    CHECK(single(-1).terms<0>(0, 0, r * r).pair[0] == doctest::Approx(plain(r)));
    CHECK(single(0).terms<0>(0, 0, r * r).pair[0] == doctest::Approx(plain(r) - plain(2.5)));
  }
  CHECK(single(-1).terms<1>(0, 0, std::pow(2.0, 1.0 / 3)).pair[1] == doctest::Approx(0).epsilon(1e-12));  // the minimum
  CHECK(single(-1).terms<1>(0, 0, 2.5 * 2.5).pair[0] == 0);
}

TEST_CASE("derivatives are derivatives, and vanish at the end up to the order asked for") {
  for (int order = 0; order <= 3; ++order) {
    const auto f = single(order);
    const double h = 1e-5;
    for (double s : {0.9, 1.3, 4.0, 6.0}) {
      const auto at = f.terms<3>(0, 0, s), up = f.terms<3>(0, 0, s + h), down = f.terms<3>(0, 0, s - h);
      for (std::size_t k = 0; k < 3; ++k)
        CHECK((up.pair[k] - down.pair[k]) / (2 * h) == doctest::Approx(at.pair[k + 1]).epsilon(1e-6));
    }
    const auto end = f.terms<3>(0, 0, 6.25 - 1e-9);
    for (std::size_t k = 0; k <= static_cast<std::size_t>(order); ++k) CHECK(std::abs(end.pair[k]) < 1e-9);
    if (order < 3) CHECK(std::abs(end.pair[static_cast<std::size_t>(order) + 1]) > 1e-5);
  }
}

TEST_CASE("the Kob-Andersen set: depths and places of the minima") {
  const auto f = kob_andersen({-1});
  const double well = std::pow(2.0, 1.0 / 3);
  CHECK(f.terms<0>(0, 0, well).pair[0] == doctest::Approx(-1));
  CHECK(f.terms<0>(0, 1, well * 0.64).pair[0] == doctest::Approx(-1.5));
  CHECK(f.terms<0>(1, 1, well * 0.7744).pair[0] == doctest::Approx(-0.5));
  CHECK(f.pair_reach(1, 0) == 2.0);
  CHECK(f.pair_reach(1, 1) == doctest::Approx(2.2));
}

TEST_CASE("parameters that are none are refused") {
  CHECK_THROWS_WITH_AS(single(4), "a Lennard-Jones potential can end with order -1 to 3, 4 given", Error);
  CHECK_THROWS_WITH_AS(single(3, -1), "epsilon, sigma and cut-off of A-A must be positive", Error);
  CHECK_THROWS_WITH_AS(LennardJonesFunctions({"A", "B"}, {1, 1}, {{}, {}, {2, 1, 2.5}, {}}),
                       doctest::Contains("differ from those of"), Error);
  CHECK_THROWS_WITH_AS(LennardJonesFunctions({"A"}, {}, {{}}), doctest::Contains("needs 1 masses and 1 pairs"), Error);
  CHECK_THROWS_WITH_AS(LennardJonesFunctions({"A"}, {0}, {{}}), "the mass of A must be positive, 0 given", Error);
}
