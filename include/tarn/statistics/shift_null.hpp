#pragma once
// What a correlation of two fields is worth: the same correlation after toroidal shifts, which keep the autocorrelation of each field and break
// whatever binds the two.
//
// After a shift by a random vector s, uniform over the cell, an atom i has the value of the atom nearest to x_i + s; then the field is averaged about each atom
// as before, and r_s is Pearson's r with the other field. Values move and not averages: an average over few companions is large in both fields alike, and a null in which the
// two have different companions is too narrow (of independent fields at 60 of 512 places 13 % were called correlated, of 100; so, 5 %). Fields that
// are smooth, coarse-grained ones above all, have few independent places, and their r_s lie far from 0 by chance. Of n independent normal pairs r has
// the variance 1/(n − 1), so the standard deviation sd of the r_s gives the effective number of samples
//   N_eff = 1 + 1/sd²,
// and N_eff gives Fisher's interval. Where two fields are bound, small shifts still see it: sd is then too large, by no more than √(1 + r²). Some atoms are
// met twice and some never, which costs averages of white fields a few per cent of N_eff. Both err towards caution. Not so where a field is smooth over as
// much as the distance between the atoms that have a value: moved by half of that it is rougher than it was (120 of 4000 atoms, smooth over 6 Å, not averaged: 8 % of
// independent fields by `share`, 6 % by the interval).
// After some shifts a field may be constant over a group, as a sparse one is where it is 0: there r is not defined, and such a shift is left out of the null. As an
// r of 0 it would make sd too small. N_eff is never more than the atoms, whatever a scattered sd says.
// On effective numbers of samples of two smooth fields: P. Dutilleul, Biometrics 49, 305 (1993).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "tarn/atoms/cell.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/executor.hpp"
#include "tarn/core/random.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/statistics/correlation.hpp"
#include "tarn/statistics/nearest_atom.hpp"
#include "tarn/statistics/select.hpp"

