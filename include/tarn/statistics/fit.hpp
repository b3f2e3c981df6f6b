#pragma once
// Fits of curves with one parameter that enters nonlinearly, and their errors.
//
//   exponential:  C(r) = A e^(−r/ξ), A free or 1        power:  y = a + b x^p = a + b/I^p of x = 1/I, p free or given
// The linear parameters are eliminated (G. H. Golub, V. Pereyra, SIAM J. Numer. Anal. 10, 413 (1973)), and the one that is left is searched on its whole range, so
// there is no starting value to get wrong. Over a small range of x any smooth law is straight: the interval of p says so, and is open where the data do
// not end it.

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/statistics/least_squares.hpp"
#include "tarn/statistics/spatial_blocks.hpp"

namespace tarn {

namespace detail {

/// Where f is least on [low, high]: a look at `points` places, then golden sections about the least.
inline double least_on(const std::function<double(double)>& f, double low, double high, int points = 120) {
  int best = 0;
  double least = f(low);
  const double step = (high - low) / points;
  for (int k = 1; k <= points; ++k)
    if (const double value = f(low + k * step); value < least) least = value, best = k;
  double a = low + std::max(best - 1, 0) * step, b = low + std::min(best + 1, points) * step;
  const double golden = 0.6180339887498949;
  double x = b - golden * (b - a), y = a + golden * (b - a), fx = f(x), fy = f(y);
  for (int k = 0; k < 70; ++k) {
    if (fx < fy)
      b = y, y = x, fy = fx, x = b - golden * (b - a), fx = f(x);
    else
      a = x, x = y, fx = fy, y = a + golden * (b - a), fy = f(y);
  }
  return fx < fy ? x : y;
}

/// Student's t at 97.5 % for `freedom` degrees, by the expansion of Abramowitz and Stegun 26.7.5.
inline double student_975(double freedom) {
  if (freedom < 1.5) return 12.706;
  if (freedom < 2.5) return 4.303;
  const double z = 1.959963985, z3 = z * z * z, z5 = z3 * z * z;
  return z + (z3 + z) / (4 * freedom) + (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom * freedom) +
         (3 * z5 * z * z + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom * freedom * freedom);
}

inline void check_curve(const Vector& x, const Vector& y, const Vector& error, Eigen::Index fewest, const char* what) {
  if (x.size() != y.size() || (error.size() != 0 && error.size() != x.size()))
    throw Error(what, ": ", x.size(), " abscissas, ", y.size(), " values, ", error.size(), " errors");
  if (x.size() < fewest) throw Error(what, ": ", x.size(), " points: ", fewest, " or more are needed");
  if (!x.allFinite() || !y.allFinite() || !error.allFinite()) throw Error(what, ": a value is not a finite number");
  if (error.size() != 0 && !(error.minCoeff() > 0)) throw Error(what, ": an error is not positive: leave that point out");
}

}  // namespace detail

/// A e^(−r/ξ).
struct ExponentialFit {
  double amplitude = 1, amplitude_error = 0;
  double xi_A = 0, xi_error_A = 0;
  double chi2 = 0;
  Eigen::Index points = 0;
};

/// Fits values at r (Å, > 0) with errors; `fixed_amplitude`: 1 for A = 1, nothing for A free. The errors are those of independent points; of points that
/// share their data give `without` (blocks × points, PairCorrelation::without): the fit is repeated without each block. Throws Error where sizes
/// do not fit, an error is not positive, there are fewer than 3 points, or the values do not fall off within 0.02 … 50 times the range of r.
[[nodiscard]] inline ExponentialFit fit_exponential(const Vector& r_A, const Vector& value, const Vector& error,
                                                    std::optional<double> fixed_amplitude = {}, const Matrix& without = {}) {
  detail::check_curve(r_A, value, error, 3, "fit of an exponential");
  if (without.size() != 0 && without.cols() != value.size()) throw Error("fit of an exponential: blocks and points do not fit");
  const double end = r_A.maxCoeff();
  if (!(end > 0)) throw Error("fit of an exponential: distances must reach beyond 0");
  const Vector weight = error.size() != 0 ? Vector(error.cwiseAbs2().cwiseInverse()) : Vector(Vector::Ones(value.size()));
  const auto shape = [&](double log_xi) { return Vector((-r_A.array() / std::exp(log_xi)).exp()); };
  const auto amplitude = [&](const Vector& y, const Vector& e) {
    if (fixed_amplitude) return *fixed_amplitude;
    const double norm = (weight.array() * e.array().square()).sum();
    return norm > 0 ? (weight.array() * y.array() * e.array()).sum() / norm : 0;
  };
  const auto chi2_of = [&](const Vector& y, double log_xi) {
    const Vector e = shape(log_xi);
    return (weight.array() * (y - amplitude(y, e) * e).array().square()).sum();
  };
  const double low = std::log(0.02 * end), high = std::log(50 * end);
  const auto solve = [&](const Vector& y) { return detail::least_on([&](double l) { return chi2_of(y, l); }, low, high); };
  const double best = solve(value);
  ExponentialFit fit;
  const Vector e = shape(best);
  fit.amplitude = amplitude(value, e);
  fit.xi_A = std::exp(best);
  fit.chi2 = chi2_of(value, best);
  fit.points = value.size();
  if (best < low + 0.01 || best > high - 0.01 || !(std::abs(fit.amplitude) > 0))
    throw Error("fit of an exponential: the values do not fall off like one between ", r_A.minCoeff(), " and ", end, " Å");
  if (without.size() != 0) {
    Matrix found(without.rows(), 2);
    for (Eigen::Index b = 0; b < without.rows(); ++b) {
      const Vector y = without.row(b).transpose();
      const double at = solve(y);
      if (at < low + 0.01 || at > high - 0.01)
        throw Error("fit of an exponential: without block ", b + 1, " of ", without.rows(),
                    " the values do not fall off like one: no error is known");
      found(b, 0) = std::exp(at);
      found(b, 1) = amplitude(y, shape(at));
    }
    const Vector errors = jackknife_error(found);
    fit.xi_error_A = errors[0];
    fit.amplitude_error = errors[1];
  } else {
    Matrix slopes(value.size(), fixed_amplitude ? 1 : 2);
    slopes.col(0) = fit.amplitude * e.cwiseProduct(r_A) / (fit.xi_A * fit.xi_A);
    if (!fixed_amplitude) slopes.col(1) = e;
    const Vector left = value - fit.amplitude * e;
    const Matrix covariance = least_squares(slopes, left, error.size() != 0 ? weight : Vector()).covariance;
    fit.xi_error_A = std::sqrt(covariance(0, 0));
    if (!fixed_amplitude) fit.amplitude_error = std::sqrt(covariance(1, 1));
  }
  return fit;
}

/// a + b x^p.
struct PowerFit {
  double a = 0, b = 0, p = 1;
  double a_error = 0, b_error = 0;      ///< at this p
  std::optional<double> p_low, p_high;  ///< 95 %; nothing where the data do not end it between −8 and 8, or p was given
  double chi2 = 0;
  Eigen::Index points = 0;
};

/// Fits y at x > 0 with errors (or none: then the residuals tell them); p free, or given. Its interval holds the p whose χ² is above the least by less than
/// 3.84, or by as much in units of the residuals' variance. Throws Error where sizes do not fit, an x is not positive, an error is not positive, x is
/// the same everywhere, or there are fewer than 4 points.
[[nodiscard]] inline PowerFit fit_power(const Vector& x, const Vector& y, const Vector& error = {},
                                        std::optional<double> given_p = {}) {
  detail::check_curve(x, y, error, 4, "fit of a power");
  if (!(x.minCoeff() > 0)) throw Error("fit of a power: an abscissa is ", x.minCoeff(), ": all must be positive");
  if (given_p && !(std::abs(*given_p) > 1e-6))
    throw Error("fit of a power: p = ", *given_p, " is no power: a and b cannot be told apart");
  const double middle = std::exp(x.array().log().mean());
  if (!(x.maxCoeff() > x.minCoeff() * (1 + 1e-12))) throw Error("fit of a power: all abscissas are ", x[0]);
  const Vector weight = error.size() != 0 ? Vector(error.cwiseAbs2().cwiseInverse()) : Vector();
  const Eigen::ArrayXd logs = (x.array() / middle).log();
  const auto at = [&](double p) {  // by ((x/x₀)^p − 1)/p, which is ln x/x₀ at p = 0
    Matrix columns(x.size(), 2);
    columns.col(0).setOnes();
    if (std::abs(p) < 1e-6)
      columns.col(1) = logs;
    else
      columns.col(1) = ((p * logs).exp() - 1) / p;
    return least_squares(columns, y, weight);
  };
  const auto chi2 = [&](double p) { return at(p).chi2; };
  const double low = -8, high = 8;
  PowerFit fit;
  fit.points = x.size();
  fit.p = given_p ? *given_p : detail::least_on(chi2, low, high, 160);
  if (std::abs(fit.p) < 1e-6) fit.p = 1e-6;
  const LeastSquares best = at(fit.p);
  fit.chi2 = best.chi2;
  // a + b x^p from a' + b' ((x/x₀)^p − 1)/p
  const double unit = fit.p * std::pow(middle, fit.p);
  fit.a = best.coefficients[0] - best.coefficients[1] / fit.p;
  fit.b = best.coefficients[1] / unit;
  const Eigen::Vector2d slope(1, -1 / fit.p);
  fit.a_error = std::sqrt(std::max(0.0, slope.dot(best.covariance * slope)));
  fit.b_error = std::sqrt(best.covariance(1, 1)) / std::abs(unit);
  if (given_p) return fit;
  const auto freedom = static_cast<double>(std::max<Eigen::Index>(x.size() - 3, 1));
  const double t = detail::student_975(freedom);
  // below the rounding of y nothing is told apart
  const double rounding = 1e-26 * (error.size() != 0 ? (weight.array() * y.array().square()).sum() : y.squaredNorm());
  const double limit = fit.chi2 + std::max(error.size() != 0 ? 3.841458821 : t * t * fit.chi2 / freedom, rounding);
  const auto crossing = [&](double edge) -> std::optional<double> {
    const double step = (edge - fit.p) / 400;
    if (step == 0) return {};
    double inside = fit.p;
    for (int k = 1; k <= 400; ++k) {
      double outside = fit.p + k * step;
      if (chi2(outside) <= limit) {
        inside = outside;
        continue;
      }
      for (int halved = 0; halved < 40; ++halved) {
        const double middle_p = 0.5 * (inside + outside);
        (chi2(middle_p) <= limit ? inside : outside) = middle_p;
      }
      return inside;
    }
    return {};
  };
  fit.p_low = crossing(low);
  fit.p_high = crossing(high);
  return fit;
}

}  // namespace tarn
