#pragma once
// Linear least squares: y ≈ X β, with weights, errors and what is left.
//
//   β = argmin Σ w (y − Xβ)², by the QR decomposition with column pivoting of √w X; covariance s² (Xᵀ W X)⁻¹

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/QR>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

/// The solution of a least-squares problem of n equations and k unknowns.
struct LeastSquares {
  Vector coefficients;  ///< k; the smallest where columns depend on one another
  Matrix covariance;    ///< k × k; of what is measured with errors 1/√w where they were given, else scaled by the residuals
  Vector residuals;     ///< n, y − Xβ
  double chi2 = 0;      ///< Σ w (y − Xβ)²
  Eigen::Index rank = 0;
};

/// Fits y by the columns of `x`; `weights` 1/σ², or empty: then all are alike and σ is told by the residuals. Columns that depend on others get no more
/// than their share (the solution of least norm). Throws Error where sizes do not fit, a number is not finite, a weight is negative, or there
/// are fewer equations than unknowns.
[[nodiscard]] inline LeastSquares least_squares(const Matrix& x, const Vector& y, const Vector& weights = {}) {
  if (x.rows() != y.size() || (weights.size() != 0 && weights.size() != y.size()))
    throw Error("least squares: ", x.rows(), " rows, ", y.size(), " values and ", weights.size(), " weights");
  if (x.rows() < x.cols() || x.cols() == 0)
    throw Error("least squares: ", x.rows(), " values for ", x.cols(), " unknowns: there must be as many or more");
  if (!x.allFinite() || !y.allFinite() || !weights.allFinite()) throw Error("least squares: a value is not a finite number");
  if (weights.size() != 0 && !(weights.minCoeff() >= 0)) throw Error("least squares: a weight is negative");
  const Vector root = weights.size() != 0 ? Vector(weights.cwiseSqrt()) : Vector(Vector::Ones(y.size()));
  Matrix scaled = root.asDiagonal() * x;
  Vector norm = scaled.colwise().norm();
  for (double& value : norm)
    if (!(value > 0)) value = 1;
  scaled *= norm.cwiseInverse().asDiagonal();
  Eigen::CompleteOrthogonalDecomposition<Matrix> qr(scaled);
  LeastSquares out;
  out.rank = qr.rank();
  out.coefficients = norm.cwiseInverse().asDiagonal() * qr.solve(Vector(root.cwiseProduct(y)));
  out.residuals = y - x * out.coefficients;
  out.chi2 = root.cwiseProduct(out.residuals).squaredNorm();
  const Matrix inverse = norm.cwiseInverse().asDiagonal() * qr.pseudoInverse();
  out.covariance = inverse * inverse.transpose();
  if (weights.size() == 0) {
    const Eigen::Index freedom = y.size() - out.rank;
    out.covariance *= freedom > 0 ? out.chi2 / static_cast<double>(freedom) : 0;
  }
  return out;
}

}  // namespace tarn
