#pragma once
// Eigen's dense symmetric eigensolver: always there, on one thread, about five times slower than LAPACK.

#include <concepts>
#include <string>
#include <utility>

#include <Eigen/Eigenvalues>

#include "tarn/core/error.hpp"
#include "tarn/core/memory.hpp"
#include "tarn/vibration/solver.hpp"

namespace tarn {

/// All eigenpairs are computed, those selected are returned.
struct EigenDense {
  /// Bytes needed beside the n × n matrix itself.
  [[nodiscard]] static double bytes(Eigen::Index n, const Selection& = all_modes) {
    return 8.0 * static_cast<double>(n) * static_cast<double>(n);
  }

  /// Throws Error where the matrix is not square, finite and symmetric, the selection makes no sense, the memory does not suffice
  /// or the iteration does not converge.
  /// A template so that only who calls it compiles Eigen's solver, which takes longer than all else here.
  template <std::same_as<Matrix> M>
  [[nodiscard]] Eigenpairs operator()(M matrix, const Selection& selection = all_modes) const {
    check_symmetric(matrix);
    const Eigen::Index n = matrix.rows();
    check_selection(selection, n);
    require_memory(bytes(n), "all eigenpairs of a matrix of " + std::to_string(n) + " rows",
                   "use an operator solver (SpectraLowest) for the lowest modes");
    const Eigen::SelfAdjointEigenSolver<M> solver(matrix);
    if (solver.info() != Eigen::Success) throw Error("Eigen's eigensolver did not converge: use LapackDense");
    matrix.resize(0, 0);
    const Eigen::Index count = count_selected(solver.eigenvalues(), selection);
    Eigenpairs pairs{solver.eigenvalues().head(count), solver.eigenvectors().leftCols(count)};
    fix_signs(pairs.vectors);
    return pairs;
  }
};
static_assert(DenseSolver<EigenDense>);

}  // namespace tarn
