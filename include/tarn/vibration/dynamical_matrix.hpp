#pragma once
// Dynamical matrix D = M^{-1/2} H M^{-1/2}: its eigenvalues are the squares of the angular frequencies, (rad/ps)².

#include <vector>

#include "tarn/atoms/elements.hpp"
#include "tarn/core/units.hpp"
#include "tarn/vibration/assembled_hessian.hpp"
#include "tarn/vibration/hessian.hpp"

namespace tarn {

/// √(unit / m) of each of the 3N coordinates, unit such that D comes out in (rad/ps)². Throws Error where the sample has no masses.
[[nodiscard]] inline Vector inverse_root_masses(const Sample& sample) {
  require_masses(sample);
  Vector out(3 * sample.size());
  for (Eigen::Index i = 0; i < sample.size(); ++i) {
    if (!(sample.masses[i] > 0))
      throw Error("atom ", sample.ids[static_cast<std::size_t>(i)], " has mass ", sample.masses[i], " u: it must be positive");
    out.segment<3>(3 * i).setConstant(std::sqrt(units::rad2_per_ps2 / sample.masses[i]));
  }
  return out;
}

/// D as an operator on mass-weighted vectors, from any operator H with rows() and perform_op().
template <class H>
class DynamicalOperator {
 public:
  using Scalar = double;
  /// Keeps a copy of `hessian`. Throws Error for missing masses or a size that differs.
  DynamicalOperator(const Sample& sample, H hessian)
      : hessian_(std::move(hessian)), weight_(inverse_root_masses(sample)), scratch_(weight_.size()) {
    if (hessian_.rows() != weight_.size())
      throw Error("the Hessian has ", hessian_.rows(), " rows, the sample ", weight_.size(), " coordinates");
  }
  [[nodiscard]] Eigen::Index rows() const { return weight_.size(); }
  [[nodiscard]] Eigen::Index cols() const { return weight_.size(); }
  /// y = D x. One call at a time: the object holds scratch.
  void perform_op(const double* x, double* y) const {
    scratch_ = weight_.cwiseProduct(Eigen::Map<const Vector>(x, rows()));
    hessian_.perform_op(scratch_.data(), y);
    Eigen::Map<Vector>(y, rows()).array() *= weight_.array();
  }

 private:
  H hessian_;
  Vector weight_;
  mutable Vector scratch_;
};

/// D as an operator.
template <TwiceDifferentiable P>
[[nodiscard]] auto dynamical_operator(const Sample& sample, const P& potential) {
  return DynamicalOperator(sample, Hessian(sample, potential));
}
template <Potential P>
requires(!TwiceDifferentiable<P>) DynamicalOperator<Matrix> dynamical_operator(
    const Sample&, const P& /* forces alone: give DynamicalOperator their FiniteDifferenceHessian */)
= delete;

/// D as a dense matrix, 3N × 3N, (rad/ps)², in place of the Hessian, eV/Å²: of forces alone, finite_difference_hessian().
/// Throws Error for missing masses or a size that differs.
[[nodiscard]] inline Matrix dense_dynamical_matrix(const Sample& sample, Matrix hessian) {
  const Vector weight = inverse_root_masses(sample);
  if (hessian.rows() != weight.size() || hessian.cols() != weight.size())
    throw Error("the Hessian has ", hessian.rows(), " rows and ", hessian.cols(), " columns, the sample ", weight.size(),
                " coordinates");
  for (Eigen::Index j = 0; j < hessian.cols(); ++j) hessian.col(j).array() *= weight.array() * weight[j];
  return hessian;
}

/// The same from a potential: 72 N² bytes.
template <TwiceDifferentiable P>
[[nodiscard]] Matrix dense_dynamical_matrix(const Sample& sample, const P& potential) {
  require_masses(sample);
  return dense_dynamical_matrix(sample, dense_hessian(sample, potential));
}
template <Potential P>
requires(!TwiceDifferentiable<P>) Matrix
    dense_dynamical_matrix(const Sample&, const P& /* forces alone: give it their finite_difference_hessian() */)
= delete;

/// The same by blocks.
template <TwiceDifferentiable P>
[[nodiscard]] BlockSparse sparse_dynamical_matrix(const Sample& sample, const P& potential) {
  const Vector weight = inverse_root_masses(sample);
  BlockSparse out = assemble(Hessian(sample, potential));
  for (std::size_t i = 0; i + 1 < out.start.size(); ++i)
    for (std::size_t k = out.start[i]; k < out.start[i + 1]; ++k)
      for (double& value : out.block[k]) value *= weight[3 * static_cast<Eigen::Index>(i)] * weight[3 * out.column[k]];
  return out;
}

}  // namespace tarn
