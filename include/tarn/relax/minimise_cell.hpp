#pragma once
// A sample brought to a minimum of its enthalpy H = E + PV, cell and atoms together.
//
// Variables: the atoms x_i in the cell at the start, and a symmetric strain ε that deforms all of it: r_i = F x_i, F = 1 + ε,
// cell vectors F h.
//   ∂H/∂x_i = −F f_i,   ∂H/∂ε = −sym[(W − PV 1) F⁻¹],   W the virial
// since dr_i = F dx_i + (dε F⁻¹) r_i: the second part is a strain dε F⁻¹ of the sample as it is, by which dE = −W : dε F⁻¹ and
// dV = V tr(dε F⁻¹), and ε is symmetric.
// A symmetric F does not turn the sample. ε enters as q = ε s, s = √N d, d = (V/N)^(1/3): in q the cell is about as stiff as an
// atom. Only a hydrostatic pressure has an enthalpy at finite strain, so no other stress can be asked for.

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <functional>
#include <numbers>
#include <utility>
#include <vector>

#include <Eigen/LU>

#include "tarn/core/error.hpp"
#include "tarn/core/units.hpp"
#include "tarn/relax/minimise.hpp"

namespace tarn {

/// What of the cell may change.
enum class CellFreedom {
  isotropic,  ///< the volume alone
  full,       ///< all six components of the strain
};

/// What minimise_with_cell aims at.
struct CellParams {
  double pressure_GPa = 0;
  CellFreedom freedom = CellFreedom::isotropic;
  /// Converged when W/V − P has no larger component (isotropic: its mean), and the forces are below Stop's.
  double max_stress_GPa = 1e-4;
  double length_of_strain = 10;  ///< Å that a strain of 1 counts as, where a minimiser limits its steps
};

/// The enthalpy of a sample (eV) as a function of 3N coordinates in its first cell (Å) and 1 or 6 components of the strain.
template <Potential P>
class CellObjective {
 public:
  /// Throws Error for parameters out of range and for a cell that is not periodic throughout.
  CellObjective(const Sample& sample, const P& potential, const CellParams& params, double max_force)
      : potential_(potential),
        params_(params),
        max_force_(max_force),
        first_(sample),
        sample_(sample),
        workspace_(potential.workspace(sample)) {
    if (!std::isfinite(params.pressure_GPa)) throw Error("a pressure of ", params.pressure_GPa, " GPa: it must be a number");
    if (!(params.max_stress_GPa > 0 && params.length_of_strain > 0))
      throw Error("the tolerance of the stress is ", params.max_stress_GPa, " GPa and the length of a strain ",
                  params.length_of_strain, " Å: both must be positive");
    for (const bool periodic : sample.cell.periodic)
      if (!periodic) throw Error("the cell can be relaxed only where it is periodic in all three directions");
    const double n = static_cast<double>(sample.size());
    scale_ = std::sqrt(n) * std::cbrt(sample.cell.volume_A3() / n);
    if (params.freedom == CellFreedom::isotropic) {
      strains_ = {Mat3::Identity() * std::numbers::inv_sqrt3};
    } else {  // orthonormal: B_k : B_l = δ_kl
      for (const auto& [a, b] : {std::pair{0, 0}, {1, 1}, {2, 2}, {1, 2}, {0, 2}, {0, 1}}) {
        Mat3 strain = Mat3::Zero();
        strain(a, b) = strain(b, a) = a == b ? 1 : 1 / std::numbers::sqrt2;
        strains_.push_back(strain);
      }
    }
  }

