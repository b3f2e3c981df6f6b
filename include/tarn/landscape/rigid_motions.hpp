#pragma once
// Motions of a whole sample that cost no energy: translations, and rotations of a cluster. A search leaves them out, else Lanczos sits on their zero eigenvalues.

#include <array>

#include "tarn/core/vector.hpp"

namespace tarn {

/// Which of them a sample has.
enum class RigidMotions { none, translations, translations_and_rotations };

/// Orthonormal columns, 3N × up to 6, for atoms at `x` (3N, Å). Rotations are those about the mean position; one that moves nothing (atoms in a line) is left out.
[[nodiscard]] inline Matrix rigid_motions(const Vector& x, RigidMotions which) {
  const Eigen::Index n = x.size() / 3, wanted = which == RigidMotions::none ? 0 : which == RigidMotions::translations ? 3 : 6;
  Matrix basis(x.size(), wanted);
  if (wanted == 0 || n == 0) return Matrix(x.size(), 0);
  const Eigen::Map<const Vectors> at(x.data(), 3, n);
  const Vec3 centre = at.rowwise().mean();
  Eigen::Index count = 0;
  for (Eigen::Index k = 0; k < wanted; ++k) {
    auto column = basis.col(count);
    const Vec3 axis = Vec3::Unit(k % 3);
    for (Eigen::Index i = 0; i < n; ++i) column.segment<3>(3 * i) = k < 3 ? axis : Vec3(axis.cross(at.col(i) - centre));
    const double before = column.norm();
    for (int twice = 0; twice < 2; ++twice) column -= basis.leftCols(count) * (basis.leftCols(count).transpose() * column);
    const double norm = column.norm();
    if (!(norm > 1e-6 * before) || !(before > 0)) continue;
    column /= norm;
    ++count;
  }
  return basis.leftCols(count);
}

/// Takes out of v what lies along the columns of an orthonormal basis.
inline void project_out(const Matrix& basis, Vector& v) {
  if (basis.cols() > 0) v -= basis * (basis.transpose() * v);
}

}  // namespace tarn
