#pragma once
// Large arrays on large pages: the first touch of fresh memory costs more than many kernels that fill it, and 2 MB at a time it costs a third.

#include <cstddef>
#include <cstdint>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace tarn {

/// Asks for large pages for fresh memory that is about to be filled. A hint: no effect where the system has none to give.
inline void prefer_huge_pages([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  constexpr std::uintptr_t page = std::uintptr_t{2} << 20;
  const auto first = (reinterpret_cast<std::uintptr_t>(begin) + page - 1) / page * page,
             last = (reinterpret_cast<std::uintptr_t>(begin) + bytes) / page * page;
  if (first < last) static_cast<void>(madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE));
#endif
}

}  // namespace tarn
