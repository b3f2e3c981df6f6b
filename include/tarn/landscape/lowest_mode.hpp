#pragma once
// The lowest eigenpair of a Hessian that is known by its products alone: what is asked for, what is found, and what a method must be.
//
// With a unit vector u, θ = uᵀHu and r = Hu − θu: an eigenvalue lies within ‖r‖ of θ, and the lowest is never above θ. B. N. Parlett, The Symmetric Eigenvalue Problem (1998), ch. 4.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <utility>

#include "tarn/core/error.hpp"
#include "tarn/core/random.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/landscape/activation.hpp"

namespace tarn {

/// When an eigenpair is known well enough. Eigenvalues and residuals eV/Å² for a sample.
struct ModeAccuracy {
  double relative = 0.1;   ///< its residual is below this share of its value,
  double absolute = 0.01;  ///< or below this
  int max_products = 40;   ///< at most
  double enough =
      -std::numeric_limits<double>::infinity();  ///< stops too where the value is below this, its residual below half of its size
  /// Whether a pair is known well enough.
  [[nodiscard]] bool reached(const BoundedEigenvalue& found) const {
    const auto [value, residual] = found;
    return residual <= std::max(absolute, relative * std::abs(value)) || (value < enough && residual < 0.5 * std::abs(value));
  }
};

/// The lowest pair found.
struct LowestMode {
  BoundedEigenvalue lowest;
  Vector vector;           ///< unit
  bool accurate = false;   ///< ended for its accuracy and not for its products
  bool exhausted = false;  ///< the space that was searched is all there is: exact
};

/// Finds the lowest mode of `product(v, out)` in the space that `confine(v)` projects a vector on, starting from `start`.
template <class F>
concept ModeFinder = std::copyable<F> &&
    requires(const F& finder, void (&product)(const Vector&, Vector&), void (&confine)(Vector&), const Vector& start,
             const ModeAccuracy& accuracy, RandomStream& random) {
  { finder(product, confine, start, accuracy, random) } -> std::same_as<LowestMode>;
};

namespace detail {

/// Of unit length what `confine` leaves of a vector; 0 where that is no more than the share `rounding` of it.
template <class Confine>
[[nodiscard]] Vector unit_within(Vector v, Confine&& confine, double rounding) {
  const double before = v.norm();
  confine(v);
  const double after = v.norm();
  return after > rounding * before ? Vector(v / after) : Vector(Vector::Zero(v.size()));
}

/// A unit vector of the space that `confine` projects on, at random; 0 where nothing of it is left.
template <class Confine>
[[nodiscard]] Vector random_direction(Eigen::Index n, Confine&& confine, RandomStream& random) {
  Vector v(n);
  for (double& c : v) c = random.normal();
  return unit_within(std::move(v), confine, 1e-8);
}

/// The unit vector that a search for a mode begins with: `start`, and `stir` of a random direction, for a symmetric start would never see a mode of another
/// symmetry. Throws Error where no direction is left.
template <class Confine>
[[nodiscard]] Vector first_direction(const Vector& start, double stir, Confine&& confine, RandomStream& random) {
  Vector first = unit_within(start, confine, 1e-12);
  if (first.isZero(0))
    first = random_direction(start.size(), confine, random);
  else if (stir > 0)
    first += stir * random_direction(start.size(), confine, random);
  if (!(first.norm() > 0)) throw Error("a mode was sought where every direction is rigid, frozen or excluded");
  return first / first.norm();
}

/// For methods that keep one vector: notes how well it is known and tells when to stop.
class VectorTest {
 public:
  explicit VectorTest(const ModeAccuracy& accuracy) : accuracy_(accuracy) {}
  /// After so many products, by θ and ‖r‖. Where ‖r‖ is rounding nothing is left to add: from a stirred start it is the lowest.
  [[nodiscard]] bool operator()(LowestMode& out, double value, double residual, int products) {
    scale_ = std::max(scale_, std::abs(value) + residual);
    out.lowest = {value, std::max(residual, 1e-12 * scale_)};
    out.accurate = accuracy_.reached(out.lowest) || residual <= 1e-12 * scale_;
    return out.accurate || products >= accuracy_.max_products;
  }

 private:
  ModeAccuracy accuracy_;
  double scale_ = 0;
};

}  // namespace detail

}  // namespace tarn
