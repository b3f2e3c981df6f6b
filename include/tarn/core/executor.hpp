#pragma once
// The executor policy: who runs the independent pieces of a loop.
//
// A loop is cut into tasks by its size alone, never by the number of threads, and each task writes to its own place: so the
// result is the same, bit for bit, whichever executor runs it.

#include <concepts>
#include <cstddef>

namespace tarn {

/// Runs task(0) … task(n − 1), in any order, perhaps at once, and returns when all have ended. An exception of a task reaches
/// the caller (the first one, where several throw).
template <class E>
concept Executor = std::copy_constructible<E> && requires(const E& executor, void (*task)(std::size_t)) {
  { executor.threads() } -> std::convertible_to<int>;
  executor.for_each(std::size_t{}, task);
};

/// One after the other, on the calling thread.
struct Serial {
  [[nodiscard]] int threads() const { return 1; }
  template <class Task>
  void for_each(std::size_t n, Task&& task) const {
    for (std::size_t i = 0; i < n; ++i) task(i);
  }
};
static_assert(Executor<Serial>);

}  // namespace tarn