namespace tarn {

/// `count` vectors, uniform over the cell (3 × count, Å). Throws Error unless the cell is periodic in all directions, and for fewer than 10.
[[nodiscard]] inline Vectors random_shifts(const Cell& cell, int count, std::uint64_t seed) {
  cell.check();
  if (cell.periodic != std::array<bool, 3>{true, true, true})
    throw Error("shifts of one field against another need a cell that is periodic in all directions");
  if (count < 10) throw Error(count, " shifts: a standard deviation needs 10 or more, 200 are usual");
  Vectors out(3, count);
  for (Eigen::Index s = 0; s < count; ++s) {
    RandomStream random(seed, 0x5417, static_cast<std::uint64_t>(s));
    const double a = random.uniform(), b = random.uniform(), c = random.uniform();
    out.col(s) = cell.vectors * Vec3(a, b, c);
  }
  return out;
}

/// A correlation and what chance does.
struct ShiftNull {
  double r = 0;                  ///< of the fields as they lie
  bool known = false;            ///< whether there is a null: if not, nothing below tells r from chance, and nothing is claimed
  Eigen::Index undefined = 0;    ///< shifts left out: a field is constant after them
  double mean = 0, sd = 0;       ///< of the other shifted ones; 0 where the null is unknown
  double share = 1;              ///< of these shifts whose |r| is as large; 1 where the null is unknown
  double effective_samples = 0;  ///< N_eff, no more than the atoms; 0 where the null is unknown
  Interval interval{-1, 1};      ///< 95 %, of r; all of [−1, 1] where the null is unknown
};

/// The verdict upon r of the `shifted` correlations, NaN where one is not defined, over so many atoms. The null is unknown where fewer than 10 shifts are
/// defined, or all of these give the same. Throws Error unless −1 ≤ r ≤ 1, and for a shifted one that is neither a correlation nor NaN.
[[nodiscard]] inline ShiftNull shift_null(double r, const Vector& shifted, std::size_t atoms) {
  if (!(std::abs(r) <= 1)) throw Error("a correlation of ", r, ": it lies between -1 and 1");
  if ((shifted.array().abs() > 1).any()) throw Error("a null needs correlations: one after a shift is not between -1 and 1");
  std::vector<double> defined;
  for (const double x : shifted)
    if (!std::isnan(x)) defined.push_back(x);
  ShiftNull out;
  out.r = r;
  out.undefined = shifted.size() - static_cast<Eigen::Index>(defined.size());
  if (defined.size() < 10) return out;
  const Eigen::Map<const Eigen::ArrayXd> null(defined.data(), static_cast<Eigen::Index>(defined.size()));
  const auto n = static_cast<double>(defined.size());
  const double mean = null.mean(), sd = std::sqrt((null - mean).square().sum() / (n - 1));
  if (!(sd > 1e-12)) return out;  // but rounding
  out.known = true;
  out.mean = mean;
  out.sd = sd;
  // the fields as they lie are one of the shifts, s = 0: so the share is never 0, and 5 % are 5 %
  out.share = (1 + static_cast<double>((null.abs() >= std::abs(r)).count())) / (n + 1);
  out.effective_samples = std::min(1 + 1 / (sd * sd), static_cast<double>(atoms));
  out.interval = fisher_interval(r, out.effective_samples);
  return out;
}

namespace detail {

/// But for rounding.
inline bool is_constant(const Vector& x) { return !(x.maxCoeff() - x.minCoeff() > 1e-12 * x.cwiseAbs().maxCoeff()); }

/// Pearson's r; NaN where one of the two is constant but for rounding.
inline double pearson_or_nan(Vector a, Vector b) {
  for (Vector* x : {&a, &b}) {
    if (x->size() < 2 || is_constant(*x)) return std::numeric_limits<double>::quiet_NaN();
    x->array() -= x->mean();
    x->normalize();
  }
  return std::clamp(a.dot(b), -1.0, 1.0);
}

}  // namespace detail

/// Correlations of one pair of fields after shifts: Pearson's and, where asked for, Spearman's, one row a shift, one column a group; NaN where a
/// field is constant over the group.
struct ShiftedCorrelations {
  Matrix pearson, spearman;
};

/// Which atom lies nearest to each atom's place after each shift: one row an atom, one column a shift. Throws Error as NearestAtom.
template <Executor E = Serial>
[[nodiscard]] Eigen::MatrixXi shifted_atoms(const Cell& cell, const Vectors& positions, const Vectors& shifts,
                                            const E& executor = {}) {
  const NearestAtom nearest(cell, positions);
  Eigen::MatrixXi out(positions.cols(), shifts.cols());
  executor.for_each(static_cast<std::size_t>(shifts.cols()), [&](std::size_t task) {
    const auto s = static_cast<Eigen::Index>(task);
    const auto atoms = nearest(positions.colwise() + shifts.col(s));
    for (Eigen::Index i = 0; i < out.rows(); ++i) out(i, s) = static_cast<int>(atoms[static_cast<std::size_t>(i)]);
  });
  return out;
}

/// A field after each shift: one row a shift, one column an atom. `nearest` as shifted_atoms gives it. Throws Error where they do not fit.
[[nodiscard]] inline Matrix shifted_field(const Vector& field, const Eigen::MatrixXi& nearest) {
  if (field.size() != nearest.rows())
    throw Error("a field of ", field.size(), " values is to be shifted over ", nearest.rows(), " atoms");
  Matrix out(nearest.cols(), nearest.rows());
  for (Eigen::Index s = 0; s < nearest.cols(); ++s) out.row(s) = field(nearest.col(s)).transpose();
  return out;
}

/// Correlates `a` (N values, averages or not) with each row of `b` (S × N: the other field after each shift, averaged alike) over the atoms of each group. Throws
/// Error where they do not fit.
template <Executor E = Serial>
[[nodiscard]] ShiftedCorrelations shifted_correlations(const Vector& a, const Matrix& b, const std::vector<AtomGroup>& groups,
                                                       bool with_spearman = false, const E& executor = {}) {
  if (a.size() != b.cols()) throw Error("shifts: ", a.size(), " values against fields of ", b.cols());
  const auto columns = static_cast<Eigen::Index>(groups.size());
  std::vector<Vector> own, own_ranks;
  for (const AtomGroup& group : groups) {
    own.emplace_back(a(group.atoms));
    own_ranks.push_back(with_spearman ? ranks(own.back()) : Vector());
  }
  ShiftedCorrelations out{Matrix(b.rows(), columns), Matrix(with_spearman ? b.rows() : 0, with_spearman ? columns : 0)};
  executor.for_each(static_cast<std::size_t>(b.rows()), [&](std::size_t task) {
    const auto s = static_cast<Eigen::Index>(task);
    const Vector there = b.row(s).transpose();
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const Vector other = there(groups[g].atoms);
      const auto column = static_cast<Eigen::Index>(g);
      out.pearson(s, column) = detail::pearson_or_nan(own[g], other);
      if (with_spearman) out.spearman(s, column) = detail::pearson_or_nan(own_ranks[g], ranks(other));
    }
  });
  return out;
}

}  // namespace tarn
