#pragma once
// The linear algebra types that travel between headers: Eigen's, under short names.

#include <Eigen/Core>

namespace tarn {

using Vec3 = Eigen::Vector3d;      ///< in space
using Mat3 = Eigen::Matrix3d;      ///< strain, stress, cell vectors as columns
using Vectors = Eigen::Matrix3Xd;  ///< one 3-vector a column: positions (Å), forces (eV/Å), …
using Vector = Eigen::VectorXd;    ///< of any length
using Matrix = Eigen::MatrixXd;    ///< of any shape, column by column

/// The 3N numbers of N 3-vectors as one vector x_0 y_0 z_0 x_1 …, no copy: the order of Hessians and modes.
[[nodiscard]] inline Eigen::Map<const Vector> flat(const Vectors& v) { return {v.data(), v.size()}; }
/// The same, to be written to.
[[nodiscard]] inline Eigen::Map<Vector> flat(Vectors& v) { return {v.data(), v.size()}; }

}  // namespace tarn
