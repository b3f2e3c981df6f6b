#pragma once
// The linear algebra types that travel between headers: Eigen's, under short names.

#include <Eigen/Core>

namespace tarn {

using Vec3 = Eigen::Vector3d;
using Mat3 = Eigen::Matrix3d;
using Vectors = Eigen::Matrix3Xd;  ///< one 3-vector a column: positions (Å), forces (eV/Å), …
using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

/// The 3N numbers of N 3-vectors as one vector x_0 y_0 z_0 x_1 …, no copy: the order of Hessians and modes.
[[nodiscard]] inline Eigen::Map<const Vector> flat(const Vectors& v) { return {v.data(), v.size()}; }
[[nodiscard]] inline Eigen::Map<Vector> flat(Vectors& v) { return {v.data(), v.size()}; }

}  // namespace tarn
