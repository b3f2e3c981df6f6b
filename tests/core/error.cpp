#include "tarn/core/error.hpp"

#include <doctest/doctest.h>

#include <string>

TEST_CASE("an error joins its parts into one line") {
  CHECK(std::string(tarn::Error("glass.data", ':', 12, ": mass ", 1.5).what()) == "glass.data:12: mass 1.5");
  CHECK_THROWS_AS(throw tarn::Cancelled(), tarn::Error);
}
