#pragma once
// What memory is there: asked before much of it is taken, so that a request that cannot fit is refused and not killed.

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

#include "tarn/core/error.hpp"

namespace tarn {

/// Bytes that can be taken now without swapping: what Linux calls available, less where a container's limit is lower.
[[nodiscard]] inline double available_memory_bytes() {
  double available = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  std::ifstream meminfo("/proc/meminfo");
  for (std::string name, unit; meminfo >> name;) {
    double kilobytes = 0;
    if (!(meminfo >> kilobytes)) break;
    if (name == "MemAvailable:") available = std::min(available, 1024 * kilobytes);
    std::getline(meminfo, unit);
  }
  double limit = 0, used = 0;  // "max" does not read as a number: no limit
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> limit && std::ifstream("/sys/fs/cgroup/memory.current") >> used)
    available = std::min(available, std::max(0.0, limit - used));
  return available;
}

/// Throws Error where `bytes` more do not fit; `what` needs them ("all modes of 3000 atoms"), `remedy` says what to do instead.
inline void require_memory(double bytes, std::string_view what, std::string_view remedy) {
  const double available = available_memory_bytes();
  if (bytes <= available) return;
  const auto gigabytes = [](double b) { return static_cast<double>(static_cast<long long>(b / 1e7)) / 100; };
  throw Error(what, ": needs ", gigabytes(bytes), " GB of memory, ", gigabytes(available), " GB are available: ", remedy);
}

}  // namespace tarn
