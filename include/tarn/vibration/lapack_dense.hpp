#pragma once
// Dense eigensolver by LAPACK (OpenBLAS, MKL): threads and kernels are the library's, so eigenvectors agree between machines to
// rounding, not bit for bit. Needs LAPACKE.
//
//   all:   dsyevd (divide and conquer), the eigenvectors in place of the matrix
//   some:  dsytrd to tridiagonal form, dstemr (relatively robust representations) for the selected pairs alone, dormtr back. This is
//          what dsyevr is meant to be; dsyevr itself takes inverse iteration for a subset and an n × n array where the count is unknown.

#include <lapacke.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tarn/core/error.hpp"
#include "tarn/core/memory.hpp"
#include "tarn/vibration/solver.hpp"

namespace tarn {

/// LAPACK's eigenpairs: all that are selected, by the route that is quickest for as many.
struct LapackDense {
  /// Bytes needed beside the n × n matrix itself. Below{…} is counted without its eigenvectors, whose number is not known before.
  [[nodiscard]] static double bytes(Eigen::Index rows, const Selection& selection = all_modes) {
    const double n = static_cast<double>(rows);
    if (const auto* lowest = std::get_if<Lowest>(&selection); lowest && !nearly_all(lowest->count, rows))
      return 8.0 * n * (static_cast<double>(lowest->count) + 128);
    return std::holds_alternative<Below>(selection) ? 8.0 * n * 128 : 8.0 * (2 * n * n + 7 * n + 1) + 4.0 * (5 * n + 3);
  }

  /// The most rows that LAPACK's 32 bit sizes of workspace allow.
  static constexpr Eigen::Index max_rows = 32000;
  /// Throws Error where the matrix is not square, finite and symmetric, the selection makes no sense, the memory does not suffice
  /// or LAPACK reports failure.
  [[nodiscard]] Eigenpairs operator()(Matrix matrix, const Selection& selection = all_modes) const {
    check_symmetric(matrix);
    const Eigen::Index n = matrix.rows();
    check_selection(selection, n);
    if (n > max_rows)
      throw Error("a dense matrix of ", n, " rows: LAPACK's workspace has 32 bit sizes, ", max_rows,
                  " rows are the most; use an operator solver (SpectraLowest) for the lowest modes");
    require_memory(bytes(n, selection), "eigenpairs of a dense matrix of " + std::to_string(n) + " rows", remedy);

    const auto* lowest = std::get_if<Lowest>(&selection);
    const bool whole = std::holds_alternative<All>(selection) || (lowest && nearly_all(lowest->count, n));
    Eigenpairs pairs = whole ? all(std::move(matrix)) : some(std::move(matrix), selection);
    truncate(pairs, count_selected(pairs.values, selection));
    fix_signs(pairs.vectors);
    return pairs;
  }

 private:
  static constexpr const char* remedy = "ask for fewer modes, or use an operator solver (SpectraLowest) for the lowest";

  /// From here on the whole is as quick as the part.
  static bool nearly_all(Eigen::Index count, Eigen::Index n) { return 4 * count > 3 * n; }

  static void check(lapack_int info, const char* routine) {
    if (info != 0) throw Error("LAPACK's ", routine, " failed (info = ", info, "): try EigenDense, or another LAPACK library");
  }

  static Eigenpairs all(Matrix matrix) {
    const auto n = static_cast<lapack_int>(matrix.rows());
    Eigenpairs pairs{Vector(n), std::move(matrix)};
    double work_size = 0;
    lapack_int integer_size = 0;
    const auto call = [&](double* work, lapack_int size, lapack_int* integers, lapack_int integers_size) {
      check(LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, 'V', 'L', n, pairs.vectors.data(), n, pairs.values.data(), work, size, integers,
                                integers_size),
            "dsyevd");
    };
    call(&work_size, -1, &integer_size, -1);
    Vector work(static_cast<Eigen::Index>(work_size));
    std::vector<lapack_int> integers(static_cast<std::size_t>(integer_size));
    call(work.data(), static_cast<lapack_int>(work.size()), integers.data(), integer_size);
    return pairs;
  }

  static Eigenpairs some(Matrix matrix, const Selection& selection) {
    const auto n = static_cast<lapack_int>(matrix.rows());
    Vector diagonal(n), off(n), reflectors(std::max(n - 1, 1));
    double size = 0;
    check(LAPACKE_dsytrd_work(LAPACK_COL_MAJOR, 'L', n, matrix.data(), n, diagonal.data(), off.data(), reflectors.data(), &size,
                              -1),
          "dsytrd");
    Vector work(static_cast<Eigen::Index>(size));
    check(LAPACKE_dsytrd_work(LAPACK_COL_MAJOR, 'L', n, matrix.data(), n, diagonal.data(), off.data(), reflectors.data(),
                              work.data(), static_cast<lapack_int>(work.size())),
          "dsytrd");

    const auto* lowest = std::get_if<Lowest>(&selection);
    const auto* below = std::get_if<Below>(&selection);
    const lapack_int last = lowest ? static_cast<lapack_int>(lowest->count) : n;
    const double upper = below ? below->omega_rad_per_ps * below->omega_rad_per_ps : 0;
    const double lower = -2 * (diagonal.cwiseAbs().maxCoeff() + 2 * off.head(n - 1).lpNorm<Eigen::Infinity>() + upper) - 1;
    lapack_int found = 0, try_accurate = 1;
    double first = 0;
    Eigenpairs pairs{Vector(n), Matrix(n, 0)};
    std::vector<lapack_int> support(2 * static_cast<std::size_t>(n)), integers(10 * static_cast<std::size_t>(n));
    work.resize(std::max<Eigen::Index>(18 * n, work.size()));
    // the first call (nzc = −1) counts the columns that the second will need
    const auto tridiagonal = [&](double* vectors, lapack_int columns, Vector d, Vector e) {
      check(LAPACKE_dstemr_work(LAPACK_COL_MAJOR, 'V', lowest ? 'I' : 'V', n, d.data(), e.data(), lower, upper, 1, last, &found,
                                pairs.values.data(), vectors, n, columns, support.data(), &try_accurate, work.data(),
                                static_cast<lapack_int>(work.size()), integers.data(), static_cast<lapack_int>(integers.size())),
            "dstemr");
    };
    tridiagonal(&first, -1, diagonal, off);
    const auto columns = lowest ? last : static_cast<lapack_int>(first);
    require_memory(8.0 * static_cast<double>(n) * static_cast<double>(columns),
                   std::to_string(columns) + " eigenvectors of a matrix of " + std::to_string(n) + " rows", remedy);
    pairs.vectors.resize(n, columns);
    if (columns > 0) tridiagonal(pairs.vectors.data(), columns, diagonal, off);
    if (lowest && found != last) throw Error("LAPACK's dstemr found ", found, " of ", last, " eigenpairs: ask for all modes");
    truncate(pairs, columns > 0 ? found : 0);
    if (found == 0 || columns == 0) return pairs;

    check(LAPACKE_dormtr_work(LAPACK_COL_MAJOR, 'L', 'L', 'N', n, found, matrix.data(), n, reflectors.data(),
                              pairs.vectors.data(), n, &size, -1),
          "dormtr");
    work.resize(static_cast<Eigen::Index>(size));
    check(LAPACKE_dormtr_work(LAPACK_COL_MAJOR, 'L', 'L', 'N', n, found, matrix.data(), n, reflectors.data(),
                              pairs.vectors.data(), n, work.data(), static_cast<lapack_int>(work.size())),
          "dormtr");
    return pairs;
  }
};
static_assert(DenseSolver<LapackDense>);

}  // namespace tarn
