#pragma once
// Units: LAMMPS "metal" (Å, eV, u, ps, K), and the factors that lead out of them. CODATA 2018.

#include <cmath>
#include <numbers>

namespace tarn::units {

/// (rad/ps)² in one eV/(Å² u): an eigenvalue of the dynamical matrix in these is a squared angular frequency.
inline constexpr double rad2_per_ps2 = 9648.53321233;
/// Boltzmann's constant, eV/K.
inline constexpr double boltzmann = 8.617333262e-5;
/// ħ, eV ps.
inline constexpr double hbar = 6.582119569e-4;
/// THz (a frequency ν = ω/2π) in one rad/ps.
inline constexpr double THz_per_rad_per_ps = 0.5 / std::numbers::pi;
/// meV (ħω) in one rad/ps.
inline constexpr double meV_per_rad_per_ps = 1e3 * hbar;
/// bar in one eV/Å³.
inline constexpr double bar = 1.602176634e6;
/// GPa in one eV/Å³.
inline constexpr double GPa = 160.2176634;
/// g/cm³ in one u/Å³.
inline constexpr double g_per_cm3 = 1.66053906660;

/// ω in rad/ps of an eigenvalue in (rad/ps)²; −sqrt(|λ|) where it is negative: an unstable mode stays visible.
[[nodiscard]] inline double signed_frequency(double eigenvalue) {
  return std::copysign(std::sqrt(std::abs(eigenvalue)), eigenvalue);
}

}  // namespace tarn::units
