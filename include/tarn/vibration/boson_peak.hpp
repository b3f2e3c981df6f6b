#pragma once
// The boson peak: the maximum of the reduced density of states g/ω² on a stated window, of the sample and of each atom.
//
//   I_BP = max_ω g(ω)/ω²,   I_BP^i = max_ω g_i(ω)/ω²   (ps³)
//   Z.-Y. Yang, Y.-J. Wang, A. Zaccone, arXiv:2104.13740 (2022), eq. 1 and what follows it.
//
// The window is part of the result: the tail of a Gaussian over ω² diverges at ω → 0, and an atom's maximum far above the sample's is no
// boson peak; so each atom's frequency of the maximum, and its value at the sample's own peak, stand beside the maximum. By its norm
// I_BP^i falls as 1/N: N·I_BP^i compares samples of different size.

#include <cmath>
#include <optional>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/vibration/broadening.hpp"
#include "tarn/vibration/density_of_states.hpp"
#include "tarn/vibration/modes.hpp"

namespace tarn {

/// Where the maximum is looked for: the points first, first + step, …, last. The default is a choice, that of the reference data in tests/data.
struct PeakWindow {
  double first_rad_per_ps = 2;
  double last_rad_per_ps = 15;
  double step_rad_per_ps = 0.05;

  /// The points. Throws Error as frequency_grid, and where the window begins at 0, where 1/ω² has no value.
  [[nodiscard]] Vector grid() const {
    if (!(first_rad_per_ps > 0))
      throw Error("a window for the boson peak from ", first_rad_per_ps, " rad/ps: it must begin above 0");
    return frequency_grid(first_rad_per_ps, last_rad_per_ps, step_rad_per_ps);
  }
  /// As much of the window as lies within `reach` (a spectrum_reach), in whole steps; nothing where that is less than two.
  [[nodiscard]] std::optional<PeakWindow> within(double reach_rad_per_ps) const {
    if (last_rad_per_ps <= reach_rad_per_ps) return *this;
    double steps = std::floor((reach_rad_per_ps - first_rad_per_ps) / step_rad_per_ps);
    if (first_rad_per_ps + steps * step_rad_per_ps > reach_rad_per_ps) --steps;  // by rounding
    if (!(steps >= 2)) return std::nullopt;
    return PeakWindow{first_rad_per_ps, first_rad_per_ps + steps * step_rad_per_ps, step_rad_per_ps};
  }
};

/// The reduced density of states on a window, and its maxima: the sample's and each atom's.
struct BosonPeak {
  Vector omega_rad_per_ps;      ///< K points of the window
  Vector reduced_ps3;           ///< K, g/ω² of the sample
  double height_ps3 = 0;        ///< its maximum over the points
  double peak_rad_per_ps = 0;   ///< and where that is
  bool at_edge = false;         ///< the maximum is the window's first or last point: no peak inside
  Vector atom_height_ps3;       ///< N, I_BP of each atom
  Vector atom_peak_rad_per_ps;  ///< N, where each atom's maximum is
  Vector atom_at_peak_ps3;      ///< N, g_i/ω² at the sample's own peak; the sum is height_ps3

  /// N·I_BP of each atom, ps³: compares samples of different size.
  [[nodiscard]] Vector scaled_ps3() const { return static_cast<double>(atom_height_ps3.size()) * atom_height_ps3; }
};

/// The peaks of sample and atoms. Memory: N × K numbers. Throws Error as projected_density_of_states and PeakWindow::grid, and where no
/// mode has weight in the window.
template <Broadening B = GaussianBroadening>
[[nodiscard]] BosonPeak boson_peak(const Modes& modes, const ModeCensus& census, const B& broadening = {},
                                   const PeakWindow& window = {}) {
  const Vector omega = window.grid();
  Matrix reduced = projected_density_of_states(modes, census, broadening, omega);
  reduced *= omega.cwiseAbs2().cwiseInverse().asDiagonal();

  BosonPeak peak;
  peak.omega_rad_per_ps = omega;
  peak.reduced_ps3 = reduced.colwise().sum();
  Eigen::Index at = 0;
  peak.height_ps3 = peak.reduced_ps3.maxCoeff(&at);
  if (!(peak.height_ps3 > 0))
    throw Error("no mode has weight between ", window.first_rad_per_ps, " and ", window.last_rad_per_ps,
                " rad/ps: widen the window");
  peak.peak_rad_per_ps = omega[at];
  peak.at_edge = at == 0 || at == omega.size() - 1;
  peak.atom_at_peak_ps3 = reduced.col(at);
  peak.atom_height_ps3.resize(reduced.rows());
  peak.atom_peak_rad_per_ps.resize(reduced.rows());
  for (Eigen::Index i = 0; i < reduced.rows(); ++i) {
    Eigen::Index k = 0;
    peak.atom_height_ps3[i] = reduced.row(i).maxCoeff(&k);
    peak.atom_peak_rad_per_ps[i] = omega[k];
  }
  return peak;
}

/// Whether a peak stands clear of the box's lowest transverse phonons: ω_peak > 2 ω₁. Below that it may be their shell, no boson peak.
/// Throws Error unless ω₁ is positive.
[[nodiscard]] inline bool peak_resolved(double peak_rad_per_ps, double omega_1_rad_per_ps) {
  if (!(omega_1_rad_per_ps > 0))
    throw Error("lowest transverse phonons at ", omega_1_rad_per_ps, " rad/ps: a frequency above 0 is expected");
  return peak_rad_per_ps > 2 * omega_1_rad_per_ps;
}

}  // namespace tarn
