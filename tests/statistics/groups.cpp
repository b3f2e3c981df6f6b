#include "tarn/statistics/groups.hpp"

#include <doctest/doctest.h>

#include "support/fields.hpp"
#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

Vector of(std::initializer_list<double> values) {
  return Eigen::Map<const Vector>(values.begin(), static_cast<Eigen::Index>(values.size()));
}

// P(U ≤ u) by drawing every subset: the definition.
double by_enumeration(int n, int m, double u) {
  int below = 0, all = 0;
  for (unsigned set = 0; set < 1u << (n + m); ++set) {
    if (__builtin_popcount(set) != n) continue;
    int sum = 0;
    for (int k = 0; k < n + m; ++k)
      if (set >> k & 1) sum += k + 1;
    ++all;
    below += sum - n * (n + 1) / 2 <= u;
  }
  return static_cast<double>(below) / all;
}

}  // namespace

TEST_CASE("the extremes of a selection") {
  Vector x(25);
  for (int i = 0; i < 25; ++i) x[i] = (7 * i) % 25;
  AtomSelection some;
  for (int i = 0; i < 25; ++i)
    if (x[i] < 20) some.push_back(i);
  const auto e = extremes(x, some);
  REQUIRE(e.lowest.size() == 2);
  CHECK(x[e.lowest[0]] + x[e.lowest[1]] == 1);
  CHECK(x[e.highest[0]] + x[e.highest[1]] == 37);
  CHECK(extremes(x, {1, 2, 3}).lowest.size() == 1);
}

TEST_CASE("exact p of small samples: every order counted, and published critical values") {
  const auto a = mann_whitney(of({1, 2, 3}), of({4, 5, 6, 7}));
  CHECK(a.exact);
  CHECK(a.u == 0);
  CHECK(a.superiority == 0);
  CHECK(a.p == doctest::Approx(2.0 / 35));  // one of 7!/(3! 4!) orders, twice
  const auto b = mann_whitney(of({1.1, 3.2, 5.3, 8.5, 2.0}), of({4.1, 2.2, 9.3, 7.7}));
  CHECK(b.u == 6);
  CHECK(b.p == doctest::Approx(2 * by_enumeration(5, 4, 6)));
  for (int u = 0; u <= 20; ++u)
    CHECK(detail::mann_whitney_below(4, 5, static_cast<std::size_t>(u)) == doctest::Approx(by_enumeration(4, 5, u)));
  // critical values of U at 5 %, two-sided: 23 for 10 and 10, 127 for 20 and 20
  CHECK(2 * detail::mann_whitney_below(10, 10, 23) <= 0.05);
  CHECK(2 * detail::mann_whitney_below(10, 10, 24) > 0.05);
  CHECK(2 * detail::mann_whitney_below(20, 20, 127) <= 0.05);
  CHECK(2 * detail::mann_whitney_below(20, 20, 128) > 0.05);
}

TEST_CASE("the normal approximation agrees with the exact, and ties are corrected for") {
  RandomStream random(5);
  const Vector x = normal_numbers(20, random), y = 0.5 + normal_numbers(20, random).array();
  const auto exact = mann_whitney(x, y);
  CHECK(exact.exact);
  CHECK(std::erfc(std::abs(exact.z) / std::sqrt(2.0)) == doctest::Approx(exact.p).epsilon(0.06));
  // 1 2 2 3 against 2 3 3 4: U = 1·0 + … = 3; ties of 3 and 3, variance 16/12 (9 − 48/56)
  const auto tied = mann_whitney(of({1, 2, 2, 3}), of({2, 3, 3, 4}));
  CHECK(!tied.exact);
  CHECK(tied.u == doctest::Approx(3));
  CHECK(tied.z == doctest::Approx(-4.5 / std::sqrt(16.0 / 12 * (9 - 48.0 / 56))));
  CHECK(mann_whitney(of({1, 2, 2, 3}), of({1, 2, 2, 3})).p == doctest::Approx(1));
}

TEST_CASE("of alike samples one in twenty differs at 5 %") {
  RandomStream random(6);
  int called = 0;
  for (int draw = 0; draw < 1000; ++draw) {
    Vector x = normal_numbers(43, random), y = normal_numbers(40, random);
    if (draw % 2) x = (3 * x).array().round(), y = (3 * y).array().round();  // with ties
    called += mann_whitney(x, y).p < 0.05;
  }
  CHECK(called > 29);  // 50 ± 3 × 6.9
  CHECK(called < 71);
}

TEST_CASE("empty samples, NaN, all equal, bad shares are errors") {
  CHECK(refuses([] { (void)mann_whitney(Vector(), of({1})); }, "empty"));
  CHECK(refuses([] { (void)mann_whitney(of({1, 1}), of({1, 1, 1})); }, "all 5 values are equal"));
  CHECK(refuses([] { (void)mann_whitney(of({1, NAN}), of({1})); }, "not a finite"));
  CHECK(refuses([] { (void)extremes(of({1, 2, 3}), {0, 1, 2}, 0.6); }, "0.6"));
  CHECK(refuses([] { (void)extremes(of({1, 2, 3}), {0}); }, "1 atoms"));
  CHECK(refuses([] { (void)extremes(of({1, NAN, 3}), {0, 1, 2}); }, "atom 1 is not a finite"));
  CHECK(extremes(of({1, NAN, 3}), {0, 2}).lowest == AtomSelection{0});  // nobody asked for atom 1
  CHECK(refuses([] { (void)extremes(of({1, 2, 3}), {0, 3}); }, "atom 3 of 3"));
  CHECK(refuses([] { (void)extremes(of({1, 2, 3}), {-1, 2}); }, "atom -1 of 3"));
}
