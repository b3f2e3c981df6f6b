#pragma once
// L-BFGS: quasi-Newton steps from the last few differences of positions and gradients.
//
// The direction is that of quasi_newton.hpp. The step is taken whole, or cut to a length, in nearly every case: one evaluation an iteration. It is shortened where it has gone too
// far, which the energy tells while steps are long; near the minimum, where differences of the energy drown in its rounding, the
// forces alone decide, by the approximate Wolfe condition of W. W. Hager, H. Zhang, SIAM J. Optim. 16, 170 (2005).

#include <algorithm>
#include <cmath>
#include <utility>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/relax/minimiser.hpp"
#include "tarn/relax/quasi_newton.hpp"

namespace tarn {

/// Limited-memory BFGS, as above.
struct Lbfgs {
  int memory = 20;              ///< differences kept
  double max_step = 0.2;        ///< Å, of any atom in one step
  double stiffness = 10;        ///< eV/Å², guess of the Hessian for the first step
  double short_step = 1e-3;     ///< Å: shorter steps are judged by the forces alone
  double min_curvature = 1e-4;  ///< s·y over |s||y|: a difference below it is not kept

  [[nodiscard]] Minimum minimise(AnyObjective& objective, Vector start, const Stop& stop,
                                 const ProgressFunction& observer) const {
    if (!(max_step > 0 && short_step >= 0)) throw Error("L-BFGS: needs max_step > 0 and short_step ≥ 0");
    QuasiNewton known(memory, stiffness, min_curvature);
    Evaluations evaluate(objective, stop, observer);
    Point at;
    at.x = std::move(start);
    int iterations = 0;
    evaluate(at);
    Point trial;
    while (!evaluate.converged(at) && !evaluate.spent() && !evaluate.stuck()) {
      Vector d = known.step(at.gradient);
      double slope = at.gradient.dot(d);
      if (!(slope < -1e-12 * at.gradient.norm() * d.norm())) {  // not downhill: what is remembered misleads
        known.clear();
        d = known.step(at.gradient);
        slope = at.gradient.dot(d);
      }
      const double length = evaluate.length(d);
      double a = std::min(1.0, max_step / length);
      bool accepted = false;
      for (int cut = 0; cut < 30 && !evaluate.spent(); ++cut) {
        trial.x = at.x + a * d;
        evaluate(trial);
        const double slope_there = trial.gradient.dot(d);
        accepted = evaluate.converged(trial) || good(at, trial, a * slope, a * slope_there, a * length);
        if (accepted) break;
        // the zero of the slope, where it has changed sign; otherwise a barrier was crossed
        a *= slope_there > 0 ? std::clamp(slope / (slope - slope_there), 0.1, 0.6) : 0.3;
      }
      if (accepted) {
        known.add(trial.x - at.x, trial.gradient - at.gradient);
        std::swap(at, trial);
        ++iterations;
      } else if (!known.empty()) {
        known.clear();
      } else {
        break;
      }
    }
    return evaluate.end(std::move(at), iterations);
  }

 private:
  /// With φ the energy along the step: Armijo's condition φ(1) − φ(0) ≤ c φ'(0), c = 1e-4 as usual; or, of Hager and Zhang's
  /// (2δ − 1) φ'(0) ≥ φ'(1) ≥ σ φ'(0), the first half with δ = 0.1, where the energy does not rise beyond its rounding (1e-13, some
  /// hundreds of ulp). Their second half, against steps too short, is not asked: what is shorter than whole here had to be.
  [[nodiscard]] bool good(const Point& from, const Point& to, double slope, double slope_there, double length) const {
    const double rise = to.energy - from.energy;
    if (length >= short_step && rise <= 1e-4 * slope) return true;
    return slope_there <= -0.8 * slope && (length < short_step || rise <= 1e-13 * std::abs(from.energy));
  }
};
static_assert(Minimiser<Lbfgs>);

}  // namespace tarn
