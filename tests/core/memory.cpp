#include "tarn/core/memory.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace {

double available(double physical, const std::string& meminfo, const std::string& limit = "", const std::string& used = "") {
  std::istringstream texts[] = {std::istringstream(meminfo), std::istringstream(limit), std::istringstream(used)};
  return tarn::available_memory_bytes(physical, texts[0], texts[1], texts[2]);
}

}  // namespace

TEST_CASE("what is available is what Linux says, no more than there is, less where a container's limit is lower") {
  const std::string meminfo =
      "MemTotal:       16000 kB\nMemFree:         1000 kB\nMemAvailable:    3000 kB\nHugePages_Total:    0\nSwapFree: 9 kB\n";
  CHECK(available(16000 * 1024.0, meminfo) == 3000 * 1024);
  CHECK(available(2000 * 1024.0, meminfo) == 2000 * 1024);
  CHECK(available(5e9, "") == 5e9);                      // no Linux
  CHECK(available(5e9, "MemTotal: 16000 kB\n") == 5e9);  // a kernel before 3.14
  CHECK(available(5e9, "MemFree: ? kB\nMemAvailable: 1") == 5e9);
  CHECK(available(16000 * 1024.0, meminfo, "max\n", "123\n") == 3000 * 1024);
  CHECK(available(16000 * 1024.0, meminfo, "2000000\n", "500000\n") == 1500000);
  CHECK(available(16000 * 1024.0, meminfo, "2000000\n", "2500000\n") == 0);
  CHECK(available(16000 * 1024.0, meminfo, "9000000000\n", "5\n") == 3000 * 1024);
  CHECK(available(16000 * 1024.0, meminfo, "2000000\n", "") == 3000 * 1024);
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
