#pragma once
// The extremes of one variable, and whether another differs between them: Mann and Whitney's test and its effect size.
//
//   U = #{(i, j): x_i > y_j} + ½ #{x_i = y_j};   U/(nm) is the chance that one of x lies above one of y: ½ where they do not differ
// Exact where n + m ≤ 40 and no two values are equal, else by the normal approximation with its correction for ties and for continuity.
// H. B. Mann, D. R. Whitney, Ann. Math. Stat. 18, 50 (1947). The test takes atoms as independent; neighbours are not (shift_null.hpp).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/statistics/correlation.hpp"
#include "tarn/statistics/select.hpp"

namespace tarn {

struct Extremes {
  AtomSelection lowest, highest;
};

/// The atoms of a selection with the lowest and the highest values, `share` of them each, one at least. Throws Error unless 0 < share ≤ 0.5, for fewer than
/// 2 atoms, where an index is out of range, and where the value of one of the atoms is not finite.
[[nodiscard]] inline Extremes extremes(const Vector& values, const AtomSelection& atoms, double share = 0.1) {
  if (!(share > 0 && share <= 0.5)) throw Error("a share of ", share, ": above 0 and up to 0.5 is expected");
  if (atoms.size() < 2) throw Error("the extremes of ", atoms.size(), " atoms: 2 or more are needed");
  for (const Eigen::Index i : atoms) {
    if (i < 0 || i >= values.size())
      throw Error("the extremes: a selection names atom ", i, " of ", values.size(), ", counted from 0");
    if (!std::isfinite(values[i]))
      throw Error("the extremes: the value of atom ", i, " is not a finite number: it has no place in an order");
  }
  AtomSelection order = atoms;
  std::ranges::stable_sort(order, {}, [&](Eigen::Index i) { return values[i]; });
  const auto count = static_cast<std::ptrdiff_t>(std::max(1.0, std::round(share * static_cast<double>(order.size()) - 1e-9)));
  Extremes out{{order.begin(), order.begin() + count}, {order.end() - count, order.end()}};
  std::ranges::sort(out.lowest);
  std::ranges::sort(out.highest);
  return out;
}

struct MannWhitney {
  double u = 0;            ///< of the first sample
  double superiority = 0;  ///< U/(nm): the chance that one of the first lies above one of the second
  double z = 0;            ///< of the normal approximation
  double p = 1;            ///< two-sided
  bool exact = false;
};

namespace detail {

/// P(U ≤ u) for n and m values without ties: counts of the ways, by the recursion on the largest.
inline double mann_whitney_below(std::size_t n, std::size_t m, std::size_t u) {
  const std::size_t most = n * m;
  std::vector<std::vector<double>> ways(m + 1, std::vector<double>(most + 1, 0));  // of j of the second among i of the first
  for (std::size_t j = 0; j <= m; ++j) ways[j][0] = 1;
  for (std::size_t i = 1; i <= n; ++i) {
    auto next = ways;
    for (std::size_t j = 0; j <= m; ++j)
      for (std::size_t k = 0; k <= most; ++k)
        // the largest is of the first (and above j of the second), or of the second
        next[j][k] = (k >= j ? ways[j][k - j] : 0) + (j > 0 ? next[j - 1][k] : 0);
    ways = std::move(next);
  }
  double below = 0, all = 0;
  for (std::size_t k = 0; k <= most; ++k) {
    all += ways[m][k];
    if (k <= u) below += ways[m][k];
  }
  return below / all;
}

}  // namespace detail

/// Whether values of x tend to lie above those of y. Throws Error where one of the samples is empty, a value is not a number, or all are equal.
[[nodiscard]] inline MannWhitney mann_whitney(const Vector& x, const Vector& y) {
  if (x.size() == 0 || y.size() == 0) throw Error("Mann-Whitney: a sample is empty");
  Vector both(x.size() + y.size());
  both << x, y;
  const Vector rank = ranks(both);
  const auto n = static_cast<double>(x.size()), m = static_cast<double>(y.size()), all = n + m;
  Vector sorted = both;
  std::ranges::sort(sorted);
  double ties = 0;
  for (Eigen::Index first = 0, last = 0; first < sorted.size(); first = last) {
    while (last < sorted.size() && sorted[last] == sorted[first]) ++last;
    const auto t = static_cast<double>(last - first);
    ties += t * (t * t - 1);
  }
  MannWhitney out;
  out.u = rank.head(x.size()).sum() - 0.5 * n * (n + 1);
  out.superiority = out.u / (n * m);
  const double variance = n * m / 12 * (all + 1 - ties / std::max(all * (all - 1), 1.0));
  if (!(variance > 0)) throw Error("Mann-Whitney: all ", both.size(), " values are equal");
  const double off = out.u - 0.5 * n * m;
  out.z = off == 0 ? 0 : (off - std::copysign(std::min(0.5, std::abs(off)), off)) / std::sqrt(variance);
  if (ties == 0 && all <= 40) {
    out.exact = true;
    const double smaller = std::min(out.u, n * m - out.u);
    out.p = std::min(1.0, 2 * detail::mann_whitney_below(static_cast<std::size_t>(x.size()), static_cast<std::size_t>(y.size()),
                                                         static_cast<std::size_t>(std::llround(smaller))));
  } else {
    out.p = std::erfc(std::abs(out.z) / std::sqrt(2.0));
  }
  return out;
}

}  // namespace tarn
