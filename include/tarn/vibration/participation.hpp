#pragma once
// Participation ratio of vibrational modes: the share of the atoms that take part in each.
//
//   p_j = (Σ_i |e_j^i|²)² / (N Σ_i |e_j^i|⁴),   1/N ≤ p_j ≤ 1
// R. J. Bell, P. Dean, Discuss. Faraday Soc. 50, 55 (1970).

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/vibration/modes.hpp"

namespace tarn {

/// p_j of each column of `vectors` (3N × M, eigenvectors of the dynamical matrix); M values, dimensionless.
/// Throws Error if the rows are not a multiple of 3, or a column is zero or not a number.
[[nodiscard]] inline Vector participation_ratio(const Matrix& vectors) {
  detail::check_rows(vectors);
  const Eigen::Index atoms = vectors.rows() / 3;
  Vector ratio(vectors.cols());
  for (Eigen::Index j = 0; j < vectors.cols(); ++j) {
    double sum = 0, sum_of_squares = 0;
    for (Eigen::Index i = 0; i < atoms; ++i) {
      const double weight = vectors.col(j).segment<3>(3 * i).squaredNorm();
      sum += weight;
      sum_of_squares += weight * weight;
    }
    ratio[j] = sum * sum / (static_cast<double>(atoms) * sum_of_squares);
    if (!(ratio[j] > 0)) throw Error("mode ", j + 1, " is zero or not a number: an eigenvector is expected");
  }
  return ratio;
}

}  // namespace tarn
