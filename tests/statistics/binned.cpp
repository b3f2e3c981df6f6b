#include "tarn/statistics/binned.hpp"

#include <doctest/doctest.h>

#include "support/fields.hpp"
#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

TEST_CASE("bins hold all atoms, by ascending x, with means and standard errors by hand") {
  Vector x(20), y(20);
  for (int i = 0; i < 20; ++i) x[(7 * i) % 20] = i, y[(7 * i) % 20] = i < 10 ? i : 100;
  const auto b = binned_means(x, y);
  REQUIRE(b.x.size() == 2);
  CHECK(b.x[0] == doctest::Approx(4.5));
  CHECK(b.y[0] == doctest::Approx(4.5));
  CHECK(b.error[0] == doctest::Approx(std::sqrt(82.5 / 9 / 10)));
  CHECK(b.y[1] == doctest::Approx(100));
  CHECK(b.error[1] == doctest::Approx(0));
}

TEST_CASE("about a hundred atoms a bin, fewer in a small sample") {
  const auto bins = [](Eigen::Index n) { return binned_means(Vector::Random(n), Vector::Random(n)); };
  CHECK(bins(4000).x.size() == 40);
  CHECK(bins(864).x.size() == 8);
  CHECK(bins(256).x.size() == 8);
  CHECK(bins(50).x.size() == 5);
  const auto b = bins(257);
  std::int64_t all = 0;
  for (const auto n : b.atoms) all += n;
  CHECK(all == 257);
}

TEST_CASE("standard errors cover the truth") {
  RandomStream random(4);
  int covered = 0;
  for (int draw = 0; draw < 100; ++draw) {
    const Vector x = normal_numbers(800, random), y = normal_numbers(800, random);
    const auto b = binned_means(x, y);
    for (Eigen::Index k = 0; k < 8; ++k) covered += std::abs(b.y[k]) < 1.984 * b.error[k];
  }
  CHECK(covered > 741);  // 760 ± 3 × 6.2
  CHECK(covered < 779);
}

TEST_CASE("a histogram is a density") {
  Vector x(4);
  x << 0, 0.4, 0.6, 2;
  const auto h = histogram(x, 0, 2, 4);
  CHECK(h.centre[1] == doctest::Approx(0.75));
  CHECK(h.density[0] == doctest::Approx(1));
  CHECK(h.density[1] == doctest::Approx(0.5));
  CHECK(h.density[3] == doctest::Approx(0.5));
  CHECK(h.density.sum() * 0.5 == doctest::Approx(1));
}

TEST_CASE("few atoms, NaN, empty ranges are errors") {
  CHECK(refuses([] { (void)binned_means(Vector::Random(19), Vector::Random(19)); }, "19 atoms"));
  CHECK(refuses([] { (void)binned_means(Vector::Random(30), Vector::Constant(30, NAN)); }, "not a finite"));
  CHECK(refuses([] { (void)binned_means(Vector::Random(30), Vector::Random(29)); }, "30 and 29"));
  CHECK(refuses([] { (void)histogram(Vector::Random(3), 1, 1, 4); }, "from 1 to 1"));
}
