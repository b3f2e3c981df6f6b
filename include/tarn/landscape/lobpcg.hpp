#pragma once
// The locally optimal conjugate gradients (LOBPCG) of one vector, without a preconditioner: one product a step.
//
// The least of the Rayleigh quotient in the space of the vector, its residual and the step before: a Rayleigh–Ritz problem of 3 × 3. A. V. Knyazev, SIAM J. Sci. Comput. 23, 517 (2001).

#include <Eigen/Eigenvalues>

#include "tarn/core/random.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/landscape/lowest_mode.hpp"

namespace tarn {

/// LOBPCG, as above: six vectors, however many the products.
struct Lobpcg {
  double stir = 0.02;  ///< of a random direction added to the unit start vector

  /// Throws Error where no direction is left.
  template <class Product, class Confine>
  [[nodiscard]] LowestMode operator()(Product& product, Confine& confine, const Vector& start, const ModeAccuracy& accuracy,
                                      RandomStream& random) const {
    LowestMode out;
    const Eigen::Index n = start.size();
    Matrix space(n, 3), image(n, 3);  // the vector, its residual, the step before; their products with H
    space.col(0) = detail::first_direction(start, stir, confine, random);
    Vector h(n);
    const auto multiply = [&](Eigen::Index k) {
      product(Vector(space.col(k)), h);
      confine(h);
      image.col(k) = h;
    };
    multiply(0);
    detail::VectorTest enough(accuracy);
    Eigen::Index known = 2;
    for (int products = 1;; ++products) {
      const double value = space.col(0).dot(image.col(0));
      space.col(1) = image.col(0) - value * space.col(0);
      const double norm = space.col(1).norm();
      if (enough(out, value, norm, products)) break;
      space.col(1) /= norm;
      space.col(1) -= space.col(0).dot(space.col(1)) * space.col(0);
      multiply(1);
      if (known == 3) {  // made orthogonal to the two before, its product with it
        for (Eigen::Index k = 0; k < 2; ++k) {
          const double along = space.col(k).dot(space.col(2)) / space.col(k).squaredNorm();
          space.col(2) -= along * space.col(k), image.col(2) -= along * image.col(k);
        }
        const double length = space.col(2).norm();
        if (length > 1e-6)
          space.col(2) /= length, image.col(2) /= length;
        else
          known = 2;
      }
      const Matrix ritz = space.leftCols(known).transpose() * image.leftCols(known);
      const Eigen::SelfAdjointEigenSolver<Matrix> small(0.5 * (ritz + ritz.transpose()));
      const Vector c = small.eigenvectors().col(0);
      Vector step = space.middleCols(1, known - 1) * c.tail(known - 1),
             h_step = image.middleCols(1, known - 1) * c.tail(known - 1);
      space.col(0) = c[0] * space.col(0) + step, image.col(0) = c[0] * image.col(0) + h_step;
      const double unit = space.col(0).norm(), length = step.norm();
      space.col(0) /= unit, image.col(0) /= unit;
      known = length > 0 ? 3 : 2;
      if (known == 3) space.col(2) = step / length, image.col(2) = h_step / length;
    }
    out.vector = space.col(0);
    return out;
  }
};
static_assert(ModeFinder<Lobpcg>);

}  // namespace tarn
