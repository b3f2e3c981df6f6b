#pragma once
// Hessian of any potential, by central differences of its forces: for potentials that have nothing but forces.
//
//   H v ≈ −[F(x + h v/|v|∞) − F(x − h v/|v|∞)] |v|∞ / 2h,  error h² in the third derivatives of the forces plus their rounding over h
// Where a potential is TwiceDifferentiable, hessian.hpp is exact and a thousand times faster.

#include <cmath>
#include <functional>
#include <utility>

#include "tarn/core/observer.hpp"
#include "tarn/potential/potential.hpp"

namespace tarn {

/// The step of the differences.
struct FiniteDifference {
  double step_A = 1e-3;  ///< largest displacement of a coordinate
};

/// The operator: one product costs two evaluations. Keeps references to nothing but the potential, which must outlive it.
template <Potential P>
class FiniteDifferenceHessian {
 public:
  using Scalar = double;
  /// Throws Error for a step that is not positive, and as the potential does.
  FiniteDifferenceHessian(Sample sample, const P& potential, FiniteDifference params = {})
      : potential_(&potential),
        sample_(std::move(sample)),
        moved_(sample_),
        workspace_(potential.workspace(sample_)),
        params_(params) {
    if (!(params.step_A > 0 && std::isfinite(params.step_A)))
      throw Error("a finite difference needs a positive step, ", params.step_A, " Å given");
  }
  [[nodiscard]] Eigen::Index rows() const { return 3 * sample_.size(); }
  [[nodiscard]] Eigen::Index cols() const { return rows(); }
  /// y ≈ H x, 3N numbers each, eV/Å² times the unit of x. One call at a time: the object holds scratch.
  void perform_op(const double* x, double* y) const {
    const Eigen::Map<const Vector> v(x, rows());
    const double size = v.size() == 0 ? 0 : v.cwiseAbs().maxCoeff();
    Eigen::Map<Vector> out(y, rows());
    if (size == 0) {
      out.setZero();
      return;
    }
    if (!std::isfinite(size)) throw Error("the Hessian is asked for its product with a vector that is not finite");
    const double step = params_.step_A / size;
    flat(moved_.positions) = flat(sample_.positions) + step * v;
    out = flat(potential_->evaluate(moved_, workspace_).forces);
    flat(moved_.positions) = flat(sample_.positions) - step * v;
    out = (flat(potential_->evaluate(moved_, workspace_).forces) - out) / (2 * step);
  }
  [[nodiscard]] Vector operator*(const Vector& v) const {
    if (v.size() != rows()) throw Error("the Hessian has ", rows(), " rows, the vector has ", v.size());
    Vector out(rows());
    perform_op(v.data(), out.data());
    return out;
  }

 private:
  const P* potential_;
  Sample sample_;
  mutable Sample moved_;
  mutable typename P::Workspace workspace_;
  FiniteDifference params_;
};

/// The dense matrix, 3N × 3N, eV/Å², made symmetric: 6N evaluations. Throws as the above; Cancelled when the observer says stop.
template <Potential P, Observer Watcher = Silent>
[[nodiscard]] Matrix finite_difference_hessian(const Sample& sample, const P& potential, FiniteDifference params = {},
                                               Watcher&& observer = {}) {
  const FiniteDifferenceHessian<P> hessian(sample, potential, params);
  Matrix out(hessian.rows(), hessian.rows());
  Vector unit = Vector::Zero(hessian.rows());
  for (Eigen::Index k = 0; k < hessian.rows(); ++k) {
    report(observer, {"differencing forces", k, hessian.rows()});
    unit[k] = 1;
    hessian.perform_op(unit.data(), out.col(k).data());
    unit[k] = 0;
  }
  return 0.5 * (out + out.transpose());
}

}  // namespace tarn
