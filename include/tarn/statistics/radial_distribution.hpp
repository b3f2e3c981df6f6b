#pragma once
// The radial distribution function, total and by pairs of elements, and where it has its maxima and minima.
//
//   g_ab(r) = ⟨number of b at distance r … r + dr from an a⟩ / (ρ_b · shell),   ρ_b = N_b/V (of the others: N_a − 1 where b = a)
// So g is 1 in an ideal gas of any number of atoms. Up to half the box.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <vector>

#include "tarn/atoms/cell_grid.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/statistics/coarse_grain.hpp"

namespace tarn {

/// g(r) on K bins.
struct RadialDistribution {
  Vector r_A;  ///< middles of the bins
  Vector total;
  std::vector<std::string> pairs;  ///< "Cu-Cu", "Cu-Zr", …
  Matrix partial;                  ///< K × pairs; 0 where an element has too few atoms
};

/// Throws Error for a sample that is not periodic in all directions, fewer than two atoms, or a width that is not positive or finer than 1e-5 of the range.
[[nodiscard]] inline RadialDistribution radial_distribution(const Sample& sample, double width_A = 0.05, double end_A = 0) {
  sample.check();
  if (sample.cell.periodic != std::array<bool, 3>{true, true, true})
    throw Error("g(r) needs a cell that is periodic in all directions");
  if (sample.size() < 2) throw Error("g(r) needs two or more atoms");
  const double half = half_box_A(sample.cell), end = end_A > 0 ? std::min(end_A, half) : half;
  if (!(width_A > 0) || end / width_A > 1e5) throw Error("g(r) with bins of ", width_A, " Å up to ", end, " Å");
  const auto bins = static_cast<Eigen::Index>(std::max(1.0, std::floor(end / width_A + 1e-9)));
  const double reach = std::min(static_cast<double>(bins) * width_A, end);
  const auto species = static_cast<Eigen::Index>(sample.elements.size());
  std::vector<Matrix> counts(static_cast<std::size_t>(species), Matrix::Zero(bins, species));  // of a: bins × b
  Vector number = Vector::Zero(species);
  const CellGrid grid(sample.cell, sample.positions, reach);
  CellGrid::Near near;
  for (Eigen::Index i = 0; i < sample.size(); ++i) {
    const int a = sample.species[static_cast<std::size_t>(i)];
    number[a] += 1;
    grid.find_near(sample.positions.col(i), reach, near);
    for (std::size_t k = 0; k < near.count; ++k) {
      const Eigen::Index j = grid.atoms()[near.place[k]];
      if (j == i) continue;
      const auto bin = std::min(static_cast<Eigen::Index>(std::sqrt(near.distance2[k]) / width_A), bins - 1);
      counts[static_cast<std::size_t>(a)](bin, sample.species[static_cast<std::size_t>(j)]) += 1;
    }
  }
  const double volume = sample.cell.volume_A3(), n = static_cast<double>(sample.size());
  RadialDistribution out;
  out.r_A = Vector::LinSpaced(bins, 0.5, static_cast<double>(bins) - 0.5) * width_A;
  Vector shell(bins);
  for (Eigen::Index b = 0; b < bins; ++b)
    shell[b] = 4 * std::numbers::pi / 3 * std::pow(width_A, 3) *
               (std::pow(static_cast<double>(b) + 1, 3) - std::pow(static_cast<double>(b), 3));
  Vector all = Vector::Zero(bins);
  for (const Matrix& some : counts) all += some.rowwise().sum();
  out.total = all.cwiseQuotient(shell) * (volume / (n * (n - 1)));
  std::vector<Vector> columns;
  for (Eigen::Index a = 0; a < species; ++a)
    for (Eigen::Index b = a; b < species; ++b) {
      if (number[a] == 0 || number[b] == 0) continue;
      const double ways = number[a] * (a == b ? number[b] - 1 : number[b]);
      out.pairs.push_back(sample.elements[static_cast<std::size_t>(a)] + "-" + sample.elements[static_cast<std::size_t>(b)]);
      columns.push_back(ways > 0 ? Vector(counts[static_cast<std::size_t>(a)].col(b).cwiseQuotient(shell) * (volume / ways))
                                 : Vector(Vector::Zero(bins)));
    }
  out.partial.resize(bins, static_cast<Eigen::Index>(columns.size()));
  for (std::size_t k = 0; k < columns.size(); ++k) out.partial.col(static_cast<Eigen::Index>(k)) = columns[k];
  return out;
}

/// Places of local maxima and minima, ascending, Å.
struct Extrema {
  std::vector<double> maxima, minima;
};

/// Of g smoothed by a Gaussian of `sigma_A`: a maximum (minimum) is the largest (smallest) within ± `window_A`; minima are told from the first maximum on. The
/// smoothing is what a small sample needs; a glass's second shell keeps its two maxima. Throws Error where sizes do not fit or there are fewer than 5 bins.
[[nodiscard]] inline Extrema extrema(const Vector& r_A, const Vector& g, double sigma_A = 0.1, double window_A = 0.3) {
  if (r_A.size() != g.size() || g.size() < 5 || !g.allFinite())
    throw Error("extrema of ", g.size(), " values at ", r_A.size(), " places: 5 or more numbers are needed");
  if (!(sigma_A >= 0 && window_A > 0)) throw Error("extrema need a smoothing of 0 or more and a positive window");
  const double step = r_A[1] - r_A[0];
  const auto reach = static_cast<Eigen::Index>(std::ceil(4 * sigma_A / step)),
             window = std::max<Eigen::Index>(1, static_cast<Eigen::Index>(std::round(window_A / step)));
  Vector smooth(g.size());
  for (Eigen::Index k = 0; k < g.size(); ++k) {
    double sum = 0, weights = 0;
    for (Eigen::Index l = std::max<Eigen::Index>(0, k - reach); l <= std::min(g.size() - 1, k + reach); ++l) {
      const double x = sigma_A > 0 ? step * static_cast<double>(l - k) / sigma_A : 0, w = std::exp(-0.5 * x * x);
      sum += w * g[l], weights += w;
    }
    smooth[k] = sum / weights;
  }
  Extrema out;
  for (Eigen::Index k = window; k + window < g.size(); ++k) {
    const auto about = smooth.segment(k - window, 2 * window + 1);
    if (smooth[k] == about.maxCoeff() && smooth[k] > about.minCoeff() && smooth[k] > 0.2) out.maxima.push_back(r_A[k]);
    if (!out.maxima.empty() && smooth[k] == about.minCoeff() && smooth[k] < about.maxCoeff() &&
        (out.minima.empty() || r_A[k] - out.minima.back() > window_A))
      out.minima.push_back(r_A[k]);
  }
  return out;
}

}  // namespace tarn
