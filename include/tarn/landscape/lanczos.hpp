#pragma once
// Lanczos's method for the lowest mode.
//
// The Krylov space of a start vector, all of its vectors kept orthogonal (Gram–Schmidt, again where much was taken off); Ritz pairs (θ, u) of the tridiagonal matrix, residuals
// ‖Hu − θu‖ = |β_k s_k|. C. Lanczos, J. Res. Natl. Bur. Stand. 45, 255 (1950); B. N. Parlett, The Symmetric Eigenvalue Problem (1998), ch. 13.

#include <algorithm>
#include <cmath>

#include <Eigen/Eigenvalues>

#include "tarn/core/random.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/landscape/lowest_mode.hpp"

namespace tarn {

namespace detail {

/// The lowest Ritz pair, what it is known from, and the largest Ritz value, which the largest eigenvalue is soon near.
struct RitzValues {
  BoundedEigenvalue lowest;
  double largest = 0;
  int products = 0;
};

/// From a unit vector until `done(const RitzValues&)`, which is not asked after every product, or `max_products`.
template <class Product, class Confine, class Done>
[[nodiscard]] LowestMode lanczos(Product& product, Confine& confine, const Vector& first, int max_products, RandomStream& random,
                                 Done&& done) {
  const Eigen::Index n = first.size(), most = std::min<Eigen::Index>(n, std::max(max_products, 1));
  Matrix q(n, most);
  Vector alpha(most), beta(most), w(n);
  const auto orthogonal = [&](Vector& v, Eigen::Index known) {
    for (int twice = 0; twice < 2; ++twice) {
      const double before = v.norm();
      confine(v);
      if (known > 0) v -= q.leftCols(known) * (q.leftCols(known).transpose() * v);
      if (v.norm() > 0.7 * before) break;  // what rounding left is small beside it
    }
  };
  q.col(0) = first;
  LowestMode out;
  Eigen::SelfAdjointEigenSolver<Matrix> small;
  double scale = 0;
  for (Eigen::Index k = 0; k < most; ++k) {
    product(Vector(q.col(k)), w);
    alpha[k] = q.col(k).dot(w);
    w -= alpha[k] * q.col(k);
    if (k > 0) w -= beta[k - 1] * q.col(k - 1);
    orthogonal(w, k + 1);
    beta[k] = w.norm();
    scale = std::max({scale, std::abs(alpha[k]), beta[k]});
    const bool closed = beta[k] <= 1e-10 * scale;
    if (closed) {  // the space of this start is done; another direction may hold what it does not
      beta[k] = 0;
      w = random_direction(
          n, [&](Vector& v) { orthogonal(v, k + 1); }, random);
      out.exhausted = w.isZero(0);
    } else {
      w /= beta[k];
    }
    const int products = static_cast<int>(k) + 1;
    // later the tridiagonal problem, k³, would cost more than the products
    if (products > 32 && products % 8 != 0 && !closed && k + 1 < most) {
      q.col(k + 1) = w;
      continue;
    }
    small.computeFromTridiagonal(alpha.head(k + 1), beta.head(k));
    out.lowest = {small.eigenvalues()[0], std::max(beta[k] * std::abs(small.eigenvectors()(k, 0)), 1e-12 * scale)};
    const bool known_well = done(RitzValues{out.lowest, small.eigenvalues()[k], products});
    out.accurate = (known_well && !closed) || out.exhausted;
    if (out.accurate || k + 1 == most) {
      out.vector = q.leftCols(k + 1) * small.eigenvectors().col(0);
      out.vector /= out.vector.norm();
      break;
    }
    q.col(k + 1) = w;
  }
  return out;
}

}  // namespace detail

/// Lanczos's method, as above.
struct Lanczos {
  double stir = 0.02;  ///< of a random direction added to the unit start vector

  /// Throws Error where no direction is left.
  template <class Product, class Confine>
  [[nodiscard]] LowestMode operator()(Product& product, Confine& confine, const Vector& start, const ModeAccuracy& accuracy,
                                      RandomStream& random) const {
    return detail::lanczos(product, confine, detail::first_direction(start, stir, confine, random), accuracy.max_products, random,
                           [&](const detail::RitzValues& ritz) { return accuracy.reached(ritz.lowest); });
  }
};
static_assert(ModeFinder<Lanczos>);

}  // namespace tarn
