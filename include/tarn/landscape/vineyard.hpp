#pragma once
// How often a barrier is tried: the prefactor of the rate over a saddle, in the harmonic approximation.
//
//   ν* = Π ν_i(minimum) / Π' ν_i(saddle),  ν = ω/2π,
// over the 3N − 3 frequencies of the minimum that are not translations (3N − 6 of a cluster, without rotations), and those of the saddle without the unstable one.
// G. H. Vineyard, J. Phys. Chem. Solids 3, 121 (1957). The products are determinants of the dynamical matrices, their zero modes lifted to one; no mode is computed but
// the unstable one. ν* exp(−ΔQ/kT) is the rate of leaving by one saddle, of which symmetry or mirror images are others.
//
// A free cluster also rotates. Of the partition functions of its rigid motions in the rate of H. Eyring, J. Chem. Phys. 3, 107 (1935), those of translation cancel,
// those of rotation leave √(I_a I_b I_c at the saddle / I_a I_b I_c at the minimum) with the principal moments of inertia I: this factor, near one where the
// shape hardly changes, is not in ν*.

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include <Eigen/Cholesky>

#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/random.hpp"
#include "tarn/core/units.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/landscape/lanczos.hpp"
#include "tarn/landscape/rigid_motions.hpp"
#include "tarn/vibration/dynamical_matrix.hpp"

namespace tarn {

/// What of a stationary point enters ν*.
struct HarmonicPoint {
  double log_determinant = 0;  ///< of the eigenvalues in (rad/ps)² that are positive: Σ ln ω²
  Eigen::Index modes = 0;      ///< how many these are
  double unstable = 0;         ///< the negative eigenvalue, (rad/ps)²; 0 at a minimum
};

/// Of the Hessian (eV/Å²) at the positions of a sample with masses, with `unstable` negative eigenvalues, 0 or 1. Rotations are zero modes where no direction
/// is periodic. Throws Error where the sizes differ, there are no masses, or the number of negative eigenvalues is another.
[[nodiscard]] inline HarmonicPoint harmonic_point(const Sample& sample, Matrix hessian, int unstable) {
  if (unstable != 0 && unstable != 1) throw Error("a harmonic point with ", unstable, " unstable modes: 0 or 1");
  const Vector weight = inverse_root_masses(sample);
  Matrix d = dense_dynamical_matrix(sample, std::move(hessian));
  if (!d.allFinite()) throw Error("the Hessian has an element that is not a number");
  // rigid motions u of the atoms are √m u in mass-weighted coordinates
  const bool cluster = sample.cell.periodic == std::array<bool, 3>{};
  Matrix rigid =
      rigid_motions(flat(sample.positions), cluster ? RigidMotions::translations_and_rotations : RigidMotions::translations);
  for (Eigen::Index k = 0; k < rigid.cols(); ++k) {
    rigid.col(k).array() /= weight.array();
    for (int twice = 0; twice < 2; ++twice) rigid.col(k) -= rigid.leftCols(k) * (rigid.leftCols(k).transpose() * rigid.col(k));
    rigid.col(k).normalize();
  }
  const double scale = d.diagonal().cwiseAbs().mean();
  HarmonicPoint out;
  out.modes = d.rows() - rigid.cols() - unstable;
  if (out.modes < 0) throw Error("a sample of ", sample.size(), " atoms has no vibrations");
  d.selfadjointView<Eigen::Lower>().rankUpdate(rigid, scale);  // from zero to `scale`
  if (unstable == 1) {
    const auto product = [&](const Vector& v, Vector& w) { w.noalias() = d.selfadjointView<Eigen::Lower>() * v; };
    const auto confine = [&](Vector& v) { project_out(rigid, v); };
    RandomStream random(1);
    Vector start(d.rows());
    for (double& x : start) x = random.normal();
    constexpr int most = 1000;
    const LowestMode mode =
        Lanczos{}(product, confine, start, {.relative = 1e-6, .absolute = 1e-12 * scale, .max_products = most}, random);
    out.unstable = mode.lowest.value;
    if (!(out.unstable < 0)) throw Error("no eigenvalue of the Hessian is negative: not a saddle");
    if (!mode.accurate) throw Error("the unstable mode is not found to six digits in ", most, " products");
    d.selfadjointView<Eigen::Lower>().rankUpdate(mode.vector, scale - out.unstable);
  }
  const Eigen::LLT<Eigen::Ref<Matrix>> factors(d);  // in its place
  if (factors.info() != Eigen::Success)
    throw Error("the Hessian has ", unstable == 0 ? "a negative eigenvalue: not a minimum"
                                                  : "more than one negative eigenvalue: not a first-order saddle");
  out.log_determinant = 2 * d.diagonal().array().log().sum() - static_cast<double>(rigid.cols() + unstable) * std::log(scale);
  return out;
}

/// ν*, THz. Throws Error where the two are not those of a minimum and a saddle of one sample.
[[nodiscard]] inline double vineyard_prefactor_THz(const HarmonicPoint& minimum, const HarmonicPoint& saddle) {
  if (minimum.unstable != 0 || !(saddle.unstable < 0) || minimum.modes != saddle.modes + 1)
    throw Error("a minimum with ", minimum.modes, " and a saddle with ", saddle.modes,
                " stable modes: one more is expected at the minimum");
  return std::exp(0.5 * (minimum.log_determinant - saddle.log_determinant)) * units::THz_per_rad_per_ps;
}

}  // namespace tarn
