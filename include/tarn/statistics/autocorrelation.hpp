#pragma once
// Spatial correlation of per-atom fields against the distance of the atoms.
//
//   C_ab(r) = ⟨(a_i − ā)(b_j − b̄)⟩ / (σ_a σ_b),   over the ordered pairs i ≠ j whose distance falls into the bin of r;  r = 0: i = j
// With b = a it is the autocorrelation, C(0) = 1: Z.-Y. Yang, Y.-J. Wang, A. Zaccone, arXiv:2104.13740 (2022), eq. 2. The mean is the sample's own, so that C
// integrates to nothing over a box: where the correlation length is no small part of it, C lies too low by about the correlated volume over the box's.
// Errors by leaving out the atoms of one block of the sample after the other (spatial_blocks.hpp), and with them each pair that has one, about the mean of
// the atoms that are left; values at different r share atoms, so that whatever is fitted takes the results without each block, which are given too.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tarn/atoms/cell.hpp"
#include "tarn/atoms/cell_grid.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/executor.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/statistics/coarse_grain.hpp"
#include "tarn/statistics/spatial_blocks.hpp"

namespace tarn {

struct DistanceBins {
  double width_A = 0.5;
  double end_A = 0;  ///< 0: half the box; never beyond it
};

/// C at r = 0 and in each bin that has pairs, and has some without each of the blocks too: where all have an atom in one block no error is known.
struct PairCorrelation {
  Vector r_A;  ///< the mean distance of a bin's pairs
  Vector correlation;
  Vector error;                     ///< one standard deviation
  std::vector<std::int64_t> pairs;  ///< ordered ones, half of them if a and b are one field; atoms at r = 0
  Matrix without;                   ///< blocks × bins: C without each block, about the mean without it
};

namespace detail {

inline Vector deviations(const Vector& x, const std::vector<int>& species, const char* name) {
  if (!x.allFinite()) throw Error(name, ": holds what is not a finite number");
  if (!species.empty() && species.size() != static_cast<std::size_t>(x.size()))
    throw Error(name, ": ", x.size(), " values of ", species.size(), " atoms");
  Vector out = x;
  if (species.empty()) {
    out.array() -= x.mean();
  } else {
    const int most = *std::max_element(species.begin(), species.end());
    Vector sum = Vector::Zero(most + 1), count = sum;
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      const int s = species[static_cast<std::size_t>(i)];
      if (s < 0) throw Error(name, ": a species is negative");
      sum[s] += x[i], count[s] += 1;
    }
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      const int s = species[static_cast<std::size_t>(i)];
      out[i] -= sum[s] / count[s];
    }
  }
  if (!(out.norm() > 1e-12 * x.norm())) throw Error(name, ": is constant: a constant has no correlation");
  return out;
}

}  // namespace detail

