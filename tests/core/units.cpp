#include "tarn/core/units.hpp"

#include <doctest/doctest.h>

#include <numbers>

using namespace tarn;

// From the SI: e, h, k_B exact, u of CODATA 2018.
TEST_CASE("the units' factors follow from the constants of nature") {
  constexpr double e = 1.602176634e-19, h = 6.62607015e-34, k = 1.380649e-23, u = 1.66053906660e-27, A = 1e-10, ps = 1e-12;
  const auto is = [](double value) { return doctest::Approx(value).epsilon(1e-9); };
  CHECK(units::rad2_per_ps2 == is(e / (A * A * u) * ps * ps));
  CHECK(units::boltzmann == is(k / e));
  CHECK(units::hbar == is(h / (2 * std::numbers::pi * e) / ps));
  CHECK(units::THz_per_rad_per_ps == is(1 / (2 * std::numbers::pi)));
  CHECK(units::meV_per_rad_per_ps == is(1e3 * h / (2 * std::numbers::pi * e) / ps));
  CHECK(units::bar == is(e / (A * A * A) / 1e5));
  CHECK(units::GPa == is(e / (A * A * A) / 1e9));
  CHECK(units::g_per_cm3 == is(u * 1e3 / (1e-8 * 1e-8 * 1e-8)));
}

TEST_CASE("an unstable mode has a negative frequency") {
  CHECK(units::signed_frequency(9) == 3);
  CHECK(units::signed_frequency(-9) == -3);
  CHECK(units::signed_frequency(0) == 0);
}
