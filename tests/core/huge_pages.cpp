#include "tarn/core/huge_pages.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace tarn;

TEST_CASE("a hint for large pages changes nothing that is stored, whatever the size") {
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1} << 20, std::size_t{5} << 20}) {
    std::vector<char> some(size, 'x');
    prefer_huge_pages(some.data(), some.size());
    CHECK(some == std::vector<char>(size, 'x'));
  }
}
