#pragma once
// Eigensolver backends: what each kind takes and gives, and which eigenpairs are asked for.
//
// A DenseSolver takes a dense symmetric matrix, an OperatorSolver anything that multiplies a vector.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <functional>
#include <utility>
#include <variant>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

/// Every eigenpair.
struct All {};
/// The lowest `count`.
struct Lowest {
  Eigen::Index count = 0;
};
/// All with an eigenvalue below `omega_rad_per_ps`², unstable ones included.
struct Below {
  double omega_rad_per_ps = 0;
};
/// Which eigenpairs are asked for.
using Selection = std::variant<All, Lowest, Below>;
inline constexpr All all_modes{};  ///< All, as a value

/// Eigenvalues ascending (of a dynamical matrix: (rad/ps)²), eigenvectors as orthonormal columns in the same order.
struct Eigenpairs {
  Vector values;
  Matrix vectors;
};

/// Overwrites the matrix: pass a temporary or std::move, a dense matrix of 4000 atoms is 1.15 GB.
template <class S>
concept DenseSolver = requires(const S& solver, Matrix matrix, const Selection& selection) {
  { solver(std::move(matrix), selection) } -> std::same_as<Eigenpairs>;
};

/// y = A x for a symmetric A: what Spectra asks of an operator, so any operator of Spectra's is one.
template <class A>
concept SymmetricOperator = requires(const A& op, const double* x, double* y) {
  typename A::Scalar;
  { op.rows() } -> std::convertible_to<Eigen::Index>;
  { op.cols() } -> std::convertible_to<Eigen::Index>;
  op.perform_op(x, y);
};

/// A symmetric operator of `n` rows whose type is forgotten: y = product(x). What it refers to must live as long.
struct AnyOperator {
  using Scalar = double;
  Eigen::Index n = 0;
  std::function<void(const double*, double*)> product;

  [[nodiscard]] Eigen::Index rows() const { return n; }
  [[nodiscard]] Eigen::Index cols() const { return n; }
  void perform_op(const double* x, double* y) const { product(x, y); }
};
static_assert(SymmetricOperator<AnyOperator>);

/// `null_vectors`: known eigenvectors (orthonormal columns, perhaps none) that the solver need not look for.
template <class S, class A>
concept OperatorSolver = SymmetricOperator<A> &&
    requires(const S& solver, const A& op, const Selection& selection, const Matrix& null_vectors) {
  { solver(op, selection, null_vectors) } -> std::same_as<Eigenpairs>;
};

/// Throws Error where no matrix of `n` rows has what is asked for.
inline void check_selection(const Selection& selection, Eigen::Index n) {
  if (const auto* lowest = std::get_if<Lowest>(&selection); lowest && (lowest->count < 1 || lowest->count > n))
    throw Error("the lowest ", lowest->count, " modes of ", n, ": ask for 1 to ", n);
  if (const auto* below = std::get_if<Below>(&selection);
      below && !(below->omega_rad_per_ps > 0 && std::isfinite(below->omega_rad_per_ps)))
    throw Error("modes below ", below->omega_rad_per_ps, " rad/ps: give a frequency above 0");
}

/// Throws Error unless the matrix is square, finite and symmetric to 1e-8 of its largest element.
inline void check_symmetric(const Matrix& a) {
  const Eigen::Index n = a.rows();
  if (n == 0 || a.cols() != n) throw Error("the matrix is ", n, " × ", a.cols(), ": a square one that is not empty is expected");
  if (!a.allFinite()) throw Error("the matrix has an element that is not a number: look at the sample for atoms that coincide");
  double largest = 0, difference = 0;
  constexpr Eigen::Index block = 64;  // a block and its mirror image stay in the cache
  for (Eigen::Index j = 0; j < n; j += block)
    for (Eigen::Index i = j; i < n; i += block) {
      const auto h = std::min(block, n - i), w = std::min(block, n - j);
      largest = std::max(largest, a.block(i, j, h, w).cwiseAbs().maxCoeff());
      difference = std::max(difference, (a.block(i, j, h, w) - a.block(j, i, w, h).transpose()).cwiseAbs().maxCoeff());
    }
  if (difference > 1e-8 * largest)
    throw Error("the matrix is not symmetric: it differs from its transpose by ", difference, ", its largest element is ",
                largest);
}

/// How many of the ascending `values` are selected.
[[nodiscard]] inline Eigen::Index count_selected(const Vector& values, const Selection& selection) {
  if (const auto* lowest = std::get_if<Lowest>(&selection)) return std::min(lowest->count, values.size());
  if (const auto* below = std::get_if<Below>(&selection)) {
    const double limit = below->omega_rad_per_ps * below->omega_rad_per_ps;
    return std::lower_bound(values.data(), values.data() + values.size(), limit) - values.data();
  }
  return values.size();
}

/// Keeps the first `count` pairs.
inline void truncate(Eigenpairs& pairs, Eigen::Index count) {
  if (count == pairs.values.size()) return;
  pairs.values.conservativeResize(count);
  pairs.vectors.conservativeResize(Eigen::NoChange, count);
}

/// Turns each vector so that its component of largest magnitude is positive: an eigenvector's sign is free, its printout should not be.
inline void fix_signs(Matrix& vectors) {
  for (Eigen::Index j = 0; j < vectors.cols(); ++j) {
    const auto column = vectors.col(j);
    if (-column.minCoeff() > column.maxCoeff()) vectors.col(j) *= -1.0;
  }
}

}  // namespace tarn
