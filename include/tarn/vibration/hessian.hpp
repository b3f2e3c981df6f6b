#pragma once
// Hessian of the energy as an operator: its product takes two passes over the pairs and never the 63 million numbers of the assembled matrix of 19652 atoms.

#include <type_traits>
#include <utility>
#include <vector>

#include "tarn/core/scratch.hpp"
#include "tarn/vibration/hessian_factors.hpp"
#include "tarn/vibration/hessian_product.hpp"

namespace tarn {

/// The Hessian of one configuration, eV/Å². Products run on the executor; the same bits for any number of threads. They may be
/// called from several threads at once; each keeps its scratch for the next (about 100 bytes an atom, 512 for sixteen vectors).
template <class E = Serial>
class Hessian {
  static_assert(Executor<E>, "Hessian needs an Executor: add the member that is named below");

 public:
  /// With a `skin` (Å) > 0 update() is ten times cheaper than a new Hessian while no atom moves by more than half of it.
  /// `frozen`: as for HessianFactors.
  /// Throws Error where the sample is unfit, the potential lacks an element, atoms are too close, or a stiffness is not finite.
  template <TwiceDifferentiable P>
  Hessian(const Sample& sample, const P& potential, E executor, double skin_A = 0, FrozenAtoms frozen = {})
      : executor_(std::move(executor)), factors_(sample, potential, executor_, skin_A, std::move(frozen)) {}
  template <TwiceDifferentiable P>
  Hessian(const Sample& sample, const P& potential) : Hessian(sample, potential, potential.executor()) {}
  /// Makes this the Hessian of another configuration; not while products run.
  template <TwiceDifferentiable P>
  void update(const Sample& sample, const P& potential) {
    factors_.update(sample, potential, executor_);
  }

  template <class P>
  requires(!TwiceDifferentiable<P>) Hessian(const Sample&, const P& /* forces alone: use FiniteDifferenceHessian */)
  = delete;

  [[nodiscard]] Eigen::Index rows() const { return 3 * atoms(); }
  [[nodiscard]] Eigen::Index cols() const { return 3 * atoms(); }
  [[nodiscard]] Eigen::Index atoms() const { return factors_.atoms(); }
  [[nodiscard]] const E& executor() const { return executor_; }
  /// The pairs and F'': what assembled forms are made of.
  [[nodiscard]] const HessianFactors& factors() const { return factors_; }

  /// H·V for the columns of V (3N × M), sixteen and eight at a time.
  [[nodiscard]] Matrix operator*(const Matrix& v) const {
    if (v.rows() != rows()) throw Error("the Hessian has ", rows(), " rows, the vectors have ", v.rows());
    Matrix out(v.rows(), v.cols());
    Eigen::Index done = 0;
    const auto many = [&]<std::size_t N>(Scratch<WideRows<N>>& from) {
      constexpr auto wide = static_cast<Eigen::Index>(N);
      if (v.cols() - done < wide) return;
      typename Scratch<WideRows<N>>::Loan scratch(from);
      for (; done + wide <= v.cols(); done += wide)
        multiply(factors_, executor_, *scratch, v.data() + done * v.rows(), out.data() + done * v.rows());
    };
    many(sixteen_);
    many(eight_);
    for (; done < v.cols(); ++done) perform_op(v.data() + done * v.rows(), out.data() + done * v.rows());
    return out;
  }
  [[nodiscard]] Vector operator*(const Vector& v) const {
    if (v.size() != rows()) throw Error("the Hessian has ", rows(), " rows, the vector has ", v.size());
    Vector out(v.size());
    perform_op(v.data(), out.data());
    return out;
  }
  using Scalar = double;
  /// y = H x, 3N numbers each: the operator interface of iterative solvers.
  void perform_op(const double* x, double* y) const {
    typename Scratch<ProductRows>::Loan scratch(one_);
    multiply(factors_, executor_, *scratch, x, y);
  }

 private:
  E executor_;
  HessianFactors factors_;
  mutable Scratch<ProductRows> one_;
  mutable Scratch<WideRows<8>> eight_;
  mutable Scratch<WideRows<16>> sixteen_;
};

template <TwiceDifferentiable P>  // constrained: clang 14 else prefers the guide that the constructor makes, with Serial
Hessian(const Sample&, const P&)->Hessian<std::remove_cvref_t<decltype(std::declval<const P&>().executor())>>;

}  // namespace tarn
