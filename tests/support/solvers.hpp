#pragma once
// A dense solver for the tests, compiled once: Eigen's takes long to compile.

#include <utility>

#include "tarn/vibration/modes.hpp"
#include "tarn/vibration/solver.hpp"

namespace tarn::testing {

/// EigenDense{}(matrix, selection).
[[nodiscard]] Eigenpairs solve_dense(Matrix matrix, const Selection& selection = all_modes);

/// Modes of a dynamical matrix, (rad/ps)².
[[nodiscard]] inline Modes dense_modes(Matrix matrix, const Selection& selection = all_modes) {
  return to_modes(solve_dense(std::move(matrix), selection));
}

}  // namespace tarn::testing
