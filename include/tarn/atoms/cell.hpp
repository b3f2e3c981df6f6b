#pragma once
// A periodic cell: any parallelepiped.

#include <array>
#include <cmath>

#include <Eigen/LU>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

/// Cell vectors a, b, c are the columns of `vectors` (Å); a point is origin + vectors · s, s in [0, 1)³ inside.
/// Along a vector that is not periodic the cell only says where the sample is.
struct Cell {
  Mat3 vectors = Mat3::Identity();
  Vec3 origin = Vec3::Zero();
  std::array<bool, 3> periodic{true, true, true};

  [[nodiscard]] double volume_A3() const { return vectors.determinant(); }
  [[nodiscard]] Vec3 to_scaled(const Vec3& position) const { return vectors.inverse() * (position - origin); }
  [[nodiscard]] Vec3 to_position(const Vec3& scaled) const { return origin + vectors * scaled; }
  /// Distances between opposite faces, Å.
  [[nodiscard]] Vec3 heights_A() const { return vectors.inverse().rowwise().norm().cwiseInverse(); }
  /// Reciprocal vectors as columns, 1/Å, factor 2π left out: rec · vectors = 1.
  [[nodiscard]] Mat3 reciprocal() const { return vectors.inverse().transpose(); }

  /// Throws Error unless the vectors are finite, span a volume and are right-handed.
  void check() const {
    const double volume = volume_A3(), size = vectors.colwise().norm().prod();
    if (!vectors.allFinite() || !origin.allFinite()) throw Error("the cell has a vector that is not a number");
    if (!std::isfinite(volume) || !std::isfinite(size))
      throw Error("the cell is too large: its volume is no number; positions and cell are in Å");
    if (!(std::abs(volume) > 1e-9 * size)) throw Error("the cell is singular: its vectors lie in a plane or one is zero");
    if (volume < 0) throw Error("the cell is left-handed: exchange two of its vectors, or change the sign of one");
  }
};

/// A cubic cell of edge `a`, Å.
[[nodiscard]] inline Cell cubic(double a) { return {Mat3::Identity() * a, Vec3::Zero()}; }

}  // namespace tarn
