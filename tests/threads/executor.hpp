#pragma once
// An executor of plain threads: what ThreadSanitizer understands exactly, as it does no OpenMP runtime that was not compiled with it.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "tarn/core/executor.hpp"

namespace tarn::testing {

/// New threads for each loop, tasks handed out one by one. The hand-out is relaxed: it orders nothing between tasks, so it hides no race.
class Threads {
 public:
  explicit Threads(int count = 4) : count_(count) {}
  [[nodiscard]] int threads() const { return count_; }

  template <class Task>
  void for_each(std::size_t n, Task&& task) const {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex mutex;
    const auto work = [&] {
      for (std::size_t i = 0; (i = next.fetch_add(1, std::memory_order_relaxed)) < n;) {
        try {
          task(i);
        } catch (...) {
          const std::lock_guard lock(mutex);
          if (!failure) failure = std::current_exception();
        }
      }
    };
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < std::min(n, static_cast<std::size_t>(count_)); ++t) threads.emplace_back(work);
    for (auto& thread : threads) thread.join();
    if (failure) std::rethrow_exception(failure);
  }

 private:
  int count_;
};
static_assert(Executor<Threads>);

}  // namespace tarn::testing
