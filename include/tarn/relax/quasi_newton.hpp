#pragma once
// Newton steps without a Hessian: the inverse of one that agrees with the last few differences of positions and gradients (L-BFGS).
//
// J. Nocedal, S. J. Wright, Numerical Optimization, 2nd ed. (2006), algorithm 7.4 (two loops) with the scaling (7.20).

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

class QuasiNewton {
 public:
  /// `memory`: differences kept. `stiffness`: the guess of the Hessian before anything is known, eV/Å² for a sample. `min_curvature`: s·y over |s||y|; a difference
  /// below it is not kept.
  explicit QuasiNewton(int memory = 20, double stiffness = 10, double min_curvature = 1e-4)
      : memory_(static_cast<std::size_t>(memory)), stiffness_(stiffness), min_curvature_(min_curvature) {
    if (memory < 1 || !(stiffness > 0) || !(min_curvature > 0 && min_curvature < 1))
      throw Error("L-BFGS: needs memory ≥ 1, stiffness > 0, and min_curvature in (0, 1)");
  }
  void clear() { pairs_.clear(); }
  [[nodiscard]] bool empty() const { return pairs_.empty(); }

  /// `s`: a step; `y`: the change of the gradient along it.
  void add(Vector s, Vector y) {
    const double sy = s.dot(y);
    if (!(sy > min_curvature_ * s.norm() * y.norm())) return;
    if (pairs_.size() == memory_) pairs_.erase(pairs_.begin());
    pairs_.push_back({std::move(s), std::move(y), 1 / sy, 0});
  }

  /// The step to where `gradient` would vanish.
  [[nodiscard]] Vector step(const Vector& gradient) {
    Vector d = -gradient;
    for (auto p = pairs_.rbegin(); p != pairs_.rend(); ++p) {
      p->alpha = p->rho * p->s.dot(d);
      d -= p->alpha * p->y;
    }
    d *= pairs_.empty() ? 1 / stiffness_ : 1 / (pairs_.back().rho * pairs_.back().y.squaredNorm());
    for (auto& p : pairs_) d += (p.alpha - p.rho * p.y.dot(d)) * p.s;
    return d;
  }

  /// What was learnt, oldest first: steps and changes of the gradient, divided by the lengths of the steps; a column each.
  struct Learnt {
    Matrix steps, changes;
  };
  [[nodiscard]] Learnt learnt() const {
    const Eigen::Index rows = pairs_.empty() ? 0 : pairs_.front().s.size(), m = static_cast<Eigen::Index>(pairs_.size());
    Learnt out{Matrix(rows, m), Matrix(rows, m)};
    for (Eigen::Index k = 0; k < m; ++k) {
      const Pair& pair = pairs_[static_cast<std::size_t>(k)];
      const double norm = pair.s.norm();
      out.steps.col(k) = pair.s / norm, out.changes.col(k) = pair.y / norm;
    }
    return out;
  }

 private:
  struct Pair {
    Vector s, y;
    double rho, alpha;
  };
  std::size_t memory_;
  double stiffness_, min_curvature_;
  std::vector<Pair> pairs_;
};

}  // namespace tarn
