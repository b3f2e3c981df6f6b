#pragma once
// The lowest modes of an operator, by Spectra's Lanczos method: products H·v alone, no factorisation, no matrix.
//
// Lanczos on D itself converges slowly at the low end of its spectrum, which is wide and dense there. So
//   1. a few steps bound the largest eigenvalue b;
//   2. Lanczos runs on a Chebyshev polynomial p(D) of D that lifts what lies below a cut a out of the rest: |p| ≤ 1 on [a, b], and p
//      falls monotonically from about 1e3 at 0 to 1 at a. The eigenvectors are those of D, the lowest first;
//   3. in stages: each finds some eigenpairs with all earlier ones projected out, until a stage finds nothing that belongs to the selection.
//      So no copy of a degenerate eigenvalue is missed, which a single Lanczos run cannot promise;
//   4. eigenvalues are vᵀDv, and each residual ‖Dv − λv‖ is checked.
// Y. Zhou, Y. Saad, M. L. Tiago, J. R. Chelikowsky, J. Comput. Phys. 219, 172 (2006), for the filter. Needs Spectra.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <Spectra/SymEigsSolver.h>

#include "tarn/core/error.hpp"
#include "tarn/core/memory.hpp"
#include "tarn/vibration/solver.hpp"

namespace tarn {

namespace detail {

/// p(D), with the columns of `known` projected out: an operator as Spectra wants it.
class FilteredOperator {
 public:
  using Scalar = double;

  /// The scaled Chebyshev polynomial of `degree` with |p| ≤ 1 on [cut, top]; degree 0 is D itself.
  FilteredOperator(const AnyOperator& op, const Matrix& known, double cut, double top, int degree)
      : n_(op.n), op_(op), known_(known), centre_(0.5 * (top + cut)), half_(0.5 * (top - cut)), degree_(degree) {}

  [[nodiscard]] Eigen::Index rows() const { return n_; }
  [[nodiscard]] Eigen::Index cols() const { return n_; }
  void perform_op(const double* in, double* out) const {
    Vector before = project(Eigen::Map<const Vector>(in, n_)), now(n_), next(n_);
    op_.perform_op(before.data(), now.data());
    if (degree_ > 0) now = (centre_ * before - now) / half_;  // x → −x: p is positive below the cut whatever the degree
    for (int k = 2; k <= degree_; ++k) {
      op_.perform_op(now.data(), next.data());
      next = 2 / half_ * (centre_ * now - next) - before;
      before.swap(now);
      now.swap(next);
    }
    Eigen::Map<Vector>(out, n_) = project(now);
  }

 private:
  [[nodiscard]] Vector project(const Vector& v) const { return v - known_ * (known_.transpose() * v); }

  Eigen::Index n_;
  const AnyOperator& op_;
  const Matrix& known_;
  double centre_, half_;
  int degree_;
};

/// Largest eigenpairs of `op`, those that converged; a failure inside Spectra becomes an Error.
inline Eigenpairs largest_eigenpairs(FilteredOperator& op, Eigen::Index count, Eigen::Index space, int restarts, double tolerance,
                                     std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Vector start(op.rows());
  for (double& x : start) x = static_cast<double>(random() >> 11) * 0x1p-53 - 0.5;
  try {
    Spectra::SymEigsSolver<FilteredOperator> solver(op, count, space);
    solver.init(start.data());
    solver.compute(Spectra::SortRule::LargestAlge, restarts, tolerance);
    return {solver.eigenvalues(), solver.eigenvectors()};
  } catch (const std::exception& problem) {
    throw Error("Spectra: ", problem.what(), ": use a dense solver");
  }
}

}  // namespace detail

/// Lowest{k} or Below{ω} of a symmetric operator; a third of all modes at most.
struct SpectraLowest {
  double residual = 1e-8;      ///< ‖Dv − λv‖ allowed, relative to the largest eigenvalue
  int stage = 48;              ///< eigenpairs looked for at a time
  int restarts = 12;           ///< of Lanczos, at most, a stage; what has not converged is left to the next, with a higher cut
  double amplification = 1e3;  ///< p(0): higher means fewer restarts and more products in each step
  std::uint64_t seed = 1;      ///< of the starting vectors

