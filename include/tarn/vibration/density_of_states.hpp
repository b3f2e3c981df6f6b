#pragma once
// Vibrational density of states, total, by element, and projected on each atom.
//
//   g(ω) = (1/3N) Σ_j δ(ω − ω_j),   g_i(ω) = (1/3N) Σ_j δ(ω − ω_j) |e_j^i|²,   Σ_i g_i = g
//   Z.-Y. Yang, Y.-J. Wang, A. Zaccone, arXiv:2104.13740 (2022), eq. 1.
//
// The sums run over the stable modes; the norm is that of all 3N degrees of freedom, so ∫g = (stable modes)/3N: 1 − 3/3N where the three
// translations are all that is left out. Unstable and marginal modes have no place at ω > 0; what they weigh is told.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/vibration/broadening.hpp"
#include "tarn/vibration/modes.hpp"

namespace tarn {

/// first, first + step, … up to `last`, both ends included, rad/ps. Throws Error unless 0 ≤ first < last and the step is positive and
/// divides the range to 1e-6 of itself into at most 10⁷ steps.
[[nodiscard]] inline Vector frequency_grid(double first, double last, double step) {
  if (!(first >= 0 && last > first && step > 0 && std::isfinite(last)))
    throw Error("a frequency grid from ", first, " to ", last, " rad/ps in steps of ", step,
                ": 0 ≤ first < last and a step above 0 are expected");
  const double steps = std::round((last - first) / step);
  if (std::abs(first + steps * step - last) > 1e-6 * step + 1e-12 * last)
    throw Error("a frequency grid from ", first, " to ", last, " rad/ps: the step ", step, " does not divide the range");
  if (steps > 1e7) throw Error("a frequency grid of ", steps, " points: take a larger step");
  return Vector::NullaryExpr(static_cast<Eigen::Index>(steps) + 1,
                             [&](Eigen::Index k) { return first + static_cast<double>(k) * step; });
}

/// Up to which frequency a spectrum of these modes lacks nothing, rad/ps: what modes that were not computed would add begins a tail of
/// the line shape below the highest one. Infinity where all modes are there.
template <Broadening B>
[[nodiscard]] double spectrum_reach(const Modes& modes, const B& broadening) {
  return modes.reach_rad_per_ps() - broadening.tail();
}

/// step, 2 step, … as far as the modes fill a spectrum: to spectrum_reach, or, where all modes are there, to the tail of the highest.
/// Empty where that is below one step. Throws Error unless the step is positive and leaves at most 10⁷ points.
template <Broadening B>
[[nodiscard]] Vector spectrum_grid(const Modes& modes, const B& broadening, double step) {
  if (!(step > 0 && std::isfinite(step))) throw Error("a spectrum in steps of ", step, " rad/ps: a step above 0 is expected");
  if (modes.count() == 0) return {};
  const double highest = std::max(modes.omega_rad_per_ps[modes.count() - 1], 0.0) + broadening.tail();
  const double end = std::min(highest, spectrum_reach(modes, broadening));
  double points = std::floor(end / step);
  if (points < 1) return {};
  if (points > 1e7) throw Error("a spectrum of ", points, " points: take a larger step");
  if (points * step > end) --points;  // by rounding
  return Vector::NullaryExpr(static_cast<Eigen::Index>(points),
                             [&](Eigen::Index k) { return static_cast<double>(k + 1) * step; });
}

namespace detail {

/// Throws Error unless the grid ascends, begins at 0 or above, and modes and census can fill it.
template <Broadening B>
void check_spectrum(const Modes& modes, const ModeCensus& census, const B& broadening, const Vector& grid) {
  modes.check();
  broadening.check();
  census.check(modes);
  if (grid.size() == 0) throw Error("a frequency grid without points");
  for (Eigen::Index k = 0; k < grid.size(); ++k)
    if (!(grid[k] >= 0 && std::isfinite(grid[k])) || (k > 0 && grid[k] <= grid[k - 1]))
      throw Error("point ", k + 1, " of the frequency grid is ", grid[k], " rad/ps: ascending values from 0 on are expected");
  const double reach = spectrum_reach(modes, broadening);
  if (grid[grid.size() - 1] > reach)
    throw Error("a spectrum up to ", grid[grid.size() - 1], " rad/ps from ", modes.count(), " of ", modes.vectors.rows(),
                " modes, which are complete up to ", modes.reach_rad_per_ps(), " and with this broadening fill it up to ",
                std::max(0.0, reach), ": compute more modes or end the grid there");
}

/// Calls add(first mode, one past the last, first grid point, lines) for blocks of modes and the grid points that they reach; `lines` is
/// modes of the block × grid points, δ(ω − ω_j)/3N.
template <Broadening B, class Add>
void for_each_block(const Modes& modes, const ModeCensus& census, const B& broadening, const Vector& grid, Add&& add) {
  constexpr Eigen::Index block = 256;  // bounds the memory: 256 × (3N… grid) numbers at a time
  const double norm = 1.0 / static_cast<double>(modes.vectors.rows());
  const double *begin = grid.data(), *end = begin + grid.size();
  for (Eigen::Index first = 0; first < modes.count(); first += block) {
    const Eigen::Index last = std::min(first + block, modes.count());
    const auto from = std::lower_bound(begin, end, modes.omega_rad_per_ps[first] - broadening.reach()) - begin;
    const auto to = std::upper_bound(begin, end, modes.omega_rad_per_ps[last - 1] + broadening.reach()) - begin;
    if (from >= to) continue;
    const Matrix lines = Matrix::NullaryExpr(last - first, to - from, [&](Eigen::Index j, Eigen::Index k) {
      return census.is(first + j, ModeKind::stable) ? norm * broadening(grid[from + k], modes.omega_rad_per_ps[first + j]) : 0.0;
    });
    add(first, last, from, lines);
  }
}

}  // namespace detail

/// g on a grid, and what it leaves out.
struct DensityOfStates {
  Vector omega_rad_per_ps;     ///< K grid points
  Vector total_ps;             ///< K, g
  Matrix by_element_ps;        ///< K × elements; the rows sum to g
  double weight = 0;           ///< ∫g over all ω: stable modes / 3N
  double unstable_weight = 0;  ///< unstable modes / 3N, left out
  double marginal_weight = 0;  ///< marginal modes / 3N, left out
  double missing_weight = 0;   ///< modes that were not computed / 3N; the grid ends below them

