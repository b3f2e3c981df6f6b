#pragma once
// Classical mean-square displacement of each atom about its place, by the harmonic modes: equipartition, ½ k_B T in each.
//
//   ⟨u_i²⟩/T = (k_B/m_i) Σ_j |e_j^i|²/ω_j²,   Σ over the stable modes
//   A. A. Maradudin, E. W. Montroll, G. H. Weiss, I. P. Ipatova, Theory of Lattice Dynamics in the Harmonic Approximation (1971), ch. VII.

#include "tarn/core/error.hpp"
#include "tarn/core/units.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/vibration/modes.hpp"

namespace tarn {

/// Of each atom, and what the sum leaves out.
struct VibrationalDisplacement {
  Vector A2_per_K;  ///< N, ⟨u_i²⟩/T
  /// Unstable and marginal modes, which have no finite amplitude: with any, the figures are those of the others.
  Eigen::Index left_out = 0;
  bool complete = true;  ///< false where modes above the computed ones are missing: a lower bound, close since they carry 1/ω²
};

/// `masses`: N, u. Throws Error where masses, modes and census do not fit.
[[nodiscard]] inline VibrationalDisplacement vibrational_displacement(const Modes& modes, const ModeCensus& census,
                                                                      const Vector& masses) {
  modes.check(masses);
  census.check(modes);
  VibrationalDisplacement displacement{Vector::Zero(masses.size()), census.unstable + census.marginal, modes.complete()};
  for (Eigen::Index j = 0; j < modes.count(); ++j) {
    if (!census.is(j, ModeKind::stable)) continue;
    const Eigen::Map<const Vectors> e(modes.vectors.col(j).data(), 3, masses.size());
    displacement.A2_per_K += e.colwise().squaredNorm().transpose() / (modes.omega_rad_per_ps[j] * modes.omega_rad_per_ps[j]);
  }
  // k_B in eV/K over u (rad/ps)² is Å²/K times the factor between eV/(Å² u) and (rad/ps)²
  displacement.A2_per_K.array() *= units::boltzmann * units::rad2_per_ps2 / masses.array();
  return displacement;
}

}  // namespace tarn
