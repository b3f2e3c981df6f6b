#include "common/solvers.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

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

void require_modes(const std::string& solver, Eigen::Index atoms, const Selection& selection, Eigen::Index spectra, int threads) {
  const Eigen::Index rows = 3 * atoms;
  if (atoms < 2) throw Error("one atom has no vibrations, its three modes are translations: repeat the cell first");
  check_selection(selection, rows);
  const auto* lowest = std::get_if<Lowest>(&selection);
  const bool all = std::holds_alternative<All>(selection);
  const std::string what = (all ? "all modes of " : "modes of ") + std::to_string(atoms) + " atoms";
  const char* remedy = "ask for the lowest, as --modes lowest:100 --solver spectra (no mean-square displacements then, and a boson peak only as far up as they reach)";
  const double n = static_cast<double>(rows), curves = 16 * static_cast<double>(atoms) * static_cast<double>(spectra);
  if (is_dense(solver)) {
    require_memory(dense_bytes(solver, rows, selection), what, remedy);
    // where OpenBLAS cannot have its buffers it tries for ever
    if (const double buffers = 1.5e8 * (std::min(threads, 128) + 1);
        solver == "lapack" && address_space_left_bytes() < dense_bytes(solver, rows, selection) + buffers)
      throw Error(what, ": the limit of this process's addresses (ulimit -v) leaves ",
                  std::floor(address_space_left_bytes() / 1e6), " MB, LAPACK with ", threads, " threads needs ",
                  std::ceil((dense_bytes(solver, rows, selection) + buffers) / 1e6),
                  " MB: raise it, or take --solver eigen or fewer --threads");
    if (solver == "lapack" && rows > LapackDense::max_rows)
      throw Error(what, ": more than LAPACK's sizes allow, ", LapackDense::max_rows / 3, " atoms: ", remedy,
                  ", or take --solver eigen");
  } else {
    if (all || (lowest && 3 * lowest->count > rows))
      throw Error(what, ": --solver spectra finds at most the lowest third: ask for fewer by --modes, or take --solver lapack");
    if (lowest) require_memory(8 * n * (2 * static_cast<double>(lowest->count) + 200), what, "ask for fewer");
  }
  require_memory(curves, "curves of " + std::to_string(atoms) + " atoms at " + std::to_string(spectra) + " frequencies",
                 "take a larger --step or a smaller --window");
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
