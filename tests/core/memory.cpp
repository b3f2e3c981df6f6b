#include "tarn/core/memory.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include "tarn/core/file.hpp"

namespace {

constexpr double no_limit = std::numeric_limits<double>::infinity();

double available(double physical, const std::string& meminfo) {
  std::istringstream text(meminfo);
  return tarn::detail::memory_available_bytes(physical, text);
}

double left(const std::string& limit, const std::string& used, const std::string& statistics = "") {
  std::istringstream texts[] = {std::istringstream(limit), std::istringstream(used), std::istringstream(statistics)};
  return tarn::detail::group_memory_left_bytes(texts[0], texts[1], texts[2], "inactive_file");
}

}  // namespace

TEST_CASE("what is available is what Linux says, no more than there is") {
  const std::string meminfo =
      "MemTotal:       16000 kB\nMemFree:         1000 kB\nMemAvailable:    3000 kB\nHugePages_Total:    0\nSwapFree: 9 kB\n";
  CHECK(available(16000 * 1024.0, meminfo) == 3000 * 1024);
  CHECK(available(2000 * 1024.0, meminfo) == 2000 * 1024);
  CHECK(available(5e9, "") == 5e9);                      // no Linux
  CHECK(available(5e9, "MemTotal: 16000 kB\n") == 5e9);  // a kernel before 3.14
  CHECK(available(5e9, "MemFree: ? kB\nMemAvailable: 1") == 5e9);
}

TEST_CASE("a control group leaves its limit less its use, in which the cache of files that were read does not count") {
  CHECK(left("max\n", "123\n") == no_limit);
  CHECK(left("", "") == no_limit);
  CHECK(left("2000000\n", "") == no_limit);
  CHECK(left("2000000\n", "500000\n") == 1500000);
  CHECK(left("2000000\n", "2500000\n") == 0);
  CHECK(left("2000000\n", "1900000\n", "anon 100\nfile 1800000\ninactive_file 1700000\nactive_file 100000\n") == 1800000);
  CHECK(left("2000000\n", "1900000\n", "inactive_file 1950000\n") == 2000000);  // texts of two moments
}

TEST_CASE("the groups of either version are found, and those that they are in") {
  const auto root = std::filesystem::temp_directory_path() / ("tarn-groups-" + std::to_string(::getpid()));
  const auto write = [&](const char* name, const char* text) {
    std::filesystem::create_directories((root / name).parent_path());
    tarn::write_file(root / name, text);
  };
  const auto least = [&](const std::string& text) {
    std::istringstream groups(text);
    return tarn::detail::groups_memory_left_bytes(groups, root.string());
  };
  write("a/b/memory.max", "max\n");
  write("a/b/memory.current", "5000\n");
  write("a/memory.max", "9000\n");
  write("a/memory.current", "8000\n");
  write("a/memory.stat", "anon 1\ninactive_file 3000\n");
  write("memory/c/memory.limit_in_bytes", "7000\n");
  write("memory/c/memory.usage_in_bytes", "6000\n");
  write("memory/c/memory.stat", "inactive_file 10\ntotal_inactive_file 500\n");
  CHECK(least("0::/a/b\n") == 4000);
  CHECK(least("0::/\n") == no_limit);
  CHECK(least("12:cpu,cpuacct:/a/b\n") == no_limit);
  CHECK(least("3:cpuset:/\n4:memory:/c\n1:name=systemd:/x\n") == 1500);
  CHECK(least("4:hugetlb,memory:/c\n0::/a\n") == 1500);
  CHECK(least("no groups\n\n:\n") == no_limit);
  std::filesystem::remove_all(root);
}

TEST_CASE("this machine's files are read") {
  std::ifstream meminfo("/proc/meminfo");
  std::string name;
  double total = 0;
  if (meminfo >> name >> total) CHECK(tarn::available_memory_bytes() < 1024 * total);
  CHECK(tarn::available_memory_bytes() > 0);
}

TEST_CASE("a request that cannot fit is refused with figures and remedy, one that fits is not") {
  CHECK_NOTHROW(tarn::require_memory(1e6, "a vector", "a shorter one"));
  std::string message;
  try {
    tarn::require_memory(8e16, "all modes", "ask for fewer");
  } catch (const tarn::Error& error) {
    message = error.what();
  }
  CHECK(message.starts_with("all modes: needs 80000000 GB of memory, "));
  CHECK(message.ends_with(" GB are available: ask for fewer"));
}
