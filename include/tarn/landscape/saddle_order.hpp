#pragma once
// How surely a point is a saddle of first order: that beside the negative eigenvalue there is no other.
//
// v with vᵀHv < 0 shows that one eigenvalue is negative. The lowest of H in the space orthogonal to v lies at or below the second of H (Cauchy's interlacing), so where that is
// positive there is no other. Lanczos gives a Ritz value θ above it; that none lies below 0 while θ > 0 no residual tells, since a start may hold too little of a localised
// mode. A start at random holds enough of every one, but for a chance: after k products from a direction uniform in n dimensions
//   P(lowest < θ − ε (largest − lowest)) ≤ 1.648 √n e^(−√ε (2k − 1))
// J. Kuczyński, H. Woźniakowski, SIAM J. Matrix Anal. Appl. 13, 1094 (1992), theorem 4.2 (there for the largest). So products are spent until this is below `miss` for the
// ε that reaches down to 0. Half of the start is what the walk knows to be soft, which finds a negative one sooner; the random half is then 1/√2 long.

#include <cmath>

#include "tarn/core/random.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/landscape/lanczos.hpp"
#include "tarn/landscape/lowest_mode.hpp"

namespace tarn {

/// How sure is sure.
struct OrderTest {
  double miss = 0.05;      ///< the chance that a second negative eigenvalue, if there is one, is not seen
  int max_products = 600;  ///< more than 0.01 eV/Å² beside a largest of 25 asks for in 12000 dimensions
};

/// The products that exclude an eigenvalue below 0 by a Ritz value θ > 0 and a largest eigenvalue in n dimensions, as above.
[[nodiscard]] inline double products_to_exclude(double theta, double largest, double n, double miss) {
  return 0.5 * (1 + std::log(1.648 * std::sqrt(2 * n) / miss) / std::sqrt(theta / largest));
}

/// The second mode, sought in what `confine` leaves, which the first mode is not of, beginning with `soft`: `accurate` where its sign is shown, in
/// the sense above, `exhausted` too where the space is all there is or nothing of it is left. Its value is an upper bound.
template <class Product, class Confine>
[[nodiscard]] LowestMode second_mode(Product& product, Confine& confine, const Vector& soft, double dimensions,
                                     const OrderTest& test, RandomStream& random) {
  Vector first = detail::unit_within(soft, confine, 1e-12);
  const Vector other = detail::random_direction(soft.size(), confine, random);
  first += first.dot(other) < 0 ? Vector(-other) : other;  // in few dimensions they could cancel
  if (first.isZero(0)) {
    LowestMode none;
    none.accurate = none.exhausted = true;
    return none;
  }
  first /= first.norm();
  return detail::lanczos(product, confine, first, test.max_products, random, [&](const detail::RitzValues& ritz) {
    const auto [value, residual] = ritz.lowest;
    if (value < 0) return value < -residual;
    return ritz.products >= products_to_exclude(value, ritz.largest, dimensions, test.miss);
  });
}

}  // namespace tarn
