#include "common/solvers.hpp"

#include <chrono>

#include "common/engine.hpp"
#include "tarn/core/memory.hpp"
#include "tarn/vibration/eigen_dense.hpp"
#include "tarn/vibration/lapack_dense.hpp"
#include "tarn/vibration/spectra_lowest.hpp"

extern "C" void openblas_set_num_threads(int) __attribute__((weak));  // other LAPACKs have their own ways

namespace tarn::programs {

const std::vector<std::string>& solver_names() {
  static const std::vector<std::string> names{"auto", "lapack", "eigen", "spectra"};
  return names;
}

bool is_dense(const std::string& solver) { return solver == "lapack" || solver == "eigen"; }

namespace {
double dense_bytes(const std::string& solver, Eigen::Index rows, const Selection& selection) {
  const double n = static_cast<double>(rows);
  return 8 * n * n + (solver == "eigen" ? EigenDense::bytes(rows, selection) : LapackDense::bytes(rows, selection));
}
}  // namespace

void require_dense_memory(const std::string& solver, Eigen::Index rows, const Selection& selection) {
  require_memory(dense_bytes(solver, rows, selection),
                 (std::holds_alternative<All>(selection) ? "all modes of " : "modes of ") + std::to_string(rows / 3) + " atoms",
                 "ask for the lowest, as --modes lowest:100 --solver spectra");
}

std::string choose_solver(Eigen::Index atoms, const Selection& selection) {
  const Eigen::Index n = 3 * atoms;
  if (const auto* lowest = std::get_if<Lowest>(&selection); lowest && n > 3000 && lowest->count <= n / 30) return "spectra";
  if (!std::holds_alternative<All>(selection) && dense_bytes("lapack", n, selection) > 0.9 * available_memory_bytes())
    return "spectra";
  return "lapack";
}

Eigenpairs solve_dense(const std::string& solver, Matrix matrix, const Selection& selection, int threads) {
  if (solver == "eigen") return EigenDense{}(std::move(matrix), selection);
  if (openblas_set_num_threads) openblas_set_num_threads(threads);
  return LapackDense{}(std::move(matrix), selection);
}

Eigenpairs solve_operator(const AnyOperator& op, const Selection& selection, const Matrix& null_vectors, std::uint64_t seed) {
  return SpectraLowest{.seed = seed}(op, selection, null_vectors);
}

double expected_dense_s(const std::string& solver, Eigen::Index rows, int threads) {
  constexpr Eigen::Index small = 800;
  if (!is_dense(solver) || rows < 3 * small) return 0;
  Matrix a = Matrix::NullaryExpr(
      small, small, [](Eigen::Index i, Eigen::Index j) { return std::cos(static_cast<double>(7 * (i + j) + 3 * i * j % 1009)); });
  a = (a + a.transpose()).eval();
  double best = 1e300;
  for (int attempt = 0; attempt < 3; ++attempt) {  // the first wakes threads and caches
    const auto start = std::chrono::steady_clock::now();
    (void)solve_dense(solver, a, all_modes, threads);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best * std::pow(static_cast<double>(rows) / static_cast<double>(small), 3);
}

}  // namespace tarn::programs
