#pragma once
// Threads by OpenMP. Including this header is what asks for OpenMP (CMake: OpenMP::OpenMP_CXX); without it all runs on one thread.

#ifndef _OPENMP
#error "tarn/core/openmp.hpp needs OpenMP: compile with -fopenmp (CMake: the component tarn::openmp), or use tarn::Serial"
#endif

#include <omp.h>

#include <algorithm>
#include <cstddef>
#include <exception>

#include "tarn/core/error.hpp"
#include "tarn/core/executor.hpp"

namespace tarn {

/// OpenMP threads, tasks handed out one by one; `count` 0 is all processors.
class OpenMP {
 public:
  /// Throws Error unless 0 ≤ count ≤ 4096.
  explicit OpenMP(int count = 0) : threads_(count == 0 ? omp_get_num_procs() : count) {
    if (count < 0 || count > 4096) throw Error(count, " threads: give 1 to 4096, or 0 for one a processor");
  }
  [[nodiscard]] int threads() const { return threads_; }

  template <class Task>
  void for_each(std::size_t n, Task&& task) const {
    const int wanted = static_cast<int>(std::min(n, static_cast<std::size_t>(threads_)));
    if (wanted <= 1) return Serial{}.for_each(n, task);
    std::exception_ptr failure;
#pragma omp parallel for schedule(dynamic, 1) num_threads(wanted)
    for (std::size_t i = 0; i < n; ++i) {
      try {
        task(i);
      } catch (...) {
#pragma omp critical(tarn_openmp_failure)
        if (!failure) failure = std::current_exception();
      }
    }
    if (failure) std::rethrow_exception(failure);
  }

 private:
  int threads_;
};
static_assert(Executor<OpenMP>);

}  // namespace tarn
