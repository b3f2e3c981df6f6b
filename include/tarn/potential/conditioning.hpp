#pragma once
// From the noisy numbers of a table to one smooth function.
//
// Published tables are rounded; second derivatives of what interpolates them are mostly that rounding. So a table is replaced by the least-squares quintic
// spline (C⁴) with the fewest knots that leave a residual at the level of the rounding:
//   1. σ, the rounding, from fourth differences: a smooth function has none, independent errors have √70 σ. A median over 101 points, so that a kink does
//      not count as noise;
//   2. coarse knots; fit; split every interval whose residual exceeds 6 σ, as long as it keeps enough points; repeat. Knots gather where
//      the function has real features, e.g. kinks where its pieces join.
// Radial functions are splines in r², the variable in which forces, Hessian and third derivatives need neither roots nor divisions.
//
// How many knots: the published Cu-Zr table and, below, its smooth copy without noise (tests/data), on the 256-atom glass at rest; knots of the three φ, largest
// change of a force against the raw table, largest and r.m.s. change of a frequency against 512 segments. benchmarks/potential/conditioning.cpp makes it.
//
//   segments   knots   force eV/Å    ω rad/ps        r.m.s.    |  knots   force      ω          r.m.s.
//       16      367     3.6e-3       4.0e-1          2.4e-2    |   367    3.6e-3     4.0e-1     2.4e-2
//       32      680     2.3e-4       3.8e-2          2.4e-3    |   680    2.1e-4     3.9e-2     2.4e-3
//       64     1125     5.1e-5       6.1e-3          3.1e-4    |  1195    2.1e-5     2.0e-3     2.3e-4
//      128     1425     5.3e-5       8.4e-4          5.7e-5    |  1770    4.9e-7     9.4e-5     1.1e-5
//      256     1585     5.3e-5       2.4e-6          3.2e-7    |  2077    3.3e-7     1.4e-5     2.8e-6
//
// 5e-5 eV/Å is the rounding of the published table; its raw spline moves frequencies by 0.16 rad/ps. 128 segments lie below every tolerance in use.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tarn/core/error.hpp"
#include "tarn/core/spline.hpp"
#include "tarn/potential/setfl.hpp"

