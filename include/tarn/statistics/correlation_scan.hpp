#pragma once
// The correlation of two coarse-grained fields against the length of the coarse-graining, each with its null, and the length at which it is best: where
// the sample can tell.
//
// Coarse-graining makes correlation out of nothing: two independent fields averaged over 5.9 Å in a box of 24.6 Å have an r of ±0.13 (top hat) or ±0.31
// (Gaussian). So a length is a candidate only where 30 effective samples are left (shift_null.hpp); the best has the largest |r|; it is told only where no
// more than 5 % of the shifts reach, at any of the candidates, as many of their standard deviations as the fields themselves do. The interval of the best
// length holds the candidates whose Fisher-transformed |r| lies below the best's by less than 1.96 standard deviations of that difference over the shifts,
// which are the same at every length.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tarn/atoms/cell.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/executor.hpp"
#include "tarn/core/observer.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/statistics/coarse_grain.hpp"
#include "tarn/statistics/correlation.hpp"
#include "tarn/statistics/select.hpp"
#include "tarn/statistics/shift_null.hpp"

namespace tarn {

struct ScanParams {
  int shifts = 200;
  std::uint64_t seed = 1;
  double fewest_samples = 30;                                           ///< N_eff that a best length needs
  bool spearman_null = true;                                            ///< shifts of the ranks too
  std::string name_a = "the first field", name_b = "the second field";  ///< in errors
};

/// One length.
struct CorrelationAtLength {
  double length_A = 0;
  bool ends_at_half_box = false;
  double spearman = 0;
  ShiftNull pearson;   ///< with its null
  ShiftNull of_ranks;  ///< Spearman's, where asked for
};

/// Where |r| is largest.
struct BestLength {
  double length_A = 0, low_A = 0, high_A = 0;
  double r = 0;
};

/// One group of atoms.
struct CorrelationScan {
  std::string group;
  std::size_t atoms = 0;
  std::vector<CorrelationAtLength> lengths;
  std::optional<BestLength> best;
  std::string word;       ///< why there is no best length, or what it does not tell; empty where there is nothing to say
  double null_share = 1;  ///< of the shifts that reach as far at any candidate length
};

/// Lengths from 0 to half the box in steps of about `step_A`. Throws Error for a step that is not positive, and a cell without half a box.
[[nodiscard]] inline Vector scan_lengths(const Cell& cell, double step_A = 1) {
  const double half = half_box_A(cell);
  if (!(step_A > 0) || !std::isfinite(half)) throw Error("lengths up to half the box need a periodic cell and a positive step");
  const auto steps = static_cast<Eigen::Index>(std::clamp(std::round(half / step_A), 4.0, 1000.0));
  return Vector::LinSpaced(steps + 1, 0, half);
}

namespace detail {

inline void find_best(CorrelationScan& scan, const std::vector<Vector>& shifted, double fewest_samples) {
  const auto z = [](double r) { return std::atanh(std::clamp(r, -1 + 1e-12, 1 - 1e-12)); };
  std::vector<std::size_t> candidates;
  for (std::size_t k = 0; k < scan.lengths.size(); ++k)
    if (scan.lengths[k].pearson.known && scan.lengths[k].pearson.effective_samples >= fewest_samples) candidates.push_back(k);
  if (candidates.empty()) {
    scan.word = "this sample cannot tell: at no length are there " + std::to_string(static_cast<int>(fewest_samples)) +
                " effective samples";
    return;
  }
  // shifts that are defined at every candidate: the lengths are compared over the same ones
  std::vector<Eigen::Index> defined;
  for (Eigen::Index s = 0; s < shifted[0].size(); ++s)
    if (std::ranges::none_of(candidates, [&](std::size_t k) { return std::isnan(shifted[k][s]); })) defined.push_back(s);
  if (defined.size() < 10) {
    scan.word = "this sample cannot tell: after too many of the shifts a field is constant at one of the lengths";
    return;
  }
  double reached = 0;
  std::size_t best = candidates[0];
  Vector farthest = Vector::Zero(static_cast<Eigen::Index>(defined.size()));
  for (const std::size_t k : candidates) {
    const ShiftNull& at = scan.lengths[k].pearson;
    const double sd = std::max(at.sd, 1e-6);
    reached = std::max(reached, std::abs(at.r) / sd);
    farthest = farthest.cwiseMax(shifted[k](defined).cwiseAbs() / sd);
    if (std::abs(at.r) > std::abs(scan.lengths[best].pearson.r)) best = k;
  }
  const auto n = static_cast<double>(farthest.size());
  scan.null_share = (1 + static_cast<double>((farthest.array() >= reached).count())) / (n + 1);
  if (scan.null_share > 0.05) {
    scan.word = "this sample cannot tell: chance alone gives as much at one of the lengths";
    return;
  }
  BestLength found;
  found.length_A = found.low_A = found.high_A = scan.lengths[best].length_A;
  found.r = scan.lengths[best].pearson.r;
  const double sign = found.r < 0 ? -1 : 1;
  for (const std::size_t k : candidates) {
    const Vector difference = shifted[best](defined).unaryExpr(z) - shifted[k](defined).unaryExpr(z);
    const double sd = std::sqrt((difference.array() - difference.mean()).square().sum() / (n - 1));
    if (sign * (z(found.r) - z(scan.lengths[k].pearson.r)) > 1.959963985 * sd) continue;
    found.low_A = std::min(found.low_A, scan.lengths[k].length_A);
    found.high_A = std::max(found.high_A, scan.lengths[k].length_A);
  }
  if (candidates.size() > 1 && found.low_A == scan.lengths[candidates.front()].length_A &&
      found.high_A == scan.lengths[candidates.back()].length_A)
    scan.word = "this sample cannot tell the length: every candidate is as good within the error";
  else
    scan.best = found;
}

/// Throws Error, which names the field, the group and what to do, unless a field can be correlated in each group.
inline void check_scanned(const Vector& field, const std::string& name, Eigen::Index atoms,
                          const std::vector<AtomGroup>& groups) {
  if (field.size() != atoms)
    throw Error("a scan: ", name, " has ", field.size(), " values for ", atoms,
                " atoms: give one for each, or only the atoms that have one");
  for (Eigen::Index i = 0; i < atoms; ++i)
    if (!std::isfinite(field[i]))
      throw Error("a scan: ", name, " of atom ", i + 1, " of ", atoms, " is not a finite number: leave that atom out");
  for (const AtomGroup& group : groups) {
    if (group.atoms.size() < 10)
      throw Error("a scan of ", name, ": group '", group.name, "' has ", group.atoms.size(),
                  " atoms with a value, a correlation needs 10 or more: leave that group out");
    for (const Eigen::Index i : group.atoms)
      if (i < 0 || i >= atoms)
        throw Error("a scan of ", name, ": group '", group.name, "' names atom ", i, " of ", atoms, ", counted from 0");
    const auto [least, most] = std::ranges::minmax(group.atoms, {}, [&](Eigen::Index i) { return field[i]; });
    if (field[least] == field[most])
      throw Error("a scan: ", name, " is ", field[least], " at all ", group.atoms.size(), " atoms of group '", group.name,
                  "', and a constant has no correlation: leave that group out");
  }
}

}  // namespace detail

/// Correlates fields `a` and `b` (N values each), both coarse-grained, over the atoms of each group; of the shifted pairs b is the one that moves. Throws
/// Error, which names the field and the group, where sizes do not fit, a value is not finite, a field is constant in a group, or a group has fewer than
/// 10 atoms; and as KernelAverage and random_shifts. Threads do not change a bit.
template <Kernel K = TopHat, Executor E = Serial, Observer O = Silent>
[[nodiscard]] std::vector<CorrelationScan> correlation_scan(const Cell& cell, const Vectors& positions, const Vector& a,
                                                            const Vector& b, const std::vector<AtomGroup>& groups,
                                                            const Vector& lengths_A, const K& kernel = {},
                                                            const ScanParams& params = {}, const E& executor = {},
                                                            O&& observer = {}) {
  detail::check_scanned(a, params.name_a, positions.cols(), groups);
  detail::check_scanned(b, params.name_b, positions.cols(), groups);
  if (lengths_A.size() == 0)
    throw Error("a scan of ", params.name_a, " and ", params.name_b, " has no length: give one or more, as scan_lengths does");
  const Matrix moved =
      shifted_field(b, shifted_atoms(cell, positions, random_shifts(cell, params.shifts, params.seed), executor));
  Matrix both(2, a.size());
  both << a.transpose(), b.transpose();
  std::vector<CorrelationScan> out;
  for (const AtomGroup& group : groups) out.push_back({group.name, group.atoms.size(), {}, {}, {}, 1});
  std::vector<std::vector<Vector>> shifted(groups.size());
  for (Eigen::Index k = 0; k < lengths_A.size(); ++k) {
    report(observer, {"shifting fields", k, lengths_A.size()});
    const CoarseGrained here = coarse_grain(cell, positions, both, lengths_A[k], kernel, executor);
    const Vector here_a = here.values.row(0).transpose(), here_b = here.values.row(1).transpose();
    const auto null = shifted_correlations(here_a, coarse_grain(cell, positions, moved, lengths_A[k], kernel, executor).values,
                                           groups, params.spearman_null, executor);
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const Vector mine = pick(here_a, groups[g].atoms), other = pick(here_b, groups[g].atoms);
      const auto column = static_cast<Eigen::Index>(g);
      const auto check = [&](const Vector& average, const std::string& name) {  // may be constant though the field is not
        if (detail::is_constant(average))
          throw Error("a scan: ", name, ", averaged over ", lengths_A[k], " Å, is ", average[0], " at all atoms of group '",
                      groups[g].name, "', and a constant has no correlation: leave that length out");
      };
      check(mine, params.name_a);
      check(other, params.name_b);
      CorrelationAtLength at;
      at.length_A = lengths_A[k];
      at.ends_at_half_box = here.ends_at_half_box;
      at.pearson = shift_null(pearson(mine, other), null.pearson.col(column), groups[g].atoms.size());
      at.spearman = spearman(mine, other);
      if (params.spearman_null) at.of_ranks = shift_null(at.spearman, null.spearman.col(column), groups[g].atoms.size());
      shifted[g].push_back(null.pearson.col(column));
      out[g].lengths.push_back(std::move(at));
    }
  }
  for (std::size_t g = 0; g < groups.size(); ++g) detail::find_best(out[g], shifted[g], params.fewest_samples);
  return out;
}

}  // namespace tarn
