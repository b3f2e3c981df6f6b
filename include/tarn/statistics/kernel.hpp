#pragma once
// Kernels: the weight of an atom in an average, by its distance r over a length L.
//
// Only for the top hat is L the radius of what is averaged: a Gaussian's weight has the mean radius 1.6 L in three dimensions, an exponential's 3 L.

#include <cmath>
#include <concepts>

#include "tarn/core/vector.hpp"

namespace tarn {

/// Weight at reduced distance x = r/L ≥ 0: dimensionless, w(0) = 1, not increasing. `reach()`: the x beyond which w < 1e-6 is taken as zero.
/// A kernel that also takes an Eigen array (as those below do) is evaluated many distances at a time.
template <class K>
concept Kernel = std::copy_constructible<K> && requires(const K& kernel, double x) {
  { kernel(x) } -> std::convertible_to<double>;
  { kernel.reach() } -> std::convertible_to<double>;
};

/// w = 1 for x ≤ 1, else 0.
struct TopHat {
  [[nodiscard]] double operator()(double x) const { return x <= 1 ? 1 : 0; }
  [[nodiscard]] double reach() const { return 1; }
};

/// w = e^(−x²/2).
struct Gaussian {
  [[nodiscard]] double operator()(double x) const { return std::exp(-0.5 * x * x); }
  [[nodiscard]] Eigen::ArrayXd operator()(const Eigen::Ref<const Eigen::ArrayXd>& x) const { return (-0.5 * x * x).exp(); }
  [[nodiscard]] double reach() const { return 5.2565217; }  // √(2 ln 10⁶)
};

/// w = e^(−x).
struct Exponential {
  [[nodiscard]] double operator()(double x) const { return std::exp(-x); }
  [[nodiscard]] Eigen::ArrayXd operator()(const Eigen::Ref<const Eigen::ArrayXd>& x) const { return (-x).exp(); }
  [[nodiscard]] double reach() const { return 13.8155106; }  // ln 10⁶
};

static_assert(Kernel<TopHat> && Kernel<Gaussian> && Kernel<Exponential>);

}  // namespace tarn
