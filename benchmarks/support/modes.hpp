#pragma once
// The modes of the 864-atom minimum, for what is computed from modes.

#include "support/glass.hpp"
#include "tarn/vibration/dynamical_matrix.hpp"
#include "tarn/vibration/lapack_dense.hpp"
#include "tarn/vibration/modes.hpp"

namespace benchmarks {

/// All of them; some seconds, once a program.
inline const tarn::Modes& modes() {
  static const tarn::Modes all = tarn::to_modes(tarn::LapackDense{}(tarn::dense_dynamical_matrix(glass(), potential())));
  return all;
}
inline const tarn::ModeCensus& census() {
  static const tarn::ModeCensus kinds = tarn::classify_modes(modes(), glass().masses);
  return kinds;
}

}  // namespace benchmarks
