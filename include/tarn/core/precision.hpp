#pragma once
// The precision policy: the real type of the arithmetic over pairs and the one of the sums travel together.

#include <concepts>

namespace tarn {

/// The reference.
struct Double {
  using Real = double;
  using Sum = double;
};
/// Pairs in float, sums in double.
struct Mixed {
  using Real = float;
  using Sum = double;
};
/// All in float.
struct Single {
  using Real = float;
  using Sum = float;
};

/// Sums are no narrower than what is summed.
template <class P>
concept Precision = std::floating_point<typename P::Real> && std::floating_point<typename P::Sum> &&
                    sizeof(typename P::Sum) >= sizeof(typename P::Real);

}  // namespace tarn
