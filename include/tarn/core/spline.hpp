#pragma once
// Quintic splines: least-squares fits to a table, and the interpolating spline through one.
//
// The spline is a sum of B-splines of degree 5 with simple inner knots, so four times continuously differentiable (C⁴); its coefficients solve
// the banded normal equations. C. de Boor, A Practical Guide to Splines (Springer, 2001), chapters IX, X and XIV.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "tarn/core/error.hpp"

namespace tarn {

/// Value and derivatives 1 … K of a function at a point.
template <int K>
using Jet = std::array<double, K + 1>;

/// Coefficients c_0 … c_5 of Σ c_k t^k.
using Quintic = std::array<double, 6>;

/// Value and the first K derivatives of a quintic at t.
template <int K>
[[nodiscard]] constexpr Jet<K> jet(const Quintic& c, double t) {
  Jet<K> out{};
  for (std::size_t n = 6; n-- > 0;) {
    for (std::size_t k = K; k > 0; --k) out[k] = out[k] * t + out[k - 1];
    out[0] = out[0] * t + c[n];
  }
  double factorial = 1;
  for (std::size_t k = 2; k <= K; ++k) out[k] *= factorial *= static_cast<double>(k);
  return out;
}

/// The quintic c(t + shift).
[[nodiscard]] constexpr Quintic shifted(const Quintic& c, double shift) {
  const auto derivatives = jet<5>(c, shift);
  Quintic out{};
  double factorial = 1;
  for (std::size_t k = 0; k < 6; factorial *= static_cast<double>(++k)) out[k] = derivatives[k] / factorial;
  return out;
}

/// Derivatives with respect to x² of a function whose derivatives with respect to x > 0 are given; K ≤ 3. For pair functions known by r.
template <int K>
[[nodiscard]] constexpr Jet<K> by_square(const Jet<K>& g, double x) {
  static_assert(K <= 3);
  const double i = 1 / x;
  Jet<K> out{g[0]};
  if constexpr (K >= 1) out[1] = 0.5 * i * g[1];
  if constexpr (K >= 2) out[2] = 0.25 * i * i * (g[2] - i * g[1]);
  if constexpr (K >= 3) out[3] = 0.125 * i * i * i * (g[3] - 3 * i * g[2] + 3 * i * i * g[1]);
  return out;
}

/// A piecewise quintic: on [knots[i], knots[i + 1]] it is pieces[i] of (x − knots[i]).
struct Spline {
  std::vector<double> knots;
  std::vector<Quintic> pieces;  ///< knots.size() − 1

  /// The piece that holds x; the first or last one where x is outside.
  [[nodiscard]] std::size_t piece_of(double x) const {
    const auto above = std::upper_bound(knots.begin() + 1, knots.end() - 1, x);
    return static_cast<std::size_t>(above - knots.begin()) - 1;
  }
  /// Value and K derivatives at x (outside: of the polynomial at the end).
  template <int K>
  [[nodiscard]] Jet<K> at(double x) const {
    const std::size_t i = piece_of(x);
    return jet<K>(pieces[i], x - knots[i]);
  }
};

namespace detail {

// The six B-splines of degree 5 that are not zero on [t[i], t[i+1]], at x, by the Cox–de Boor recursion.
inline std::array<double, 6> basis(const std::vector<double>& t, std::size_t i, double x) {
  std::array<double, 6> b{1};
  for (std::size_t degree = 1; degree <= 5; ++degree) {
    double carried = 0;
    for (std::size_t k = 0; k < degree; ++k) {
      const double right = t[i + 1 + k], left = t[i + 1 + k - degree], share = b[k] / (right - left);
      b[k] = carried + (right - x) * share;
      carried = (x - left) * share;
    }
    b[degree] = carried;
  }
  return b;
}

// Solves the symmetric positive definite system of lower bandwidth 5, rows in band[i][j] = A(i, i − j); right side replaced.
inline void solve_banded(std::vector<std::array<double, 6>>& band, std::vector<double>& y) {
  const std::size_t n = band.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = std::min<std::size_t>(i, 5) + 1; j-- > 0;) {
      double sum = band[i][j];
      for (std::size_t k = j + 1; k <= 5 && k <= i; ++k) sum -= band[i][k] * band[i - j][k - j];
      if (j > 0) {
        band[i][j] = sum / band[i - j][0];
      } else {
        if (!(sum > 0)) throw Error("a spline has more knots than the table has points near point ", i, ": use fewer knots");
        band[i][0] = std::sqrt(sum);
      }
    }
    for (std::size_t k = 1; k <= 5 && k <= i; ++k) y[i] -= band[i][k] * y[i - k];
    y[i] /= band[i][0];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = 1; k <= 5 && i + k < n; ++k) y[i] -= band[i + k][k] * y[i + k];
    y[i] /= band[i][0];
  }
}

}  // namespace detail

