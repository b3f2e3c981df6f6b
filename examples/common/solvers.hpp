#pragma once
// Eigensolvers by name, compiled once.

#include <cstdint>
#include <string>

#include "tarn/core/vector.hpp"
#include "tarn/vibration/solver.hpp"

namespace tarn::programs {

[[nodiscard]] bool is_dense(const std::string& solver);
/// "lapack" on `threads` threads, or "eigen".
[[nodiscard]] Eigenpairs solve_dense(const std::string& solver, Matrix matrix, const Selection& selection, int threads);
/// "spectra": Lanczos, from starting vectors of this seed.
[[nodiscard]] Eigenpairs solve_operator(const AnyOperator& op, const Selection& selection, const Matrix& null_vectors,
                                        std::uint64_t seed);

}  // namespace tarn::programs
