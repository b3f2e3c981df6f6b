#pragma once
// The precision policy: the real type of the arithmetic over pairs and the one of the sums travel together.

#include <concepts>

namespace tarn {

struct Double {  ///< the reference
  using Real = double;
  using Sum = double;
};
struct Mixed {  ///< pairs in float, sums in double
  using Real = float;
  using Sum = double;
};
struct Single {  ///< all in float
  using Real = float;
  using Sum = float;
};

template <class P>
concept Precision = std::floating_point<typename P::Real> && std::floating_point<typename P::Sum> &&
                    sizeof(typename P::Sum) >= sizeof(typename P::Real);

}  // namespace tarn
