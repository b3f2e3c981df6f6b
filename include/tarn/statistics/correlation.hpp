#pragma once
// Correlation of two variables: Pearson's r, Spearman's ρ, and the interval of an r from so many effective samples.
//
//   r = Σ (a − ā)(b − b̄) / √(Σ (a − ā)² Σ (b − b̄)²);   ρ: the same of the ranks, those of ties their mean
//   atanh r is nearly normal with standard deviation 1/√(n − 3): R. A. Fisher, Metron 1 (4), 3 (1921).
// Neighbouring atoms are no independent samples, least of all once coarse-grained: shift_null.hpp says how many n there really are.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

namespace detail {

/// The deviations from the mean over their root sum of squares. Throws Error where there are fewer than 3 values, one is not a number, or
/// all are the same.
inline Vector standardised(const Vector& x, const char* what) {
  if (x.size() < 3) throw Error(what, ": ", x.size(), " values: a correlation needs 3 or more");
  if (!x.allFinite()) throw Error(what, ": holds what is not a finite number");
  // of the largest, so that no square leaves the range of numbers
  const double scale = x.cwiseAbs().maxCoeff();
  if (scale == 0) throw Error(what, ": all ", x.size(), " values are 0: a constant has no correlation");
  Vector y = x / scale;
  y.array() -= y.mean();
  const double norm = y.norm();
  if (!(norm > 1e-13 * std::sqrt(static_cast<double>(x.size()))))
    throw Error(what, ": all ", x.size(), " values are ", x[0], ": a constant has no correlation");
  return y / norm;
}

}  // namespace detail

/// Pearson's correlation coefficient. Throws Error, which names the variable, where there are fewer than 3 values or not as many of one as of
/// the other, where one is not a number, and where a variable is constant.
[[nodiscard]] inline double pearson(const Vector& a, const Vector& b, const char* name_a = "first variable",
                                    const char* name_b = "second variable") {
  if (a.size() != b.size()) throw Error(name_a, " has ", a.size(), " values, ", name_b, " ", b.size(), ": pairs are expected");
  return std::clamp(detail::standardised(a, name_a).dot(detail::standardised(b, name_b)), -1.0, 1.0);
}

/// Ranks 1 … n, equal values sharing the mean of theirs. Throws Error where a value is not a number.
[[nodiscard]] inline Vector ranks(const Vector& x) {
  if (!x.allFinite()) throw Error("ranks: a value is not a finite number");
  std::vector<Eigen::Index> order(static_cast<std::size_t>(x.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::ranges::stable_sort(order, {}, [&](Eigen::Index i) { return x[i]; });
  Vector out(x.size());
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    while (last < order.size() && x[order[last]] == x[order[first]]) ++last;
    const double mean = 0.5 * static_cast<double>(first + last + 1);
    for (std::size_t k = first; k < last; ++k) out[order[k]] = mean;
  }
  return out;
}

/// Spearman's rank correlation. Throws Error as pearson().
[[nodiscard]] inline double spearman(const Vector& a, const Vector& b, const char* name_a = "first variable",
                                     const char* name_b = "second variable") {
  if (a.size() != b.size()) throw Error(name_a, " has ", a.size(), " values, ", name_b, " ", b.size(), ": pairs are expected");
  return pearson(ranks(a), ranks(b), name_a, name_b);
}

/// From `low` to `high`.
struct Interval {
  double low = 0, high = 0;
  [[nodiscard]] bool covers(double value) const { return low <= value && value <= high; }
};

/// Fisher's interval of an r from `effective_samples`; z = 1.96 for 95 %. All of [−1, 1] where there are 3 or fewer. Throws Error unless
/// −1 ≤ r ≤ 1.
[[nodiscard]] inline Interval fisher_interval(double r, double effective_samples, double z = 1.959963985) {
  if (!(std::abs(r) <= 1)) throw Error("a correlation of ", r, ": it lies between -1 and 1");
  if (!(effective_samples > 3)) return {-1, 1};
  const double width = z / std::sqrt(effective_samples - 3), at = std::atanh(r);  // ±∞ at ±1
  return {std::tanh(at - width), std::tanh(at + width)};
}

}  // namespace tarn
