#include "tarn/vibration/boson_peak.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

/// Every mode stable.
ModeCensus all_stable(const Modes& modes) {
  ModeCensus census;
  census.kinds.assign(static_cast<std::size_t>(modes.count()), ModeKind::stable);
  census.stable = modes.count();
  return census;
}

}  // namespace

TEST_CASE("Debye's spectrum has a flat reduced density, 3/ω_D³, and each atom its share") {
  const Eigen::Index n = 600;
  const double debye = 20;
  // the j-th of 3N frequencies with g ∝ ω²: (j + ½)/3N = (ω/ω_D)³
  const Modes modes{
      Vector::NullaryExpr(
          n, [&](Eigen::Index j) { return debye * std::cbrt((static_cast<double>(j) + 0.5) / static_cast<double>(n)); }),
      Matrix::Constant(n, n, 1 / std::sqrt(static_cast<double>(n)))};
  const auto peak =
      boson_peak(modes, all_stable(modes), GaussianBroadening{.sigma = 0.5}, {.first_rad_per_ps = 8, .last_rad_per_ps = 17});
  const double level = 3 / std::pow(debye, 3);
  CHECK((peak.reduced_ps3.array() / level - 1).abs().maxCoeff() < 0.02);
  CHECK(peak.height_ps3 == doctest::Approx(level).epsilon(0.02));
  for (const Eigen::Index i : {0, 77, 199}) CHECK(peak.scaled_ps3()[i] == doctest::Approx(peak.height_ps3));
}

TEST_CASE("one mode broadened: the maximum of G(ω)/ω², found on the grid, below the mode") {
  const double mode = 6, sigma = 0.5;
  const Modes modes{Vector::Constant(1, mode), Vector::Constant(6, 1 / std::sqrt(6.0))};
  // complete() must hold: pad with modes far above
  Modes all{Vector::Constant(6, 100), Matrix::Identity(6, 6)};
  all.omega_rad_per_ps[0] = mode;
  all.vectors.col(0) = modes.vectors;
  const PeakWindow window{.first_rad_per_ps = 2, .last_rad_per_ps = 10, .step_rad_per_ps = 0.001};
  const auto peak = boson_peak(all, all_stable(all), GaussianBroadening{sigma}, window);
  // d/dω: (ω − ω_0)/σ² = −2/ω
  const double at = 0.5 * (mode + std::sqrt(mode * mode - 8 * sigma * sigma));
  CHECK(peak.peak_rad_per_ps == doctest::Approx(at).epsilon(2e-4));
  const double height =
      std::exp(-0.5 * std::pow((at - mode) / sigma, 2)) / (sigma * std::sqrt(2 * std::numbers::pi)) / (at * at) / 6;
  CHECK(peak.height_ps3 == doctest::Approx(height).epsilon(1e-6));
  CHECK(!peak.at_edge);
  CHECK(peak.atom_height_ps3[1] == doctest::Approx(height / 2));
}

TEST_CASE("atoms that peak elsewhere: their own maxima, and their values at the sample's peak, which sum to it") {
  Modes modes{(Vector(9) << 4, 4, 4, 5, 9, 100, 100, 100, 100).finished(), Matrix::Identity(9, 9)};
  const auto peak = boson_peak(modes, all_stable(modes), GaussianBroadening{.sigma = 0.2});
  CHECK(peak.peak_rad_per_ps == doctest::Approx(4).epsilon(0.01));
  CHECK(peak.atom_peak_rad_per_ps[0] == doctest::Approx(4).epsilon(0.01));
  CHECK(peak.atom_peak_rad_per_ps[1] == doctest::Approx(5).epsilon(0.01));
  for (Eigen::Index i = 0; i < 2; ++i) {  // and on which point of the grid, exactly
    Eigen::Index at = 0;
    peak.omega_rad_per_ps
        .unaryExpr([&](double omega) {
          return std::exp(-0.5 * std::pow((omega - 4 - static_cast<double>(i)) / 0.2, 2)) / (omega * omega);
        })
        .maxCoeff(&at);
    CHECK(peak.atom_peak_rad_per_ps[i] == peak.omega_rad_per_ps[at]);
  }
  CHECK(peak.atom_at_peak_ps3.sum() == doctest::Approx(peak.height_ps3));
  CHECK(peak.atom_at_peak_ps3[1] < 0.01 * peak.atom_height_ps3[1]);
  CHECK(peak.atom_height_ps3[2] == 0);
  CHECK(peak.scaled_ps3()[0] == 3 * peak.atom_height_ps3[0]);
  CHECK((peak.atom_height_ps3 - peak.atom_at_peak_ps3).minCoeff() >= 0);
}

TEST_CASE("a maximum at the window's edge is said to be one") {
  Modes modes{(Vector(3) << 1.9, 100, 100).finished(), Matrix::Identity(3, 3)};
  CHECK(boson_peak(modes, all_stable(modes)).at_edge);
  modes.omega_rad_per_ps[0] = 16;
  CHECK(boson_peak(modes, all_stable(modes)).at_edge);
  modes.omega_rad_per_ps[0] = 8;
  CHECK(!boson_peak(modes, all_stable(modes)).at_edge);
}

TEST_CASE("a window is cut where the modes end, in whole steps, and then has a peak") {
  const PeakWindow window;
  CHECK(window.within(15)->last_rad_per_ps == 15);
  CHECK(window.within(1e300)->last_rad_per_ps == 15);
  const auto cut = window.within(9.99);
  REQUIRE(cut);
  CHECK(cut->first_rad_per_ps == 2);
  CHECK(cut->step_rad_per_ps == 0.05);
  CHECK(cut->last_rad_per_ps == doctest::Approx(9.95).epsilon(1e-12));
  CHECK(cut->grid().size() == 160);
  CHECK(!window.within(2.09));
  CHECK(window.within(2.11)->grid().size() == 3);
  CHECK(!window.within(1));
  CHECK(!window.within(-5));
  // the six lowest of nine modes, and reaches at which a whole step ends but for rounding
  for (int k = 3; k < 200; ++k) {
    const GaussianBroadening shape{.sigma = 0.2};
    const double top = 2 + k * 0.05 + shape.tail();
    const Modes modes{(Vector(6) << 2, 2, 2, 2, 2, top).finished(), Matrix::Identity(9, 6)};
    const auto filled = window.within(spectrum_reach(modes, shape));
    REQUIRE(filled);
    CHECK_NOTHROW((void)boson_peak(modes, all_stable(modes), shape, *filled));
    CHECK(filled->last_rad_per_ps > 2 + (k - 1.01) * 0.05);
  }
}

TEST_CASE("a peak is resolved above twice the lowest phonons") {
  CHECK(peak_resolved(5.5, 2.7));
  CHECK(!peak_resolved(5.4, 2.7));
  CHECK(refuses([] { (void)peak_resolved(5, 0); }, "a frequency above 0 is expected"));
}

TEST_CASE("windows that are none, and windows without modes, are refused") {
  const Modes modes{(Vector(3) << 50, 50, 50).finished(), Matrix::Identity(3, 3)};
  const auto census = all_stable(modes);
  CHECK(refuses([&] { (void)boson_peak(modes, census); }, "no mode has weight between 2 and 15 rad/ps: widen the window"));
  CHECK(refuses([&] { (void)boson_peak(modes, census, GaussianBroadening{}, {.first_rad_per_ps = 0}); }, "must begin above 0"));
  CHECK(refuses([&] { (void)boson_peak(modes, census, GaussianBroadening{}, {.last_rad_per_ps = 1}); }, "0 ≤ first < last"));
}
