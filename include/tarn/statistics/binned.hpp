#pragma once
// Means of one variable in bins of another, each bin with as many atoms.
//
// A picture, no evidence: averaging takes away the scatter that a correlation is measured against, so the r of binned means tells nothing.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

/// One entry a bin, by ascending x.
struct BinnedMeans {
  Vector x, y;   ///< means
  Vector error;  ///< standard error of the mean of y, as of independent atoms
  std::vector<std::int64_t> atoms;
};

/// Bins of about `atoms_a_bin`; in a small sample of fewer, so that there are 8 bins, as long as a bin has 10. Throws Error where sizes differ, a value
/// is not a number, or there are fewer than 20.
[[nodiscard]] inline BinnedMeans binned_means(const Vector& x, const Vector& y, int atoms_a_bin = 100) {
  if (x.size() != y.size()) throw Error("binned means: ", x.size(), " and ", y.size(), " values");
  if (atoms_a_bin < 2) throw Error("binned means: ", atoms_a_bin, " atoms a bin: 2 or more are needed");
  if (x.size() < 20) throw Error("binned means: ", x.size(), " atoms: 20 or more are needed");
  if (!x.allFinite() || !y.allFinite()) throw Error("binned means: a value is not a finite number");
  const Eigen::Index bins = std::max(x.size() / atoms_a_bin, std::min<Eigen::Index>(8, x.size() / 10));
  std::vector<Eigen::Index> order(static_cast<std::size_t>(x.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::ranges::stable_sort(order, {}, [&](Eigen::Index i) { return x[i]; });
  BinnedMeans out{Vector(bins), Vector(bins), Vector(bins), {}};
  for (Eigen::Index b = 0; b < bins; ++b) {
    const auto first = static_cast<std::size_t>(b * x.size() / bins), last = static_cast<std::size_t>((b + 1) * x.size() / bins);
    const std::vector<Eigen::Index> some(order.begin() + static_cast<std::ptrdiff_t>(first),
                                         order.begin() + static_cast<std::ptrdiff_t>(last));
    const Vector mine = y(some);
    const auto n = static_cast<double>(some.size());
    out.x[b] = x(some).mean();
    out.y[b] = mine.mean();
    out.error[b] = std::sqrt((mine.array() - out.y[b]).square().sum() / (n - 1) / n);
    out.atoms.push_back(static_cast<std::int64_t>(some.size()));
  }
  return out;
}

/// A histogram as a density: its integral is 1.
struct Density {
  Vector centre, density;
};

/// `bins` equal ones from `low` to `high`; what lies outside is left out of the bins and kept in the norm. Throws Error for an empty range or no values.
[[nodiscard]] inline Density histogram(const Vector& values, double low, double high, int bins) {
  if (!(high > low) || bins < 1) throw Error("a histogram from ", low, " to ", high, " in ", bins, " bins");
  if (values.size() == 0 || !values.allFinite()) throw Error("a histogram needs values, all of them numbers");
  const double width = (high - low) / bins;
  Density out{Vector::LinSpaced(bins, low + 0.5 * width, high - 0.5 * width), Vector::Zero(bins)};
  for (const double value : values) {
    if (value < low || value > high) continue;
    out.density[std::min<Eigen::Index>(static_cast<Eigen::Index>((value - low) / width), bins - 1)] += 1;
  }
  out.density /= width * static_cast<double>(values.size());
  return out;
}

}  // namespace tarn
