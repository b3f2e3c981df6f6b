#pragma once
// Newton steps without a Hessian: the inverse of one that agrees with the last few differences of positions and gradients (L-BFGS).
//
// J. Nocedal, S. J. Wright, Numerical Optimization, 2nd ed. (2006), algorithm 7.4 with the scaling (7.20). The minimiser relax/lbfgs.hpp has its own, with a line search;
// here it serves walks whose steps are parts of something larger, and may be handed from one walk to the next.

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <Eigen/Eigenvalues>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

class QuasiNewton {
 public:
  /// `stiffness`: the guess of the Hessian before anything is known, eV/Å² for a sample.
  explicit QuasiNewton(int memory = 20, double stiffness = 10)
      : memory_(static_cast<std::size_t>(memory)), stiffness_(stiffness) {
    if (memory < 1 || !(stiffness > 0))
      throw Error("quasi-Newton steps: memory ", memory, ", stiffness ", stiffness, ": both must be positive");
  }
  void clear() { pairs_.clear(); }
  [[nodiscard]] bool empty() const { return pairs_.empty(); }

  /// `s`: a step; `y`: the change of the gradient along it. Nothing is learnt where they do not tell of a positive curvature.
  void add(Vector s, Vector y) {
    const double sy = s.dot(y);
    if (!(sy > 1e-4 * s.norm() * y.norm())) return;
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

  /// The direction of the lowest curvature among the remembered steps, unit, by what was learnt along them; `otherwise` where nothing was.
  [[nodiscard]] Vector softest(const Vector& otherwise) const {
    if (pairs_.empty()) return otherwise;
    const auto m = static_cast<Eigen::Index>(pairs_.size());
    Matrix s(otherwise.size(), m), y(otherwise.size(), m);
    for (Eigen::Index k = 0; k < m; ++k) {
      const Pair& pair = pairs_[static_cast<std::size_t>(k)];
      const double norm = pair.s.norm();
      s.col(k) = pair.s / norm, y.col(k) = pair.y / norm;
    }
    // s = an orthonormal basis · a triangle, by the Gram matrix; what of it is nearly dependent is left out
    const Eigen::SelfAdjointEigenSolver<Matrix> gram(s.transpose() * s);
    Eigen::Index first = 0;
    while (first + 1 < m && gram.eigenvalues()[first] < 1e-3 * gram.eigenvalues()[m - 1]) ++first;
    const Matrix basis =
        gram.eigenvectors().rightCols(m - first) * gram.eigenvalues().tail(m - first).cwiseSqrt().cwiseInverse().asDiagonal();
    const Matrix h = basis.transpose() * (s.transpose() * y) * basis;
    const Eigen::SelfAdjointEigenSolver<Matrix> ritz(0.5 * (h + h.transpose()));
    const Vector u = s * (basis * ritz.eigenvectors().col(0));
    return u / u.norm();
  }

 private:
  struct Pair {
    Vector s, y;
    double rho, alpha;
  };
  std::size_t memory_;
  double stiffness_;
  std::vector<Pair> pairs_;
};

}  // namespace tarn
