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

namespace detail {

/// The number behind the first `name` of a text of names and numbers; 0 where there is none.
[[nodiscard]] inline double number_of(std::string_view name, std::istream& text) {
  std::string found, rest;
  for (double number = 0; text >> found >> number; std::getline(text, rest))
    if (found == name) return number;
  return 0;
}

/// What a control group's texts say of the rest of its limit, bytes: limit, use, and statistics in which `reclaimable` is the cache of files that
/// the system takes back before it refuses memory. Infinity where a text is empty or sets no limit ("max").
[[nodiscard]] inline double group_memory_left_bytes(std::istream& limit_text, std::istream& used_text, std::istream& statistics,
                                                    std::string_view reclaimable) {
  double limit = 0, used = 0;
  if (!(limit_text >> limit && used_text >> used)) return std::numeric_limits<double>::infinity();
  return std::max(0.0, limit - std::max(0.0, used - number_of(reclaimable, statistics)));
}

/// The least that is left to the groups of a process, by the text of its /proc/self/cgroup and the folder of the control groups, v2 or v1.
[[nodiscard]] inline double groups_memory_left_bytes(std::istream& groups, const std::string& root) {
  double left = std::numeric_limits<double>::infinity();
  for (std::string line; std::getline(groups, line);) {  // number:controllers:/path
    const auto first = line.find(':'), second = line.find(':', first == line.npos ? first : first + 1);
    if (second == line.npos) continue;
    const std::string controllers = ',' + line.substr(first + 1, second - first - 1) + ',';
    const bool v2 = controllers == ",,";
    if (!v2 && controllers.find(",memory,") == controllers.npos) continue;
    for (std::string group = line.substr(second + 1);;) {  // the group's own limit, and those of the groups that it is in
      const std::string folder = root + (v2 ? "" : "/memory") + group;
      std::ifstream limit(folder + (v2 ? "/memory.max" : "/memory.limit_in_bytes")),
          used(folder + (v2 ? "/memory.current" : "/memory.usage_in_bytes")), statistics(folder + "/memory.stat");
      left = std::min(left, group_memory_left_bytes(limit, used, statistics, v2 ? "inactive_file" : "total_inactive_file"));
      if (group.empty()) break;
      const auto slash = group.rfind('/');
      group.resize(slash == group.npos ? 0 : slash);
    }
  }
  return left;
}

/// Bytes that can be taken of `physical` without swapping, by the text of Linux's /proc/meminfo; all where that says nothing of it.
[[nodiscard]] inline double memory_available_bytes(double physical, std::istream& meminfo) {
  const double kilobytes = number_of("MemAvailable:", meminfo);
  return kilobytes > 0 ? std::min(physical, 1024 * kilobytes) : physical;
}

}  // namespace detail

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
/// control group (v2 or v1) or of the container is lower.
[[nodiscard]] inline double available_memory_bytes() {
  const double physical = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  std::ifstream meminfo("/proc/meminfo"), groups("/proc/self/cgroup");
  return std::min({detail::memory_available_bytes(physical, meminfo), detail::groups_memory_left_bytes(groups, "/sys/fs/cgroup"),
                   address_space_left_bytes()});
}

/// Throws Error where `bytes` more do not fit; `what` needs them ("all modes of 3000 atoms"), `remedy` says what to do instead.
inline void require_memory(double bytes, std::string_view what, std::string_view remedy) {
  const double available = available_memory_bytes();
  if (bytes <= available) return;
  const auto gigabytes = [](double b) { return static_cast<double>(static_cast<long long>(b / 1e7)) / 100; };
  throw Error(what, ": needs ", gigabytes(bytes), " GB of memory, ", gigabytes(available), " GB are available: ", remedy);
}

}  // namespace tarn
