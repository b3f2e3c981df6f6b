#pragma once
// Partial correlation: what is left of the correlation of two variables when what others explain is taken off both.
//
// Each variable is regressed on the others and a constant; the residuals are correlated. G. U. Yule, Proc. R. Soc. Lond. A 79, 182 (1907). In a glass
// the first of the others are the element of an atom and the composition around it: a field that only tells copper from zirconium correlates with all else
// that does. Residuals of atoms are a field again: they can be coarse-grained and shifted (shift_null.hpp) like any other.

#include <cstddef>
#include <vector>

#include "tarn/atoms/cell_grid.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/statistics/correlation.hpp"
#include "tarn/statistics/least_squares.hpp"

namespace tarn {

/// What a constant and the rows of `controls` (C × N) leave of `values` (N). Throws Error as least_squares, and where nothing is left
/// but rounding: the controls explain all.
[[nodiscard]] inline Vector regress_out(const Vector& values, const Matrix& controls) {
  if (controls.rows() > 0 && controls.cols() != values.size())
    throw Error("regression: ", controls.cols(), " values of the controls for ", values.size(), " atoms");
  Matrix x(values.size(), controls.rows() + 1);
  x.col(0).setOnes();
  if (controls.rows() > 0) x.rightCols(controls.rows()) = controls.transpose();
  Vector left = least_squares(x, values).residuals;
  if (!(left.norm() > 1e-10 * values.norm()))
    throw Error("regression: the controls explain all of the ", values.size(), " values: nothing is left to correlate");
  return left;
}

/// Pearson's r of a and b given the rows of `controls` (C × N). Throws Error as regress_out and pearson.
[[nodiscard]] inline double partial_correlation(const Vector& a, const Vector& b, const Matrix& controls) {
  return pearson(regress_out(a, controls), regress_out(b, controls));
}

/// One row an element but the last: 1 at its atoms, 0 elsewhere. No row for a sample of one element.
[[nodiscard]] inline Matrix element_indicators(const Sample& sample) {
  std::vector<int> present;
  for (std::size_t e = 0; e < sample.elements.size(); ++e)
    for (const int s : sample.species)
      if (s == static_cast<int>(e)) {
        present.push_back(s);
        break;
      }
  const auto rows = static_cast<Eigen::Index>(present.empty() ? 0 : present.size() - 1);
  Matrix out = Matrix::Zero(rows, sample.size());
  for (Eigen::Index i = 0; i < sample.size(); ++i)
    for (Eigen::Index r = 0; r < rows; ++r)
      if (sample.species[static_cast<std::size_t>(i)] == present[static_cast<std::size_t>(r)]) out(r, i) = 1;
  return out;
}

/// Neighbours within `radius_A` of each atom, itself not counted: one row an element, in the sample's order. The radius is usually the first minimum of
/// g(r). Throws Error as CellGrid.
[[nodiscard]] inline Matrix neighbour_counts(const Sample& sample, double radius_A) {
  const CellGrid grid(sample.cell, sample.positions, radius_A);
  Matrix out = Matrix::Zero(static_cast<Eigen::Index>(sample.elements.size()), sample.size());
  CellGrid::Near near;
  for (Eigen::Index i = 0; i < sample.size(); ++i) {
    grid.find_near(sample.positions.col(i), radius_A, near);
    for (std::size_t k = 0; k < near.count; ++k) {
      const int j = grid.atoms()[near.place[k]];
      out(sample.species[static_cast<std::size_t>(j)], i) += 1;
    }
    out(sample.species[static_cast<std::size_t>(i)], i) -= 1;
  }
  return out;
}

/// Element and local composition as controls: the indicators of the elements and the counts of neighbours of each.
[[nodiscard]] inline Matrix composition_controls(const Sample& sample, double radius_A) {
  const Matrix elements = element_indicators(sample), counts = neighbour_counts(sample, radius_A);
  Matrix out(elements.rows() + counts.rows(), sample.size());
  out << elements, counts;
  return out;
}

}  // namespace tarn
