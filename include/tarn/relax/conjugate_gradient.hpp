#pragma once
// Conjugate gradients, Polak–Ribière+ (J. Nocedal, S. J. Wright, Numerical Optimization, 2nd ed. (2006), section 5.2).
//
// The line search looks for the zero of the slope along the line, by secants: it uses forces and so works down to their rounding,
// where differences of the energy have long drowned. The energy only forbids long steps across a barrier.

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/relax/minimiser.hpp"

namespace tarn {

/// Nonlinear conjugate gradients, as above.
struct ConjugateGradient {
  double slope = 0.2;        ///< the line search ends when the slope has fallen by this factor
  double max_step = 0.1;     ///< Å, of any atom in one step
  double stiffness = 10;     ///< eV/Å², guess of the Hessian for the first step
  double short_step = 1e-3;  ///< Å: shorter steps are judged by the forces alone

  [[nodiscard]] Minimum minimise(AnyObjective& objective, Vector start, const Stop& stop,
                                 const ProgressFunction& observer) const {
    if (!(slope > 0 && slope < 1 && max_step > 0 && stiffness > 0 && short_step >= 0))
      throw Error("conjugate gradients: needs slope in (0, 1), max_step and stiffness > 0, and short_step ≥ 0");
    Evaluations evaluate(objective, stop, observer);
    Point at;
    at.x = std::move(start);
    int iterations = 0;
    evaluate(at);
    Point trial;
    Vector d = -at.gradient;
    double curvature = stiffness;
    bool steepest = true;
    while (!evaluate.converged(at) && !evaluate.spent() && !evaluate.stuck()) {
      if (search(evaluate, at, d, curvature, trial)) {
        const double beta = std::max(0.0, trial.gradient.dot(trial.gradient - at.gradient) / at.gradient.squaredNorm());
        d = beta * d - trial.gradient;
        steepest = beta == 0;
        std::swap(at, trial);
        ++iterations;
        if (!(at.gradient.dot(d) < -1e-3 * at.gradient.norm() * d.norm())) {
          d = -at.gradient;
          steepest = true;
        }
      } else if (!steepest) {
        d = -at.gradient;
        steepest = true;
      } else {
        break;
      }
    }
    return evaluate.end(std::move(at), iterations);
  }

 private:
  /// Leaves the new point in `trial`; false where none was found. `curvature` along the line, eV/Å², carries over to the next
  /// line.
  bool search(Evaluations& evaluate, const Point& at, const Vector& d, double& curvature, Point& trial) const {
    const double slope0 = at.gradient.dot(d), d2 = d.squaredNorm(), longest = max_step / evaluate.length(d);
    double low = 0, slope_low = slope0, high = std::numeric_limits<double>::infinity(), slope_high = 0;
    double a = std::min(longest, -slope0 / (curvature * d2));
    for (int i = 0; i < 20 && !evaluate.spent(); ++i) {
      trial.x = at.x + a * d;
      evaluate(trial);
      const double slope_a = trial.gradient.dot(d);
      if (evaluate.converged(trial)) return true;
      const double new_curvature = (slope_a - slope_low) / ((a - low) * d2);
      const bool lower = evaluate.length(d) * a < short_step || trial.energy <= at.energy + 1e-13 * std::abs(at.energy);
      if (lower && (std::abs(slope_a) <= -slope * slope0 || (slope_a < 0 && a == longest))) {
        if (new_curvature > 0) curvature = new_curvature;
        return true;
      }
      if (slope_a < 0 && lower) {
        if (new_curvature > 0) curvature = new_curvature;
        const double secant = new_curvature > 0 ? a - slope_a / (new_curvature * d2) : 4 * a;
        low = a;
        slope_low = slope_a;
        if (!std::isfinite(high)) {
          a = std::min({secant, 4 * a, longest});
          continue;
        }
      } else {
        high = a;
        slope_high = slope_a;
      }
      const double fraction = slope_high > 0 ? std::clamp(slope_low / (slope_low - slope_high), 0.1, 0.9) : 0.3;
      a = low + fraction * (high - low);
    }
    return false;
  }
};
static_assert(Minimiser<ConjugateGradient>);

}  // namespace tarn
