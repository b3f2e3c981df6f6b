#pragma once
// Steps of a relaxation across a mode: what a walk to a saddle asks of them, and two beside L-BFGS (quasi_newton.hpp).
//
// Each step costs the one evaluation that the walk makes anyway; it may be cut short, and the surface changes under it as the walk climbs. So no line is
// searched: a step is made from what the last ones told.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <utility>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/relax/quasi_newton.hpp"

namespace tarn {

/// A policy: step(gradient) is the step to take next; add(s, y) tells what was stepped and how the gradient changed by it; clear() forgets. One that knows
/// differences of gradients gives them as learnt() (quasi_newton.hpp): they start the search for the second mode.
template <class R>
concept PerpendicularSteps = std::copyable<R> && requires(R& steps, const Vector& gradient, Vector s, Vector y) {
  { steps.step(gradient) } -> std::convertible_to<Vector>;
  steps.add(std::move(s), std::move(y));
  steps.clear();
};
static_assert(PerpendicularSteps<QuasiNewton>);

/// Nonlinear conjugate gradients: directions by Polak and Ribière, the length of each from the curvature along the step before, and once
/// more from its own where a tenth of the slope is left. J. Nocedal, S. J. Wright, Numerical Optimization, 2nd ed. (2006), ch. 5.
class ConjugateSteps {
 public:
  /// `stiffness`: the curvature before any is known, eV/Å² for a sample. Throws Error where it is not positive.
  explicit ConjugateSteps(double stiffness = 10) : stiffness_(stiffness), curvature_(stiffness) {
    if (!(stiffness > 0)) throw Error("conjugate gradients: needs stiffness > 0, ", stiffness, " given");
  }
  void clear() { *this = ConjugateSteps(stiffness_); }

  void add(const Vector& s, const Vector& y) {
    const double s2 = s.squaredNorm();
    if (s2 > 0) curvature_ = std::max(s.dot(y) / s2, 0.02 * stiffness_);  // where it is soft or bends down: long, but not endless
  }
  [[nodiscard]] Vector step(const Vector& gradient) {
    const bool once_more = direction_.size() > 0 && !corrected_ && std::abs(gradient.dot(direction_)) > 0.1 * std::abs(slope_);
    corrected_ = once_more;
    if (!once_more) {
      const double before = gradient_.size() ? gradient_.squaredNorm() : 0;
      const double again = before > 0 ? std::max(0.0, gradient.dot(gradient - gradient_) / before) : 0.0;
      direction_ = again > 0 ? Vector(again * direction_ - gradient) : Vector(-gradient);
      if (!(gradient.dot(direction_) < 0)) direction_ = -gradient;
      gradient_ = gradient;
      slope_ = gradient.dot(direction_);
    }
    const double d2 = direction_.squaredNorm();
    return d2 > 0 ? Vector(-gradient.dot(direction_) / (d2 * curvature_) * direction_) : Vector(Vector::Zero(gradient.size()));
  }

 private:
  double stiffness_, curvature_, slope_ = 0;
  bool corrected_ = false;
  Vector direction_, gradient_;
};
static_assert(PerpendicularSteps<ConjugateSteps>);

/// FIRE: molecular dynamics that is stopped where it would climb. E. Bitzek, P. Koskinen, F. Gähler, M. Moseler, P. Gumbsch, Phys. Rev. Lett. 97, 170201 (2006), their
/// parameters; a time step of 1 is 1/√stiffness of a unit mass.
class FireSteps {
 public:
  /// `stiffness`, eV/Å² for a sample, sets the unit of time. Throws Error where it is not positive.
  explicit FireSteps(double stiffness = 10, double longest = 1) : stiffness_(stiffness), longest_(longest) {
    if (!(stiffness > 0 && longest > 0))
      throw Error("FIRE: needs stiffness > 0 and a longest time step > 0, ", stiffness, " and ", longest, " given");
  }
  void clear() { *this = FireSteps(stiffness_, longest_); }
  void add(const Vector&, const Vector&) {}

  [[nodiscard]] Vector step(const Vector& gradient) {
    if (velocity_.size() == 0) velocity_ = Vector::Zero(gradient.size());
    if (gradient.dot(velocity_) < 0) {
      const double force = gradient.norm();
      if (force > 0) velocity_ = (1 - mixing_) * velocity_ - mixing_ * velocity_.norm() / force * gradient;
      if (++downhill_ > 5) dt_ = std::min(1.1 * dt_, longest_), mixing_ *= 0.99;
    } else {
      velocity_.setZero();
      dt_ = std::max(0.5 * dt_, 0.02 * longest_), mixing_ = 0.1, downhill_ = 0;
    }
    velocity_ -= dt_ / stiffness_ * gradient;
    return dt_ * velocity_;
  }

 private:
  double stiffness_, longest_, dt_ = 0.3 * longest_, mixing_ = 0.1;
  int downhill_ = 0;
  Vector velocity_;
};
static_assert(PerpendicularSteps<FireSteps>);

}  // namespace tarn
