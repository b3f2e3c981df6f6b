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
  /// The shortest of d and its periodic images, Å, in a cell whose vectors are reduced: none is longer than its sum or difference with others. In a flatter cell images
  /// farther off may be shorter.
  [[nodiscard]] Vec3 nearest_image(Vec3 d) const {
    int most[3];
    for (int k = 0; k < 3; ++k) {
      most[k] = periodic[static_cast<std::size_t>(k)] ? 1 : 0;
      const Vec3 a = vectors.col(k);
      if (most[k]) d -= std::round(d.dot(a) / a.squaredNorm()) * a;
    }
    // downhill among the 26 around: the faces of a reduced lattice's cell belong to these
    for (double before = d.squaredNorm() + 1; d.squaredNorm() < before;) {
      before = d.squaredNorm();
      const Vec3 from = d;
      for (int x = -most[0]; x <= most[0]; ++x)
        for (int y = -most[1]; y <= most[1]; ++y)
          for (int z = -most[2]; z <= most[2]; ++z) {
            Vec3 other = from;
            other += x * vectors.col(0), other += y * vectors.col(1), other += z * vectors.col(2);
            if (other.squaredNorm() < d.squaredNorm() * (1 - 1e-12)) d = other;
          }
    }
    return d;
  }
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