  [[nodiscard]] Vector start() const {
    Vector x = Vector::Zero(atoms() + static_cast<Eigen::Index>(strains_.size()));
    Eigen::Map<Vectors>(x.data(), 3, first_.size()) = first_.positions.colwise() - first_.cell.origin;
    return x;
  }
  double evaluate(const Vector& x, Vector& gradient) {
    at_ = x;
    const Mat3 F = deformation(x);
    const double growth = F.determinant();
    if (!(growth > 0.05 && growth < 20))
      throw Error("the cell has come to ", growth, " times its first volume: at ", params_.pressure_GPa,
                  " GPa this sample does not hold together");
    sample_.cell.vectors = F * first_.cell.vectors;
    sample_.positions = (F * Eigen::Map<const Vectors>(x.data(), 3, first_.size())).colwise() + first_.cell.origin;
    last_ = potential_.evaluate(sample_, workspace_);
    if (!last_.virial_eV.allFinite())
      throw Error(
          "the potential gives no virial (Evaluation::virial_eV), without which a cell cannot be minimised: minimise at fixed "
          "cell");
    const double volume = sample_.cell.volume_A3(), pv = params_.pressure_GPa / units::GPa * volume;
    Eigen::Map<Vectors>(gradient.data(), 3, first_.size()) = -(F * last_.forces);
    const Mat3 by_strain = -(last_.virial_eV - pv * Mat3::Identity()) * F.inverse();
    for (std::size_t k = 0; k < strains_.size(); ++k)
      gradient[atoms() + static_cast<Eigen::Index>(k)] = strains_[k].cwiseProduct(by_strain).sum() / scale_;
    return last_.energy_eV + pv;
  }
  [[nodiscard]] double residual(const Vector&) const {
    return std::max(last_.max_force(), max_stress_GPa() * max_force_ / params_.max_stress_GPa);
  }
  [[nodiscard]] double length(const Vector& step) const {
    const double atom = Eigen::Map<const Vectors>(step.data(), 3, first_.size()).colwise().norm().maxCoeff();
    return std::max(atom, step.tail(step.size() - atoms()).norm() / scale_ * params_.length_of_strain);
  }
  [[nodiscard]] double max_stress_GPa() const {
    const Mat3 excess = last_.virial_eV * (units::GPa / sample_.cell.volume_A3()) - params_.pressure_GPa * Mat3::Identity();
    return params_.freedom == CellFreedom::isotropic ? std::abs(excess.trace()) / 3 : excess.cwiseAbs().maxCoeff();
  }

  [[nodiscard]] const Sample& sample() const { return sample_; }
  [[nodiscard]] const Evaluation& last() const { return last_; }
  [[nodiscard]] bool is_at(const Vector& x) const { return at_ == x; }

 private:
  [[nodiscard]] Eigen::Index atoms() const { return 3 * first_.size(); }
  [[nodiscard]] Mat3 deformation(const Vector& x) const {
    Mat3 F = Mat3::Identity();
    for (std::size_t k = 0; k < strains_.size(); ++k) F += strains_[k] * (x[atoms() + static_cast<Eigen::Index>(k)] / scale_);
    return F;
  }

  const P& potential_;
  CellParams params_;
  double max_force_, scale_ = 1;
  std::vector<Mat3> strains_;
  Sample first_, sample_;
  typename P::Workspace workspace_;
  Evaluation last_;
  Vector at_;
};

/// Atoms and cell at the given pressure; last.energy_eV is E, without PV. The sample keeps its origin and does not turn. Throws
/// as minimise() does, and Error where the volume runs away (below 1/20 or above 20 times the first).
template <Potential P, Minimiser M = DefaultMinimiser, Observer Watcher = Silent>
[[nodiscard]] Relaxation minimise_with_cell(const Sample& sample, const P& potential, const CellParams& params = {},
                                            const M& minimiser = {}, const Stop& stop = {}, Watcher&& observer = {}) {
  sample.check();
  CellObjective<P> objective(sample, potential, params, stop.max_force);
  ObjectiveView<CellObjective<P>> view(objective);
  return relaxation(objective, minimiser.minimise(view, objective.start(), stop, std::ref(observer)));
}

/// Chosen where the one above cannot be: so that the compiler says in one screen which argument is wrong.
template <class P, class C = CellParams, class M = DefaultMinimiser, class Watcher = Silent>
requires(!(Potential<P> && std::convertible_to<C, CellParams> && Minimiser<M> && Observer<Watcher>)) Relaxation
    minimise_with_cell(const Sample&, const P&, const C& = {}, const M& = {}, const Stop& = {}, Watcher&& = {}) {
  static_assert(Potential<P>,
                "minimise_with_cell(sample, potential, cell, minimiser, stop, observer): argument 2 is no Potential, see below");
  static_assert(std::convertible_to<C, CellParams>,
                "minimise_with_cell(sample, potential, cell, minimiser, stop, observer): argument 3 is no CellParams");
  static_assert(Minimiser<M>,
                "minimise_with_cell(sample, potential, cell, minimiser, stop, observer): argument 4 is no Minimiser, see below");
  static_assert(Observer<Watcher>,
                "minimise_with_cell(sample, potential, cell, minimiser, stop, observer): argument 6 must "
                "return whether to go on");
  return {};
}

}  // namespace tarn
