#include "tarn/core/simd_rows.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace tarn;

TEST_CASE("rows: eight rows as columns, as the portable form does; one row may be named twice") {
  std::vector<simd::Row> some;
  for (int k = 0; k < 40; ++k) some.push_back({1.0 * k, 100.5 + k, 1000.25 - k, 0.125 * k});
  const std::uint32_t at[8] = {3, 17, 0, 5, 5, 19, 2, 11};
  const auto check = [](const simd::Eight& a, const simd::Eight& b) {
    CHECK(a.x.array() == b.x.array());
    CHECK(a.y.array() == b.y.array());
    CHECK(a.z.array() == b.z.array());
    CHECK(a.w.array() == b.w.array());
  };
  check(simd::rows(some.data(), at), simd::portable::rows(some.data(), at));
  check(simd::rows<2>(some.data() + 1, at), simd::portable::rows<2>(some.data() + 1, at));
  const auto columns = simd::rows<2>(some.data() + 1, at);
  for (std::size_t l = 0; l < 8; ++l) {
    CHECK(columns.x.array()[l] == some[2 * at[l] + 1][0]);
    CHECK(columns.y.array()[l] == some[2 * at[l] + 1][1]);
    CHECK(columns.z.array()[l] == some[2 * at[l] + 1][2]);
    CHECK(columns.w.array()[l] == some[2 * at[l] + 1][3]);
  }
}
