#pragma once
// The broadening policy: what stands for δ(ω − ω_j) in a density of states.

#include <cmath>
#include <concepts>
#include <numbers>

#include "tarn/core/error.hpp"

namespace tarn {

/// A normalised line shape, in ps (per rad/ps), at `omega` of a mode at `mode`, both rad/ps. It is exactly zero beyond `reach()` of the
/// mode; less than 1e-4 of it lies beyond `tail()` on either side (what a spectrum lacks near the end of the computed modes).
template <class B>
concept Broadening = std::copy_constructible<B> && requires(const B& shape, double omega, double mode) {
  { shape(omega, mode) } -> std::convertible_to<double>;
  { shape.reach() } -> std::convertible_to<double>;
  { shape.tail() } -> std::convertible_to<double>;
  shape.check();
};

/// exp(−(ω − ω_j)²/2σ²)/(σ sqrt(2π)), cut where it is below 1e-16 of its maximum.
struct GaussianBroadening {
  double sigma = 0.35;  ///< rad/ps; a choice, that of the reference spectra in tests/data: it belongs to each result

  [[nodiscard]] double operator()(double omega, double mode) const {
    const double x = (omega - mode) / sigma;
    return std::abs(x) > 8.6 ? 0.0 : std::exp(-0.5 * x * x) / (sigma * std::sqrt(2 * std::numbers::pi));
  }
  [[nodiscard]] double reach() const { return 8.6 * sigma; }
  [[nodiscard]] double tail() const { return 4 * sigma; }
  /// Throws Error unless σ is positive.
  void check() const {
    if (!(sigma > 0 && std::isfinite(sigma))) throw Error("Gaussian broadening of width ", sigma, " rad/ps: it must be positive");
  }
};
static_assert(Broadening<GaussianBroadening>);

/// A bin of the histogram whose bins are centred on the multiples of the width, [(k − ½)w, (k + ½)w): every mode in the bin of ω counts 1/w.
/// On a grid of multiples of w each point is the centre of its bin, and Σ g w counts the modes; a finer grid shows the steps.
struct HistogramBroadening {
  double width = 0.35;  ///< rad/ps; as GaussianBroadening

  [[nodiscard]] double operator()(double omega, double mode) const { return bin(omega) == bin(mode) ? 1 / width : 0.0; }
  [[nodiscard]] double reach() const { return width; }
  [[nodiscard]] double tail() const { return width; }
  /// Throws Error unless the width is positive.
  void check() const {
    if (!(width > 0 && std::isfinite(width))) throw Error("histogram bins of width ", width, " rad/ps: it must be positive");
  }

 private:
  // the 1e-9 puts a grid point on an edge into the upper bin, whatever its rounding
  [[nodiscard]] double bin(double omega) const { return std::floor(omega / width + 0.5 + 1e-9); }
};
static_assert(Broadening<HistogramBroadening>);

}  // namespace tarn
