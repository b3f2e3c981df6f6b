#pragma once
// The lowest eigenpair of a Hessian that is known by its products alone, with the norm of its residual, by Lanczos's method.
//
// The Krylov space of a start vector, all of its vectors kept orthogonal (Gram–Schmidt, again where much was taken off); Ritz pairs (θ, u) of the tridiagonal matrix, residuals
// ‖Hu − θu‖ = |β_k s_k|: an eigenvalue lies within the residual of θ, and the lowest is never above the lowest θ.
// C. Lanczos, J. Res. Natl. Bur. Stand. 45, 255 (1950); B. N. Parlett, The Symmetric Eigenvalue Problem (1998), ch. 13.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <utility>

#include <Eigen/Eigenvalues>

#include "tarn/core/error.hpp"
#include "tarn/core/random.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/landscape/activation.hpp"

namespace tarn {

/// When an eigenpair is known well enough. Eigenvalues and residuals eV/Å² for a sample.
struct ModeAccuracy {
  double relative = 0.1;   ///< its residual is below this share of its value,
  double absolute = 0.01;  ///< or below this
  int min_products = 1;
  int max_products = 40;  ///< at most
  double enough =
      -std::numeric_limits<double>::infinity();  ///< stops too where the value is below this, its residual below half of its size
  bool only_sign = false;  ///< stops too where value − residual > 0, held for `doubt` products, or value < −residual
  int doubt = 5;
};

/// The lowest Ritz pair found.
struct LowestMode {
  BoundedEigenvalue lowest;
  Vector vector;           ///< unit
  bool accurate = false;   ///< ended for its accuracy and not for its products
  bool exhausted = false;  ///< the Krylov space is all there is: exact
};

/// Finds the lowest mode of `product(v, out)` in the space that `confine(v)` projects a vector on, starting from `start`.
template <class F, class Product, class Confine>
concept ModeFinder = requires(const F& finder, Product& product, Confine& confine, const Vector& start,
                              const ModeAccuracy& accuracy, RandomStream& random) {
  { finder(product, confine, start, accuracy, random) } -> std::same_as<LowestMode>;
};

/// Lanczos's method, as above.
struct Lanczos {
  double stir =
      0.02;  ///< of a random direction added to the unit start vector: a symmetric one would never see a mode of another symmetry

  /// Throws Error where no direction is left.
  template <class Product, class Confine>
  [[nodiscard]] LowestMode operator()(Product& product, Confine& confine, const Vector& start, const ModeAccuracy& accuracy,
                                      RandomStream& random) const {
    const Eigen::Index n = start.size(), most = std::min<Eigen::Index>(n, std::max(accuracy.max_products, 1));
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
    const auto random_direction = [&](Eigen::Index known) {  // of no length where none is left
      Vector v(n);
      for (double& c : v) c = random.normal();
      const double before = v.norm();
      orthogonal(v, known);
      return v.norm() > 1e-8 * before ? Vector(v / v.norm()) : Vector(Vector::Zero(n));
    };
    Vector first = start;
    orthogonal(first, 0);
    const double norm = first.norm();
    if (norm > 1e-12 * start.norm() && norm > 0) {
      first /= norm;
      if (stir > 0) first += stir * random_direction(0);
    } else {
      first = random_direction(0);
    }
    if (!(first.norm() > 0)) throw Error("a mode was sought where every direction is rigid, frozen or excluded");
    q.col(0) = first / first.norm();

    LowestMode out;
    Eigen::SelfAdjointEigenSolver<Matrix> small;
    double scale = 0;
    int sure = 0;
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
        w = random_direction(k + 1);
        out.exhausted = w.isZero(0);
      } else {
        w /= beta[k];
      }
      const int products = static_cast<int>(k) + 1;
      const int since = products <= 32 ? 1 : 8;  // later the tridiagonal problem, k³, would cost more than the products
      if (products % since != 0 && !closed && k + 1 < most && products != accuracy.max_products) {
        q.col(k + 1) = w;
        continue;
      }
      small.computeFromTridiagonal(alpha.head(k + 1), beta.head(k));
      const double value = small.eigenvalues()[0];
      const double residual = std::max(beta[k] * std::abs(small.eigenvectors()(k, 0)), 1e-12 * scale);
      out.lowest = {value, residual};
      bool done = residual <= std::max(accuracy.absolute, accuracy.relative * std::abs(value)) ||
                  (value < accuracy.enough && residual < 0.5 * std::abs(value));
      if (accuracy.only_sign) {
        sure = value - residual > 0 ? sure + since : 0;
        done = sure > accuracy.doubt || value < -residual;
      }
      out.accurate = (done && products >= accuracy.min_products && !closed) || out.exhausted;
      const bool spent = products >= accuracy.max_products;
      if (out.accurate || spent || k + 1 == most) {
        out.vector = q.leftCols(k + 1) * small.eigenvectors().col(0);
        out.vector /= out.vector.norm();
        break;
      }
      q.col(k + 1) = w;
    }
    return out;
  }
};

}  // namespace tarn