  /// g/ω², ps³. At ω = 0 it is infinite where g is not 0, and 0 where it is.
  [[nodiscard]] Vector reduced_ps3() const {
    return Vector::NullaryExpr(total_ps.size(), [&](Eigen::Index k) {
      return total_ps[k] == 0 ? 0.0 : total_ps[k] / (omega_rad_per_ps[k] * omega_rad_per_ps[k]);
    });
  }
};

/// Total and by element. `species`: N, index of each atom's element; `elements`: how many there are; `grid`: ascending, rad/ps.
/// Throws Error where the parts do not fit, or the grid goes beyond what the computed modes fill (spectrum_reach).
template <Broadening B>
[[nodiscard]] DensityOfStates density_of_states(const Modes& modes, const ModeCensus& census, const std::vector<int>& species,
                                                Eigen::Index elements, const B& broadening, const Vector& grid) {
  detail::check_spectrum(modes, census, broadening, grid);
  const Eigen::Index atoms = modes.atoms();
  if (species.size() != static_cast<std::size_t>(atoms)) throw Error(species.size(), " species for modes of ", atoms, " atoms");
  for (const int s : species)
    if (s < 0 || s >= elements) throw Error("species ", s, " of ", elements, ": species count from 0");

  const double dimension = static_cast<double>(modes.vectors.rows());
  const auto share = [&](Eigen::Index count) { return static_cast<double>(count) / dimension; };
  DensityOfStates dos{.omega_rad_per_ps = grid,
                      .total_ps = Vector::Zero(grid.size()),
                      .by_element_ps = Matrix::Zero(grid.size(), elements),
                      .weight = share(census.stable),
                      .unstable_weight = share(census.unstable),
                      .marginal_weight = share(census.marginal),
                      .missing_weight = share(modes.vectors.rows() - modes.count())};
  detail::for_each_block(
      modes, census, broadening, grid, [&](Eigen::Index first, Eigen::Index last, Eigen::Index from, const Matrix& lines) {
        Matrix weights = Matrix::Zero(last - first, elements);
        for (Eigen::Index j = first; j < last; ++j)
          for (Eigen::Index i = 0; i < atoms; ++i)
            weights(j - first, species[static_cast<std::size_t>(i)]) += modes.vectors.col(j).segment<3>(3 * i).squaredNorm();
        dos.by_element_ps.middleRows(from, lines.cols()).noalias() += lines.transpose() * weights;
        dos.total_ps.segment(from, lines.cols()) += lines.colwise().sum().transpose();
      });
  return dos;
}

/// g_i of every atom: N × grid points, ps; the columns sum to g. One matrix product a block of modes.
/// Throws Error as density_of_states.
template <Broadening B>
[[nodiscard]] Matrix projected_density_of_states(const Modes& modes, const ModeCensus& census, const B& broadening,
                                                 const Vector& grid) {
  detail::check_spectrum(modes, census, broadening, grid);
  const Eigen::Index atoms = modes.atoms();
  Matrix g = Matrix::Zero(atoms, grid.size());
  detail::for_each_block(
      modes, census, broadening, grid, [&](Eigen::Index first, Eigen::Index last, Eigen::Index from, const Matrix& lines) {
        Matrix weights(atoms, last - first);
        for (Eigen::Index j = first; j < last; ++j)
          weights.col(j - first) = Eigen::Map<const Vectors>(modes.vectors.col(j).data(), 3, atoms).colwise().squaredNorm();
        g.middleCols(from, lines.cols()).noalias() += weights * lines;
      });
  return g;
}

}  // namespace tarn
