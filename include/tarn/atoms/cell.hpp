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
  /// The shortest of d and its periodic images, Å: the best of the 27 round the one whose scaled coordinates are below a half. The shortest of all in a cell whose
  /// angles are between 60° and 120°; in a flatter one images farther off may be shorter.
  [[nodiscard]] Vec3 nearest_image(const Vec3& d) const {
    Eigen::Matrix<double, 3, Eigen::Dynamic, 0, 3, 3> along(3, 0);  // the vectors that repeat
    for (std::size_t k = 0; k < 3; ++k)
      if (periodic[k]) {
        along.conservativeResize(3, along.cols() + 1);
        along.rightCols<1>() = vectors.col(static_cast<Eigen::Index>(k));
      }
    if (along.cols() == 0) return d;
    const Vec3 first =
        d - along * ((along.transpose() * along).inverse() * (along.transpose() * d)).array().round().matrix().eval();
    Vec3 best = first;
    for (int code = 0; code < 27; ++code) {
      const Vec3 steps(code % 3 - 1, code / 3 % 3 - 1, code / 9 - 1);
      const Vec3 other = first + along * steps.head(along.cols());
      if (other.squaredNorm() < best.squaredNorm()) best = other;
    }
    return best;
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
