#pragma once
// What memory is there: asked before much of it is taken, so that a request that cannot fit is refused and not killed.

#include <unistd.h>

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <istream>
#include <limits>
#include <string>
#include <string_view>

#include "tarn/core/error.hpp"

namespace tarn {

/// Bytes that can be taken of `physical` without swapping, by the texts of Linux's /proc/meminfo and of a container's memory.max and
/// memory.current; a text that is empty or says nothing of it ("max") sets no limit.
[[nodiscard]] inline double available_memory_bytes(double physical, std::istream& meminfo, std::istream& limit_text,
                                                   std::istream& used_text) {
  double available = physical;
  for (std::string name, unit; meminfo >> name;) {
    double kilobytes = 0;
    if (!(meminfo >> kilobytes)) break;
    if (name == "MemAvailable:") available = std::min(available, 1024 * kilobytes);
    std::getline(meminfo, unit);
  }
  double limit = 0, used = 0;
  if (limit_text >> limit && used_text >> used) available = std::min(available, std::max(0.0, limit - used));
  return available;
}

/// Bytes of addresses that this process may still take (ulimit -v); infinity where there is no limit.
[[nodiscard]] inline double address_space_left_bytes() {
  std::ifstream sizes("/proc/self/statm");
  double pages = 0;
  rlimit space{};
  if (::getrlimit(RLIMIT_AS, &space) != 0 || space.rlim_cur == RLIM_INFINITY || !(sizes >> pages))
    return std::numeric_limits<double>::infinity();
  return std::max(0.0, static_cast<double>(space.rlim_cur) - pages * static_cast<double>(::sysconf(_SC_PAGESIZE)));
}

/// Bytes that can be taken now without swapping: what Linux calls available, less where a limit of this process (ulimit -v), of its
/// control group or of the container is lower.
[[nodiscard]] inline double available_memory_bytes() {
  double available = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  std::ifstream meminfo("/proc/meminfo"), groups("/proc/self/cgroup");
  std::string group;
  for (std::string line; std::getline(groups, line);)
    if (line.starts_with("0::")) group = line.substr(3);
  for (;;) {  // the group's own limit, and those of the groups that it is in
    const std::string folder = "/sys/fs/cgroup" + group;
    std::ifstream limit(folder + "/memory.max"), used(folder + "/memory.current");
    available = available_memory_bytes(available, meminfo, limit, used);
    if (group.empty()) break;
    group.resize(group.rfind('/') == group.npos ? 0 : group.rfind('/'));
  }
  available = std::min(available, address_space_left_bytes());
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