/// The spline with these knots nearest to the points (x, y) in the sense of least squares. `x` ascending within [knots.front(), knots.back()];
/// `zero_at_end` z ≤ 5 makes the value and the first z − 1 derivatives vanish at the last knot. Throws Error where the points do not determine it.
[[nodiscard]] inline Spline fit_spline(std::span<const double> x, std::span<const double> y, std::vector<double> knots,
                                       int zero_at_end = 0) {
  if (x.size() != y.size() || knots.size() < 2) throw Error("a spline needs two knots or more, and as many values as points");
  std::vector<double> t(5, knots.front());  // the end knots sixfold
  t.insert(t.end(), knots.begin(), knots.end());
  t.insert(t.end(), 5, knots.back());
  const std::size_t all = knots.size() + 4, free = all - static_cast<std::size_t>(zero_at_end);
  if (x.size() < free) throw Error("a spline of ", knots.size(), " knots needs ", free, " points, the table has ", x.size());

  std::vector<std::array<double, 6>> band(free, std::array<double, 6>{});
  std::vector<double> c(free, 0.0);
  std::size_t i = 5;
  for (std::size_t p = 0; p < x.size(); ++p) {
    while (i + 7 < t.size() && i - 5 + 2 < knots.size() && x[p] >= t[i + 1]) ++i;
    const auto b = detail::basis(t, i, x[p]);
    for (std::size_t k = 0; k < 6 && i - 5 + k < free; ++k) {
      c[i - 5 + k] += b[k] * y[p];
      for (std::size_t l = 0; l <= k; ++l) band[i - 5 + k][k - l] += b[k] * b[l];
    }
  }
  detail::solve_banded(band, c);
  c.resize(all, 0.0);

  Spline out;
  out.pieces.resize(knots.size() - 1);
  for (std::size_t piece = 0; piece + 1 < knots.size(); ++piece) {
    // derivatives at the left end: difference the coefficients, degree by degree
    const std::size_t at = piece + 5;
    std::array<double, 6> d{};
    for (std::size_t k = 0; k < 6; ++k) d[k] = c[piece + k];
    double scale = 1;  // 5!/(5 − k)! / k!
    for (std::size_t order = 0; order <= 5; ++order) {
      std::array<double, 6> v = d;  // de Boor's algorithm for degree 5 − order
      const std::size_t degree = 5 - order;
      for (std::size_t r = 1; r <= degree; ++r)
        for (std::size_t k = degree; k >= r; --k) {
          const double left = t[at - degree + k], right = t[at + 1 + k - r], share = (knots[piece] - left) / (right - left);
          v[k] = (1 - share) * v[k - 1] + share * v[k];
        }
      out.pieces[piece][order] = scale * v[degree];
      for (std::size_t k = 0; k < degree; ++k) d[k] = (d[k + 1] - d[k]) / (t[at + 1 + k] - t[at + 1 + k - degree]);
      scale *= static_cast<double>(degree) / static_cast<double>(order + 1);
    }
  }
  out.knots = std::move(knots);
  return out;
}

/// The quintic spline through all points (x ascending, six or more); its ends are one polynomial over three intervals ("not a knot").
[[nodiscard]] inline Spline interpolate(std::span<const double> x, std::span<const double> y) {
  if (x.size() < 6) throw Error("an interpolating quintic spline needs 6 points or more, the table has ", x.size());
  std::vector<double> knots{x.front()};
  if (x.size() > 6) knots.insert(knots.end(), x.begin() + 3, x.end() - 3);
  knots.push_back(x.back());
  return fit_spline(x, y, std::move(knots));
}

}  // namespace tarn
