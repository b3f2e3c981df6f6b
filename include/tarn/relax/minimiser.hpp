#pragma once
// What every minimiser takes and gives: when to stop, what came out, and the count of evaluations.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <utility>

#include "tarn/core/error.hpp"
#include "tarn/core/observer.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/relax/objective.hpp"

namespace tarn {

/// When a minimisation ends.
struct Stop {
  double max_force = 1e-8;       ///< eV/Å, on any atom: converged below it (the residual, for other objectives)
  int max_evaluations = 100000;  ///< of energy and gradient, the first included
};

/// Why a minimisation ended.
enum class Outcome {
  converged,    ///< the residual is below Stop::max_force
  evaluations,  ///< Stop::max_evaluations were spent
  at_rounding,  ///< no step improves anything any more: the tolerance is below the noise of the forces
};
/// Its name, as it stands above.
[[nodiscard]] constexpr std::string_view name(Outcome outcome) {
  return outcome == Outcome::converged ? "converged" : outcome == Outcome::evaluations ? "evaluations" : "at_rounding";
}

/// A point of the search and what was found there.
struct Point {
  Vector x, gradient;
  double energy = 0;
  double residual = 0;
};

/// Where a minimisation ended, why, and what it took.
struct Minimum {
  Point point;
  Outcome outcome = Outcome::evaluations;
  int evaluations = 0;
  int iterations = 0;  ///< steps accepted
  [[nodiscard]] bool converged() const { return outcome == Outcome::converged; }
};

/// Called after evaluations; see Observer.
using ProgressFunction = std::function<bool(const Progress&)>;

/// A policy: an aggregate of parameters that can minimise. Throws Error for parameters out of range and where the energy or the
/// gradient is not a number; not to converge is an outcome.
template <class M>
concept Minimiser = std::copyable<M> &&
    requires(const M& m, AnyObjective& objective, Vector start, const Stop& stop, const ProgressFunction& observer) {
  { m.minimise(objective, start, stop, observer) } -> std::same_as<Minimum>;
};

/// Evaluates and counts; knows when to give up. For the minimisers.
class Evaluations {
 public:
  /// Throws Error for a tolerance or a limit that is not positive.
  Evaluations(AnyObjective& objective, const Stop& stop, const ProgressFunction& observer)
      : objective_(objective), stop_(stop), observer_(observer) {
    if (!(stop.max_force > 0 && std::isfinite(stop.max_force)))
      throw Error("the tolerance of the force is ", stop.max_force, " eV/Å: it must be positive");
    if (stop.max_evaluations < 1) throw Error("a limit of ", stop.max_evaluations, " evaluations: at least one is needed");
  }
  /// Energy, gradient and residual at point.x. Throws Error where they are not finite or the gradient is of another length,
  /// Cancelled when the observer says stop.
  void operator()(Point& point) {
    point.gradient.resize(point.x.size());
    point.energy = objective_.evaluate(point.x, point.gradient);
    if (point.gradient.size() != point.x.size())
      throw Error("the objective gave a gradient of ", point.gradient.size(), " components for ", point.x.size(), " variables");
    ++count_;
    ++since_progress_;
    if (!std::isfinite(point.energy) || !point.gradient.allFinite())
      throw Error("evaluation ", count_,
                  " of the minimisation gave an energy or a force that is not a number: do two atoms coincide, or have they "
                  "flown apart?");
    point.residual = objective_.residual(point.gradient);
    if (point.energy < lowest_energy_ || point.residual < lowest_residual_) since_progress_ = 0;
    lowest_energy_ = std::min(lowest_energy_, point.energy);
    lowest_residual_ = std::min(lowest_residual_, point.residual);
    if (observer_) report(observer_, Progress{"minimising", count_, stop_.max_evaluations});
  }
  [[nodiscard]] bool converged(const Point& point) const { return point.residual < stop_.max_force; }
  [[nodiscard]] bool spent() const { return count_ >= stop_.max_evaluations; }
  /// Neither the energy nor the residual has reached a new low for 2000 evaluations.
  [[nodiscard]] bool stuck() const { return since_progress_ >= 2000; }
  [[nodiscard]] int count() const { return count_; }
  [[nodiscard]] double length(const Vector& step) const { return objective_.length(step); }
  /// What the search comes to when it ends at `at`, evaluated before.
  [[nodiscard]] Minimum end(Point at, int iterations) const {
    const Outcome outcome = converged(at) ? Outcome::converged : spent() ? Outcome::evaluations : Outcome::at_rounding;
    return {std::move(at), outcome, count_, iterations};
  }

 private:
  AnyObjective& objective_;
  Stop stop_;
  const ProgressFunction& observer_;
  int count_ = 0, since_progress_ = 0;
  double lowest_energy_ = std::numeric_limits<double>::infinity(), lowest_residual_ = std::numeric_limits<double>::infinity();
};

/// Minimises an objective from `start`. Throws as Minimiser says; Cancelled when the observer asks to stop.
template <Objective O, Minimiser M, Observer Watcher = Silent>
[[nodiscard]] Minimum minimise(O& objective, Vector start, const M& minimiser, const Stop& stop = {}, Watcher&& observer = {}) {
  if (start.size() == 0) throw Error("there is nothing to minimise: the starting point has no components");
  ObjectiveView<O> view(objective);
  return minimiser.minimise(view, std::move(start), stop, std::ref(observer));
}

/// Chosen where the one above cannot be: so that the compiler says in one screen which argument is wrong.
template <class O, class M, class Watcher = Silent>
void minimise(O&, Vector, const M&, const Stop& = {}, Watcher&& = {}) {
  static_assert(Objective<O>, "minimise(objective, start, minimiser, stop, observer): argument 1 is no Objective, see below");
  static_assert(Minimiser<M>, "minimise(objective, start, minimiser, stop, observer): argument 3 is no Minimiser, see below");
  static_assert(Observer<Watcher>,
                "minimise(objective, start, minimiser, stop, observer): argument 5 must return whether to go on");
}

}  // namespace tarn
