#include "tarn/core/memory.hpp"

#include <doctest/doctest.h>

#include <string>

TEST_CASE("some memory is available, and less than there is") {
  const double available = tarn::available_memory_bytes();
  CHECK(available > 1e7);
  CHECK(available < 1e15);
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
