#pragma once
// L-BFGS: quasi-Newton steps from the last few differences of positions and gradients.
//
// J. Nocedal, S. J. Wright, Numerical Optimization, 2nd ed. (2006), algorithm 7.4 (two loops) with the scaling (7.20). The step
// is taken whole, or cut to a length, in nearly every case: one evaluation an iteration. It is shortened where it has gone too
// far, which the energy tells while steps are long; near the minimum, where differences of the energy drown in its rounding, the
// forces alone decide, by the approximate Wolfe condition of W. W. Hager, H. Zhang, SIAM J. Optim. 16, 170 (2005).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/relax/minimiser.hpp"

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
    if (memory < 1 || !(max_step > 0 && stiffness > 0 && short_step >= 0 && min_curvature > 0 && min_curvature < 1))
      throw Error("L-BFGS: needs memory ≥ 1, max_step and stiffness > 0, short_step ≥ 0, and min_curvature in (0, 1)");
    Evaluations evaluate(objective, stop, observer);
    Point at;
    at.x = std::move(start);
    int iterations = 0;
    evaluate(at);
    Point trial;
    History history(memory);
    Vector step, d;
    while (!evaluate.converged(at) && !evaluate.spent() && !evaluate.stuck()) {
      direction(history, at.gradient, d);
      double slope = at.gradient.dot(d);
      if (!(slope < -1e-12 * at.gradient.norm() * d.norm())) {  // not downhill: what is remembered misleads
        history.clear();
        direction(history, at.gradient, d);
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
        step = trial.x - at.x;
        history.add(step, trial.gradient - at.gradient, min_curvature);
        std::swap(at, trial);
        ++iterations;
      } else if (history.size() > 0) {
        history.clear();
      } else {
        break;
      }
    }
    return evaluate.end(std::move(at), iterations);
  }

 private:
  /// The pairs s = Δx, y = Δgradient, newest last.
  class History {
   public:
    explicit History(int memory) : memory_(static_cast<std::size_t>(memory)) {}
    void clear() { pairs_.clear(); }
    [[nodiscard]] std::size_t size() const { return pairs_.size(); }
    void add(const Vector& s, Vector y, double min_curvature) {
      const double sy = s.dot(y);
      if (!(sy > min_curvature * s.norm() * y.norm())) return;
      if (pairs_.size() == memory_) pairs_.erase(pairs_.begin());
      pairs_.push_back({s, std::move(y), 1 / sy, 0});
    }
    struct Pair {
      Vector s, y;
      double rho, alpha;
    };
    std::vector<Pair>& pairs() { return pairs_; }

   private:
    std::size_t memory_;
    std::vector<Pair> pairs_;
  };

  void direction(History& history, const Vector& gradient, Vector& d) const {
    auto& pairs = history.pairs();
    Vector q = -gradient;
    for (auto p = pairs.rbegin(); p != pairs.rend(); ++p) {
      p->alpha = p->rho * p->s.dot(q);
      q -= p->alpha * p->y;
    }
    d = q * (pairs.empty() ? 1 / stiffness : 1 / (pairs.back().rho * pairs.back().y.squaredNorm()));
    for (auto& p : pairs) d += (p.alpha - p.rho * p.y.dot(d)) * p.s;
  }

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
