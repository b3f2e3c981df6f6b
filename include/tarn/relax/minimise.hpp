#pragma once
// A sample brought to a minimum of its energy at fixed cell.

#include <cmath>
#include <functional>
#include <utility>

#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/observer.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/potential/potential.hpp"
#include "tarn/relax/lbfgs.hpp"
#include "tarn/relax/minimiser.hpp"
#include "tarn/relax/objective.hpp"

namespace tarn {

/// Of all the minimisers here the one that needs the fewest evaluations.
using DefaultMinimiser = Lbfgs;

/// A minimised sample, and what it took.
struct Relaxation {
  Sample sample;    ///< where it ended
  Evaluation last;  ///< of `sample`
  Outcome outcome = Outcome::evaluations;
  int evaluations = 0;  ///< of the potential, each one counted
  int iterations = 0;
  double max_force = 0;       ///< eV/Å, on any atom
  double max_stress_GPa = 0;  ///< largest deviation from the pressure asked for; 0 at fixed cell
  [[nodiscard]] bool converged() const { return outcome == Outcome::converged; }
};

/// The energy of a sample (eV) as a function of its 3N coordinates (Å).
template <Potential P>
class SampleObjective {
 public:
  SampleObjective(const Sample& sample, const P& potential)
      : potential_(potential), sample_(sample), workspace_(potential.workspace(sample)) {}
  [[nodiscard]] Vector start() const { return flat(sample_.positions); }
  double evaluate(const Vector& x, Vector& gradient) {
    flat(sample_.positions) = x;
    last_ = potential_.evaluate(sample_, workspace_);
    gradient = -flat(last_.forces);
    return last_.energy_eV;
  }
  [[nodiscard]] double residual(const Vector& gradient) const { return largest_of_threes(gradient); }
  [[nodiscard]] double length(const Vector& step) const { return largest_of_threes(step); }
  [[nodiscard]] double max_stress_GPa() const { return 0; }

  /// Both of the latest evaluation.
  [[nodiscard]] const Sample& sample() const { return sample_; }
  [[nodiscard]] const Evaluation& last() const { return last_; }
  [[nodiscard]] bool is_at(const Vector& x) const { return flat(sample_.positions) == x; }

 private:
  const P& potential_;
  Sample sample_;
  typename P::Workspace workspace_;
  Evaluation last_;
};

/// What a minimum of `objective` says of the sample. Where the search was cut short at a step not taken, the accepted point is
/// evaluated once more, and counted.
template <class SampledObjective>
[[nodiscard]] Relaxation relaxation(SampledObjective& objective, const Minimum& minimum) {
  Relaxation out;
  out.evaluations = minimum.evaluations;
  out.iterations = minimum.iterations;
  out.outcome = minimum.outcome;
  if (!objective.is_at(minimum.point.x)) {
    Vector gradient(minimum.point.x.size());
    (void)objective.evaluate(minimum.point.x, gradient);
    ++out.evaluations;
  }
  out.sample = objective.sample();
  out.last = objective.last();
  out.max_force = out.last.max_force();
  out.max_stress_GPa = objective.max_stress_GPa();
  return out;
}

/// Moves the atoms until no force is larger than stop.max_force (1e-10 eV/Å can be asked for). Positions stay continuous:
/// nothing is wrapped. Throws Error for a sample that check() refuses, for parameters out of range and where the energy is not a
/// number; Cancelled when the observer says stop. Not to converge is an outcome.
template <Potential P, Minimiser M = DefaultMinimiser, Observer Watcher = Silent>
[[nodiscard]] Relaxation minimise(const Sample& sample, const P& potential, const M& minimiser = {}, const Stop& stop = {},
                                  Watcher&& observer = {}) {
  sample.check();
  SampleObjective<P> objective(sample, potential);
  ObjectiveView<SampleObjective<P>> view(objective);
  return relaxation(objective, minimiser.minimise(view, objective.start(), stop, std::ref(observer)));
}

/// Chosen where the one above cannot be: so that the compiler says in one screen which argument is wrong.
template <class P, class M = DefaultMinimiser, class Watcher = Silent>
Relaxation minimise(const Sample&, const P&, const M& = {}, const Stop& = {}, Watcher&& = {}) {
  static_assert(Potential<P>, "minimise(sample, potential, minimiser, stop, observer): argument 2 is no Potential, see below");
  static_assert(Minimiser<M>, "minimise(sample, potential, minimiser, stop, observer): argument 3 is no Minimiser, see below");
  static_assert(Observer<Watcher>,
                "minimise(sample, potential, minimiser, stop, observer): argument 5 must return whether to go on");
  return {};
}

}  // namespace tarn