/// C of fields a and b (N each). Where `species` (N) is given, deviations are from the mean of the atom's species. Throws Error where a field is not
/// finite or constant, there are fewer than 10 atoms, the bins are none, or a field is constant without one of the blocks; and as
/// CellGrid and spatial_blocks. Threads do not change a bit.
template <Executor E = Serial>
[[nodiscard]] PairCorrelation pair_correlation(const Cell& cell, const Vectors& positions, const Vector& a, const Vector& b,
                                               const DistanceBins& bins = {}, const std::vector<int>& species = {},
                                               const E& executor = {}) {
  const Eigen::Index n = positions.cols();
  if (a.size() != n || b.size() != n) throw Error("a correlation of ", n, " atoms has ", a.size(), " and ", b.size(), " values");
  if (n < 10) throw Error("a spatial correlation of ", n, " atoms: 10 or more are needed");
  const double half = half_box_A(cell), end = bins.end_A > 0 ? std::min(bins.end_A, half) : half;
  if (!(bins.width_A > 0) || !std::isfinite(end))
    throw Error("distance bins need a positive width, and an end where the cell is not periodic");
  const auto count = static_cast<Eigen::Index>(std::max(1.0, std::floor(end / bins.width_A + 1e-9)));
  if (count > 10'000) throw Error(count, " distance bins: give a larger width");
  const double reach = static_cast<double>(count) * bins.width_A;
  const Vector da = detail::deviations(a, species, "first field"), db = detail::deviations(b, species, "second field");
  const SpatialBlocks blocks = spatial_blocks(cell, positions);
  const CellGrid grid(cell, positions, std::min(reach, end));

  // An atom's marks are a, b, and 1 for its species, 0 for the others. The sums of the products of two atoms' marks over pairs, a square for each bin, give
  // the correlation about any mean: that of the sample, or that of what is left without a block. In bin 0 each atom is its own companion.
  const Eigen::Index kinds = species.empty() ? 1 : *std::max_element(species.begin(), species.end()) + 1, width = 2 + kinds;
  Matrix marks = Matrix::Zero(width, n);
  marks.row(0) = da.transpose(), marks.row(1) = db.transpose();
  const auto mark = [&](Eigen::Index i) { return 2 + (species.empty() ? 0 : species[static_cast<std::size_t>(i)]); };
  for (Eigen::Index i = 0; i < n; ++i) marks(mark(i), i) = 1;
  const auto add = [&](Vector& to, Eigen::Index bin, Eigen::Index j) {
    double* const at = to.data() + bin * width;
    at[0] += da[j], at[1] += db[j], at[mark(j)] += 1;
  };
  const auto square = [width](auto& squares, Eigen::Index bin) { return squares.middleCols(bin * width, width); };
  struct Sums {
    Matrix all, inner;  // over pairs that begin in the block, and over those that end in it too
    Vector distance;
  };
  std::vector<Sums> sums(static_cast<std::size_t>(blocks.count));
  std::vector<std::vector<Eigen::Index>> members(sums.size());
  for (Eigen::Index i = 0; i < n; ++i) members[static_cast<std::size_t>(blocks.block[static_cast<std::size_t>(i)])].push_back(i);
  executor.for_each(members.size(), [&](std::size_t block) {
    Sums sum{Matrix::Zero(width, width * (count + 1)), Matrix::Zero(width, width * (count + 1)), Vector::Zero(count + 1)};
    Vector companions(width * (count + 1)), inner = companions;  // the sums of their marks, bin after bin
    CellGrid::Near near;
    for (const Eigen::Index i : members[block]) {
      companions.setZero(), inner.setZero();
      grid.find_near(positions.col(i), std::min(reach, end), near);
      for (std::size_t k = 0; k < near.count; ++k) {
        const Eigen::Index j = grid.atoms()[near.place[k]];
        const double r = j == i ? 0 : std::sqrt(near.distance2[k]);  // its own images lie beyond half the box
        const Eigen::Index bin = j == i ? 0 : std::min(static_cast<Eigen::Index>(r / bins.width_A) + 1, count);
        add(companions, bin, j);
        if (blocks.block[static_cast<std::size_t>(j)] == static_cast<int>(block)) add(inner, bin, j);
        sum.distance[bin] += r;
      }
      sum.all.noalias() += marks.col(i) * companions.transpose();
      sum.inner.noalias() += marks.col(i) * inner.transpose();
    }
    sums[block] = std::move(sum);
  });
  Sums total = sums[0];
  for (std::size_t block = 1; block < sums.size(); ++block) total.all += sums[block].all, total.distance += sums[block].distance;

  const auto number = [&](const Matrix& products) { return products.bottomRightCorner(kinds, kinds).sum(); };
  const auto correlation = [&](const Matrix& atoms, const Matrix& pairs) {
    Matrix deviations = Matrix::Zero(width, 2);  // of a and b from the means of these atoms, in marks
    deviations(0, 0) = deviations(1, 1) = 1;
    for (Eigen::Index s = 2; s < width; ++s)
      if (atoms(s, s) > 0) deviations.row(s) = -atoms.block(0, s, 2, 1).transpose() / atoms(s, s);
    const Matrix variances = deviations.transpose() * atoms * deviations / number(atoms);
    for (Eigen::Index k = 0; k < 2; ++k)  // differences of sums: what is constant has a variance of their rounding
      if (!(variances(k, k) > 1e-12 * total.all(k, k) / number(square(total.all, 0))))
        throw Error(k == 0 ? "first field" : "second field",
                    ": is constant without the atoms of one block of the sample: its correlation has no error");
    const double scale = std::sqrt(variances(0, 0) * variances(1, 1));
    return deviations.col(0).dot(pairs * deviations.col(1)) / number(pairs) / scale;
  };
  // without a block: all ordered pairs but those that begin in it and those that end in it, its inner ones being both
  const auto without = [&](const Sums& block, Eigen::Index bin) {
    const Matrix begin = square(block.all, bin);
    return Matrix(square(total.all, bin) - begin - begin.transpose() + square(block.inner, bin));
  };
  std::vector<Eigen::Index> filled;
  for (Eigen::Index bin = 0; bin <= count; ++bin)  // a C without pairs is no number, and nothing that an error could be made of
    if (std::ranges::all_of(sums, [&](const Sums& block) { return number(without(block, bin)) > 0; })) filled.push_back(bin);
  const auto size = static_cast<Eigen::Index>(filled.size());
  PairCorrelation out{Vector(size), Vector(size), Vector(size), {}, Matrix(blocks.count, size)};
  for (Eigen::Index k = 0; k < size; ++k) {
    const Eigen::Index bin = filled[static_cast<std::size_t>(k)];
    const Matrix all = square(total.all, bin);
    out.r_A[k] = total.distance[bin] / number(all);
    out.correlation[k] = correlation(square(total.all, 0), all);
    for (Eigen::Index block = 0; block < blocks.count; ++block) {
      const Sums& left_out = sums[static_cast<std::size_t>(block)];
      out.without(block, k) = correlation(without(left_out, 0), without(left_out, bin));
    }
    out.pairs.push_back(std::llround(number(all)));
  }
  out.error = jackknife_error(out.without);
  return out;
}

/// C of a field with itself.
template <Executor E = Serial>
[[nodiscard]] PairCorrelation autocorrelation(const Cell& cell, const Vectors& positions, const Vector& field,
                                              const DistanceBins& bins = {}, const std::vector<int>& species = {},
                                              const E& executor = {}) {
  return pair_correlation(cell, positions, field, field, bins, species, executor);
}

/// C at a distance, by a straight line between the bins, and its error. Throws Error beyond the last bin.
struct ValueAndError {
  double value = 0, error = 0;
};
[[nodiscard]] inline ValueAndError correlation_at(const PairCorrelation& c, double r_A) {
  for (Eigen::Index k = 1; k < c.r_A.size(); ++k) {
    if (!(r_A <= c.r_A[k]) || r_A < 0) continue;
    const double t = (r_A - c.r_A[k - 1]) / (c.r_A[k] - c.r_A[k - 1]);
    const Vector without = (1 - t) * c.without.col(k - 1) + t * c.without.col(k);
    return {(1 - t) * c.correlation[k - 1] + t * c.correlation[k], jackknife_error(without)[0]};
  }
  throw Error("the correlation is not known at ", r_A, " Å: the last bin is at ", c.r_A.size() ? c.r_A[c.r_A.size() - 1] : 0,
              " Å");
}

}  // namespace tarn
