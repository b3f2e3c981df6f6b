#pragma once
// The dimer's rotation to the lowest mode: the least of vᵀHv by conjugate gradients, one product a turn.
//
// A dimer of two images differences their forces for Hv; with the product itself there are no images, no step to choose, and the best angle in the plane of v and the direction θ
// is known: the lower eigenvector of a 2 × 2 matrix. Directions by Polak and Ribière. G. Henkelman, H. Jónsson, J. Chem. Phys. 111, 7010 (1999); A. Heyden, A. T. Bell,
// F. J. Keil, J. Chem. Phys. 123, 224101 (2005) for the angle.

#include <algorithm>
#include <cmath>

#include "tarn/core/random.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/landscape/lowest_mode.hpp"

namespace tarn {

/// The dimer method, as above. Beside Lanczos it keeps three vectors instead of one a product, and knows less from as many.
struct Dimer {
  double stir = 0.02;  ///< of a random direction added to the unit start vector

  /// Throws Error where no direction is left.
  template <class Product, class Confine>
  [[nodiscard]] LowestMode operator()(Product& product, Confine& confine, const Vector& start, const ModeAccuracy& accuracy,
                                      RandomStream& random) const {
    LowestMode out;
    out.vector = detail::first_direction(start, stir, confine, random);
    Vector& v = out.vector;
    Vector hv(v.size()), turn, h_turn(v.size()), before;
    const auto multiply = [&](const Vector& x, Vector& hx) {
      product(x, hx);
      confine(hx);
    };
    multiply(v, hv);
    detail::VectorTest enough(accuracy);
    double before2 = 0;
    for (int products = 1;; ++products) {
      const double value = v.dot(hv);
      const Vector residual = hv - value * v;
      const double norm2 = residual.squaredNorm();
      if (enough(out, value, std::sqrt(norm2), products)) return out;
      const double again = before2 > 0 ? std::max(0.0, residual.dot(residual - before) / before2) : 0.0;
      Vector direction = -residual;
      if (again > 0) direction += again * std::sqrt(before2) * turn;  // `turn` is unit: of the length of the residual before
      before = residual, before2 = norm2;
      direction -= direction.dot(v) * v;
      turn = direction / direction.norm();
      multiply(turn, h_turn);
      const double cross = v.dot(h_turn), other = turn.dot(h_turn);
      const double angle = 0.5 * std::atan2(-2 * cross, other - value), c = std::cos(angle), s = std::sin(angle);
      const Vector turned = c * turn - s * v;  // the direction of the turn, carried along
      v = c * v + s * turn;
      hv = c * hv + s * h_turn;
      turn = turned;
      v /= v.norm();
    }
  }
};
static_assert(ModeFinder<Dimer>);

}  // namespace tarn
