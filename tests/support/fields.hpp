#pragma once
// Per-atom fields whose statistics are known, and the sums over all images that statistics are compared with.

#include <cmath>
#include <functional>
#include <vector>

#include <Eigen/Cholesky>

#include "tarn/atoms/cell.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/random.hpp"

namespace tarn::testing {

/// n points uniform in a cell, with no regard to one another: an ideal gas.
[[nodiscard]] inline Vectors random_points(const Cell& cell, Eigen::Index n, std::uint64_t seed) {
  RandomStream random(seed, 77);
  Vectors out(3, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double a = random.uniform(), b = random.uniform(), c = random.uniform();
    out.col(i) = cell.to_position(Vec3(a, b, c));
  }
  return out;
}

/// n points on a jittered simple cubic lattice in a cubic cell of `edge`; n = side³. Evenly spread, as atoms are.
[[nodiscard]] inline Vectors jittered_points(double edge, int side, std::uint64_t seed) {
  RandomStream random(seed, 78);
  Vectors out(3, side * side * side);
  const double step = edge / side;
  Eigen::Index at = 0;
  for (int x = 0; x < side; ++x)
    for (int y = 0; y < side; ++y)
      for (int z = 0; z < side; ++z) {
        Vec3 p(x, y, z);
        for (int k = 0; k < 3; ++k) p[k] += random.uniform(-0.3, 0.3);
        out.col(at++) = step * p;
      }
  return out;
}

[[nodiscard]] inline Vector normal_numbers(Eigen::Index n, RandomStream& random) {
  Vector out(n);
  for (double& x : out) x = random.normal();
  return out;
}

/// A skewed cell of about `edge` along each vector.
[[nodiscard]] inline Cell skewed_cell(double edge) {
  Cell cell;
  cell.vectors << 1, 0.4, -0.3, 0, 0.95, 0.25, 0, 0, 1.05;
  cell.vectors *= edge;
  cell.origin = Vec3(3, -2, 11);
  return cell;
}

/// f(j, r) for each atom j and each of its images at a distance r ≤ reach from a point: by trying images in turn.
inline void over_images(const Cell& cell, const Vectors& positions, const Vec3& point, double reach,
                        const std::function<void(Eigen::Index, double)>& f) {
  for (Eigen::Index j = 0; j < positions.cols(); ++j) {
    Vec3 d = positions.col(j) - point;
    const Vec3 whole = (cell.vectors.inverse() * d).array().round();
    d -= cell.vectors * whole;
    for (int a = -3; a <= 3; ++a)
      for (int b = -3; b <= 3; ++b)
        for (int c = -3; c <= 3; ++c) {
          const double r = (d + cell.vectors * Vec3(a, b, c)).norm();
          if (r <= reach) f(j, r);
        }
  }
}

/// Normal fields at points of a cubic cell, periodic, of variance about 1 and covariance Σ e^(−r/ξ) over the images.
class ExponentialFields {
 public:
  ExponentialFields(const Vectors& points, double edge, double xi) {
    const Eigen::Index n = points.cols();
    Matrix covariance(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
      for (Eigen::Index j = 0; j <= i; ++j) {
        double sum = 0;
        Vec3 d = points.col(i) - points.col(j);
        d -= edge * (d / edge).array().round().matrix();
        for (int a = -1; a <= 1; ++a)
          for (int b = -1; b <= 1; ++b)
            for (int c = -1; c <= 1; ++c) sum += std::exp(-(d + edge * Vec3(a, b, c)).norm() / xi);
        covariance(i, j) = covariance(j, i) = sum;
      }
    const Eigen::LLT<Matrix> factor(covariance);
    if (factor.info() != Eigen::Success) throw Error("the covariance is not positive");
    root_ = factor.matrixL();
  }
  [[nodiscard]] Vector draw(RandomStream& random) const { return root_ * normal_numbers(root_.rows(), random); }

 private:
  Matrix root_;
};

}  // namespace tarn::testing
