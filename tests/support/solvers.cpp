#include "support/solvers.hpp"

#include <utility>

#include "tarn/vibration/eigen_dense.hpp"

namespace tarn::testing {

Eigenpairs solve_dense(Matrix matrix, const Selection& selection) { return EigenDense{}(std::move(matrix), selection); }

}  // namespace tarn::testing
