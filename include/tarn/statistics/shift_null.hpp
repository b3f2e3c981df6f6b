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
// On effective numbers of samples of two smooth fields: P. Dutilleul, Biometrics 49, 305 (1993).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
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
  double mean = 0, sd = 0;       ///< of the shifted ones
  double share = 0;              ///< of the shifts whose |r| is as large
  double effective_samples = 0;  ///< N_eff
  Interval interval;             ///< 95 %, of r
};

/// The verdict of the `shifted` correlations upon r.
[[nodiscard]] inline ShiftNull shift_null(double r, const Vector& shifted) {
  if (shifted.size() < 2 || !shifted.allFinite()) throw Error("a null needs 2 or more correlations, all of them numbers");
  ShiftNull out;
  out.r = r;
  const auto n = static_cast<double>(shifted.size());
  out.mean = shifted.mean();
  out.sd = std::sqrt((shifted.array() - out.mean).square().sum() / (n - 1));
  // the fields as they lie are one of the shifts, s = 0: so the share is never 0, and 5 % are 5 %
  out.share = (1 + static_cast<double>((shifted.array().abs() >= std::abs(r)).count())) / (n + 1);
  out.effective_samples = 1 + 1 / std::max(out.sd * out.sd, 1e-12);
  out.interval = fisher_interval(r, out.effective_samples);
  return out;
}

namespace detail {

/// Pearson's r; 0 where one of the two is constant.
inline double pearson_or_zero(Vector a, Vector b) {
  a.array() -= a.mean();
  b.array() -= b.mean();
  const double norm = std::sqrt(a.squaredNorm() * b.squaredNorm());
  return norm > 0 ? std::clamp(a.dot(b) / norm, -1.0, 1.0) : 0;
}

}  // namespace detail

/// Correlations of one pair of fields after shifts: Pearson's and, where asked for, Spearman's, one row a shift, one column a group.
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
      out.pearson(s, column) = detail::pearson_or_zero(own[g], other);
      if (with_spearman) out.spearman(s, column) = detail::pearson_or_zero(own_ranks[g], ranks(other));
    }
  });
  return out;
}

}  // namespace tarn
