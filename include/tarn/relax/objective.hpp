#pragma once
// What is minimised: any function of a flat vector with its gradient. A sample, a sample with its cell and an analytic test
// function all come in this form, so the minimisers are compiled once.

#include <concepts>
#include <type_traits>

#include "tarn/core/vector.hpp"

namespace tarn {

/// energy = evaluate(x, gradient), with `gradient` (as long as x) to be filled. Two members may be added, both of the latest
/// evaluation; both default to the largest absolute component:
///   residual(gradient)  what has to fall below the tolerance (a sample: the largest force on an atom)
///   length(step)        how far a step goes, for the limit on a step (a sample: the largest displacement of an atom)
template <class O>
concept Objective = requires(O& objective, const Vector& x, Vector& gradient) {
  { objective.evaluate(x, gradient) } -> std::convertible_to<double>;
};

/// The largest norm of the 3-vectors that a flat vector holds.
[[nodiscard]] inline double largest_of_threes(const Vector& v) {
  return v.size() == 0 ? 0.0 : Eigen::Map<const Vectors>(v.data(), 3, v.size() / 3).colwise().norm().maxCoeff();
}

/// An objective whose type is forgotten: what the minimisers take.
class AnyObjective {
 public:
  virtual ~AnyObjective() = default;
  virtual double evaluate(const Vector& x, Vector& gradient) = 0;
  [[nodiscard]] virtual double residual(const Vector& gradient) const { return gradient.cwiseAbs().maxCoeff(); }
  [[nodiscard]] virtual double length(const Vector& step) const { return step.cwiseAbs().maxCoeff(); }
};

/// Refers to `objective`, which must live longer.
template <Objective O>
class ObjectiveView final : public AnyObjective {
 public:
  explicit ObjectiveView(O& objective) : objective_(objective) {}
  double evaluate(const Vector& x, Vector& gradient) override { return objective_.evaluate(x, gradient); }
  [[nodiscard]] double residual(const Vector& gradient) const override {
    if constexpr (requires { objective_.residual(gradient); })
      return objective_.residual(gradient);
    else
      return AnyObjective::residual(gradient);
  }
  [[nodiscard]] double length(const Vector& step) const override {
    if constexpr (requires { objective_.length(step); })
      return objective_.length(step);
    else
      return AnyObjective::length(step);
  }

 private:
  O& objective_;
};

}  // namespace tarn