namespace tarn {

/// How a table is turned into functions.
struct Conditioning {
  bool raw = false;             ///< no smoothing: the quintic spline through every point of the table
  double inner_radius_A = 0.5;  ///< below it nothing is known; a table that is cut off higher (r·φ > 1e6 eV Å) moves it up
  int segments = 128;           ///< knots in a doubling of r² at the most, a power of two
  int first_segments = 4;       ///< … at the start, a power of two
  double threshold = 6;         ///< in σ: a residual that splits an interval
};

/// What conditioning did to one function.
struct Residual {
  std::string what;  ///< "phi Cu-Zr", "density Cu at Zr", "F Cu"
  double noise = 0;  ///< σ: median over the table of the estimated rounding, in the function's unit (eV, or that of the density)
  double rms = 0;    ///< of spline − table
  double worst = 0;  ///< largest |spline − table|
  double worst_at = 0;  ///< where: r in Å, or ρ
  std::size_t knots = 0;
};

/// A function fitted to a table, its support and its residual. Zero at and beyond `end`.
struct Conditioned {
  Spline spline;   ///< of r² (Å²) or of √ρ
  double end = 0;  ///< r in Å where the function ends, or the last ρ
  Residual residual;
};

namespace detail {

// Local rounding of a table, one value a point: median |fourth difference| / (0.6745 √70) over 101 points.
inline std::vector<double> table_noise(std::span<const double> y) {
  std::vector<double> noise(y.size(), 0.0);
  if (y.size() < 5) return noise;
  std::vector<double> difference;
  for (std::size_t i = 0; i + 4 < y.size(); ++i)
    difference.push_back(std::abs(y[i] - 4 * y[i + 1] + 6 * y[i + 2] - 4 * y[i + 3] + y[i + 4]));
  std::vector<double> window;
  constexpr std::size_t step = 25;  // one median for 25 points
  for (std::size_t from = 0; from < y.size(); from += step) {
    const std::size_t centre = std::min(from + step / 2, difference.size() - 1);
    const std::size_t begin = centre > 50 ? centre - 50 : 0, end = std::min(centre + 51, difference.size());
    window.assign(difference.begin() + static_cast<std::ptrdiff_t>(begin), difference.begin() + static_cast<std::ptrdiff_t>(end));
    const auto middle = window.begin() + static_cast<std::ptrdiff_t>(window.size() / 2);
    std::nth_element(window.begin(), middle, window.end());
    for (std::size_t i = from; i < std::min(from + step, y.size()); ++i) noise[i] = *middle / (0.6745 * std::sqrt(70.0));
  }
  return noise;
}

// Splits intervals where the fit misses the table by more than the noise; `middle(a, b)` is where an interval may be split, or a when it may not.
template <class Middle>
Conditioned fit_to_noise(std::span<const double> x, std::span<const double> y, std::vector<double> knots, int zero_at_end,
                         double threshold, const Middle& middle) {
  const auto noise = table_noise(y);
  double scale = 0;
  for (double v : y) scale = std::max(scale, std::abs(v));
  Conditioned out;
  for (;;) {
    out.spline = fit_spline(x, y, knots, zero_at_end);
    out.residual = {};
    std::vector<double> next{knots.front()};
    std::size_t p = 0;
    double squares = 0;
    for (std::size_t i = 0; i + 1 < knots.size(); ++i) {
      bool split = false;
      const std::size_t first = p;
      for (; p < x.size() && (x[p] < knots[i + 1] || i + 2 == knots.size()); ++p) {
        const double miss = std::abs(jet<0>(out.spline.pieces[i], x[p] - knots[i])[0] - y[p]);
        squares += miss * miss;
        if (miss > out.residual.worst) out.residual.worst = miss, out.residual.worst_at = x[p];
        split = split || miss > threshold * noise[p] + 1e-14 * scale;
      }
      const double at = middle(knots[i], knots[i + 1]);
      const auto part =
          std::lower_bound(x.begin() + static_cast<std::ptrdiff_t>(first), x.begin() + static_cast<std::ptrdiff_t>(p), at) -
          x.begin();
      if (split && at > knots[i] && static_cast<std::size_t>(part) >= first + 3 && p >= static_cast<std::size_t>(part) + 3)
        next.push_back(at);
      next.push_back(knots[i + 1]);
    }
    out.residual.rms = std::sqrt(squares / static_cast<double>(x.size()));
    out.residual.knots = knots.size();
    if (next.size() == knots.size()) break;
    knots = std::move(next);
  }
  auto sorted = noise;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
  out.residual.noise = sorted[sorted.size() / 2];
  return out;
}

[[noreturn]] inline void out_of_range(const std::string& what) {
  throw Error("the table of ", what, " cannot be fitted: its values or its spacing are out of the range of numbers");
}
inline void check_finite(const Conditioned& function) {
  for (const Quintic& piece : function.spline.pieces)
    for (const double c : piece)
      if (!std::isfinite(c)) out_of_range(function.residual.what);
}

}  // namespace detail

/// The function of r² behind the values y_k at r = k · step, k = 0, 1, …; it ends at the first of the zeros that close the table, else at `cutoff`.
/// Throws Error where too few values lie between the inner radius and the end, or they are too large for a fit.
[[nodiscard]] inline Conditioned condition_radial(std::string what, std::span<const double> y, double step, double cutoff,
                                                  const Conditioning& how) {
  if (how.segments < 1 || how.first_segments < 1 || (how.segments & (how.segments - 1)) || how.segments % how.first_segments)
    throw Error("conditioning: segments (", how.segments, ") and first_segments (", how.first_segments,
                ") must be powers of two, the first the larger");
  std::size_t last = std::min(y.size() - 1, static_cast<std::size_t>(std::floor(cutoff / step + 1e-6)));
  while (last > 0 && y[last] == 0 && y[last - 1] == 0) --last;
  const double inner = std::max(1.0, std::ceil(how.inner_radius_A / step - 1e-9));  // not r = 0, whose place no bits tell
  std::size_t first = inner < static_cast<double>(y.size()) ? static_cast<std::size_t>(inner) : y.size();
  for (std::size_t k = first; k <= last; ++k)
    if (std::abs(y[k]) * step * static_cast<double>(k) > 1e6) first = k + 1;
  Conditioned out;
  out.end = static_cast<double>(last) * step;
  out.residual.what = what;
  if (last == 0) {  // zero everywhere: the function is not there
    out.end = 0;
    return out;
  }
  if (last < first + 6)
    throw Error("the table of ", what, " has ", last > first ? last - first : 0, " values between ", how.inner_radius_A,
                " Å and its end at ", out.end, " Å: 6 or more are needed");

  std::vector<double> x,
      values(y.begin() + static_cast<std::ptrdiff_t>(first), y.begin() + static_cast<std::ptrdiff_t>(last + 1));
  for (std::size_t k = first; k <= last; ++k) x.push_back(static_cast<double>(k) * static_cast<double>(k) * step * step);
  if (!std::isfinite(x.back())) detail::out_of_range(what);
  if (how.raw) {
    out.spline = interpolate(x, values);
    out.residual.knots = out.spline.knots.size();
    const auto noise = detail::table_noise(values);
    out.residual.noise = noise[noise.size() / 2];
    detail::check_finite(out);
    return out;
  }

  // knots in r² at 2^e (1 + k/m): what a look-up by the leading bits of a floating-point number can find
  const auto width = [&](double at, int m) { return std::ldexp(1.0, std::ilogb(at)) / m; };
  const auto enough = [&](double from, double to) {
    return std::lower_bound(x.begin(), x.end(), to) - std::lower_bound(x.begin(), x.end(), from) >= 3;
  };
  std::vector<double> knots{x.front()};
  for (double at = std::ldexp(1.0, std::ilogb(x.front())); at < x.back(); at += width(at, how.first_segments))
    if (at > x.front() && enough(knots.back(), at) && enough(at, x.back())) knots.push_back(at);
  knots.push_back(x.back());
  const auto middle = [&](double a, double b) {
    const double grid = width(a, how.segments), at = grid * std::round(0.5 * (a + b) / grid);
    return at > a && at < b ? at : a;
  };
  const auto fit = [&](int zeros) {
    knots.back() = x.back();
    auto fitted = detail::fit_to_noise(x, values, knots, zeros, how.threshold, middle);
    fitted.end = out.end;
    return fitted;
  };
  // As smooth an end as the table has: most functions vanish with three derivatives, one that is cut off with a jump must keep it.
  Conditioned freely = fit(0);
  for (int zeros = 4; zeros >= 1; --zeros) {
    Conditioned smooth = fit(zeros);
    if (smooth.residual.rms > 1.2 * freely.residual.rms + 1e-13 || smooth.residual.worst > 1.5 * freely.residual.worst + 1e-12)
      continue;
    freely = std::move(smooth);
    break;
  }
  out = std::move(freely);
  if (values.back() == 0) {  // perhaps the zero is no value but the jump
    x.pop_back();
    values.pop_back();
    if (Conditioned jump = fit(0); jump.residual.worst < 0.01 * out.residual.worst && jump.residual.rms < 0.01 * out.residual.rms)
      out = std::move(jump);
  }
  out.residual.what = std::move(what);
  out.residual.worst_at = std::sqrt(out.residual.worst_at);
  detail::check_finite(out);
  return out;
}

/// The function of √ρ behind the values y_k at ρ = k · step: many F begin as −√ρ, whose derivatives no spline in ρ can follow. Knots at
/// points of the table. Throws Error for fewer than 6 values, and where they are too large for a fit.
[[nodiscard]] inline Conditioned condition_embedding(std::string what, std::span<const double> y, double step,
                                                     const Conditioning& how) {
  if (y.size() < 6) throw Error("the table of ", what, " has ", y.size(), " values: 6 or more are needed");
  std::vector<double> x;
  for (std::size_t k = 0; k < y.size(); ++k) x.push_back(std::sqrt(static_cast<double>(k) * step));
  Conditioned out;
  if (how.raw) {
    out.spline = interpolate(x, y);
    const auto noise = detail::table_noise(y);
    out.residual.noise = noise[noise.size() / 2];
    out.residual.knots = out.spline.knots.size();
  } else {
    const auto node = [&](double q) { return x[std::min(static_cast<std::size_t>(std::lround(q * q / step)), y.size() - 1)]; };
    std::vector<double> knots{0.0};
    for (int k = 1; k < 16; ++k)
      if (const double at = node(x.back() * k / 16); at >= x[3] && at > knots.back() && at < x[y.size() - 4]) knots.push_back(at);
    knots.push_back(x.back());
    const auto middle = [&](double a, double b) {
      const double at = node(0.5 * (a + b));
      return at > a && at < b ? at : a;
    };
    out = detail::fit_to_noise(x, y, knots, 0, how.threshold, middle);
    out.residual.worst_at *= out.residual.worst_at;
  }
  out.end = static_cast<double>(y.size() - 1) * step;
  out.residual.what = std::move(what);
  detail::check_finite(out);
  return out;
}

/// F at a density ρ and its first K ≤ 3 derivatives with respect to ρ. Below zero F goes on as a straight line with its
/// slope at the first knot (many F have none at 0), beyond the last ρ of the table with that at the end.
template <int K>
[[nodiscard]] Jet<K> at_density(const Conditioned& f, double density) {
  const double inside = std::clamp(density, 0.0, f.end), first = f.spline.knots[1];
  const double q = std::max(std::sqrt(inside), 1e-7 * first);  // derivatives of √ρ have no value at 0
  auto out = by_square<K>(f.spline.template at<K>(q), q);
  out[0] = f.spline.template at<0>(std::sqrt(inside))[0];
  if (density != inside) {
    const double slope = density < 0 ? 0.5 / first * f.spline.template at<1>(first)[1] : [&] {
      const double end = std::sqrt(f.end);
      return 0.5 / end * f.spline.template at<1>(end)[1];
    }();
    out[0] += slope * (density - inside);
    if constexpr (K >= 1) out[1] = slope;
    for (std::size_t k = 2; k <= K; ++k) out[k] = 0;
  }
  return out;
}

}  // namespace tarn