  /// `null_vectors`: known eigenvectors of eigenvalue zero, orthonormal columns, as translations(masses): they are projected out, which
  /// spares the search, and come back among the pairs, where they count like any other.
  /// Throws Error for All, for a selection too large for the method, null vectors that are none, no convergence, too little memory.
  template <SymmetricOperator Operator>
  [[nodiscard]] Eigenpairs operator()(const Operator& op, const Selection& selection, const Matrix& null_vectors = {}) const {
    if (op.rows() != op.cols()) throw Error("an operator of ", op.rows(), " × ", op.cols(), ": a square one is expected");
    return search({op.rows(), [&](const double* x, double* y) { op.perform_op(x, y); }}, selection,
                  null_vectors.size() == 0 ? Matrix(op.rows(), 0) : null_vectors);
  }

 private:
  [[nodiscard]] Eigenpairs search(const AnyOperator& op, const Selection& selection, const Matrix& null_vectors) const;
};

inline Eigenpairs SpectraLowest::search(const AnyOperator& op, const Selection& selection, const Matrix& null_vectors) const {
  const Eigen::Index n = op.n;
  check_selection(selection, n);
  if (std::holds_alternative<All>(selection))
    throw Error("SpectraLowest finds the lowest modes: for all of them use a dense solver");
  const auto* lowest = std::get_if<Lowest>(&selection);
  const auto* below = std::get_if<Below>(&selection);
  const Eigen::Index most = n / 3;
  if (n < 12 || (lowest && lowest->count > most))
    throw Error(lowest ? lowest->count : n, " of ", n,
                " modes: SpectraLowest is for at most a third of them (and 12 rows or more); use a dense solver");
  if (null_vectors.cols() > 0 && null_vectors.rows() != n)
    throw Error("null vectors of ", null_vectors.rows(), " rows for an operator of ", n);
  if (!(residual > 0) || stage < 1 || restarts < 1 || !(amplification > 1))
    throw Error("SpectraLowest: residual and amplification (> 1), stage and restarts (≥ 1) must be positive");

  // 1. the largest eigenvalue
  Vector probe(n);
  op.perform_op(Vector::LinSpaced(n, 1, 2).eval().data(), probe.data());
  if (!probe.allFinite())
    throw Error("the operator gives numbers that are not finite: look at the sample for atoms that coincide");
  if (probe.isZero(0)) throw Error("the operator gives zero: a dynamical matrix with a positive eigenvalue is expected");
  const Matrix none(n, 0);
  detail::FilteredOperator plain(op, none, 0, 0, 0);
  const Vector top_found = detail::largest_eigenpairs(plain, 1, std::min<Eigen::Index>(n, 24), 1000, 1e-3, seed).values;
  if (top_found.size() == 0) throw Error("the largest eigenvalue of the operator was not found: use a dense solver");
  const double top = 1.01 * top_found[0];
  if (!(top > 0))
    throw Error("the largest eigenvalue of the operator is ", top_found[0],
                ": a dynamical matrix with a positive one is expected");

  Eigenpairs pairs{Vector(null_vectors.cols()), null_vectors};
  double worst_residual = 0;
  const auto rayleigh = [&](const auto& v) {
    Vector y(n);
    const Vector x = v;
    op.perform_op(x.data(), y.data());
    const double value = x.dot(y);
    worst_residual = std::max(worst_residual, (y - value * x).norm());
    return value;
  };
  if ((null_vectors.transpose() * null_vectors - Matrix::Identity(null_vectors.cols(), null_vectors.cols())).norm() > 1e-8)
    throw Error("null vectors that are not orthonormal");
  for (Eigen::Index j = 0; j < null_vectors.cols(); ++j) pairs.values[j] = rayleigh(null_vectors.col(j));
  if (worst_residual > 1e-6 * top)
    throw Error("null vectors that are no eigenvectors of the operator: ‖Dv − λv‖ is ", worst_residual / top,
                " of its largest eigenvalue");
  worst_residual = 0;  // theirs is not the method's

  const double limit = below ? below->omega_rad_per_ps * below->omega_rad_per_ps : 0;
  // a first guess of a cut that leaves room for a stage, from Debye's count (λ/b)^{3/2}; a bad one costs time only
  const double room = static_cast<double>(lowest ? lowest->count : stage) + 8;
  double cut = std::max(3 * limit, top * std::pow(1.5 * room / static_cast<double>(n), 2.0 / 3.0));
  cut = std::min(cut, std::max(0.5 * top, 1.3 * limit));
  const double highest_cut = 0.7 * top;  // above, the filter sees too little of the rest
  const auto too_far = [&] {
    return Error("the modes asked for reach too far up the spectrum (eigenvalues to ", top_found[0],
                 ") for SpectraLowest: use a dense solver, or ask for fewer");
  };
  if (!(cut < highest_cut)) throw too_far();
  bool reached = false;  // Below: a stage has gone beyond the limit
  for (std::uint64_t round = 1;; ++round) {
    const Eigen::Index have = pairs.values.size();
    if (below && (pairs.values.array() < limit).count() > most)
      throw Error("more than a third of the ", n, " modes lie below the limit: use a dense solver, or a lower one");
    const Eigen::Index missing = lowest ? std::max<Eigen::Index>(lowest->count - have, 0) + 4 : reached ? 4 : Eigen::Index{stage};
    const Eigen::Index want = std::min({missing, Eigen::Index{stage}, n - have - 1});
    if (want < 1) break;  // all are known
    const Eigen::Index space = std::min(n, 2 * want + 20);
    require_memory(8.0 * static_cast<double>(n) * static_cast<double>(space + 2 * (have + want) + 8), "the lowest modes",
                   "ask for fewer modes, or a smaller stage");
    const double rise = std::acosh((top + cut) / (top - cut));  // p(0) = cosh(degree · rise)
    const int degree = std::clamp(static_cast<int>(std::ceil(std::acosh(amplification) / rise)), 2, 2000);
    detail::FilteredOperator filtered(op, pairs.vectors, cut, top, degree);
    Eigenpairs found = detail::largest_eigenpairs(filtered, want, space, restarts, 1e-2 * residual, seed + round);
    const auto useful =
        static_cast<Eigen::Index>(std::count_if(found.values.begin(), found.values.end(), [](double p) { return p > 1.2; }));
    if (useful == 0 && cut >= highest_cut) throw too_far();
    if (useful < want)
      cut = std::min(1.5 * cut, highest_cut);  // fewer lie below the cut, or they are too close to it to converge
    if (useful == 0) continue;
    truncate(found, useful);  // the largest p, the lowest modes, come first
    double lowest_new = top;
    for (Eigen::Index j = 0; j < useful; ++j) {
      found.vectors.col(j) -= pairs.vectors * (pairs.vectors.transpose() * found.vectors.col(j));
      found.vectors.col(j).normalize();
      found.values[j] = rayleigh(found.vectors.col(j));
      lowest_new = std::min(lowest_new, found.values[j]);
    }
    // selected already by what was known before, and by nothing of this stage: complete
    const bool enough_before = lowest && have >= lowest->count;
    const double last_before = enough_before ? [&] {
      Vector sorted = pairs.values;
      std::nth_element(sorted.begin(), sorted.begin() + (lowest->count - 1), sorted.end());
      return sorted[lowest->count - 1];
    }() : 0;
    pairs.values.conservativeResize(have + useful);
    pairs.values.tail(useful) = found.values;
    pairs.vectors.conservativeResize(Eigen::NoChange, have + useful);
    pairs.vectors.rightCols(useful) = found.vectors;
    reached = below && found.values.maxCoeff() >= limit;
    if (below ? lowest_new >= limit : enough_before && lowest_new >= last_before - residual * top) break;
  }
  if (worst_residual > residual * top)
    throw Error("SpectraLowest did not converge: ‖Dv − λv‖ is ", worst_residual / top, " of the largest eigenvalue, ", residual,
                " allowed: use a dense solver, more restarts or a lower amplification");

  std::vector<Eigen::Index> order(static_cast<std::size_t>(pairs.values.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return pairs.values[a] < pairs.values[b]; });
  Eigenpairs sorted{pairs.values(order), {}};
  const Eigen::Index count = count_selected(sorted.values, selection);
  order.resize(static_cast<std::size_t>(count));
  sorted.values.conservativeResize(count);
  sorted.vectors = pairs.vectors(Eigen::all, order);
  fix_signs(sorted.vectors);
  return sorted;
}

}  // namespace tarn
