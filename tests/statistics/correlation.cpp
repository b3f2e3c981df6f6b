#include "tarn/statistics/correlation.hpp"

#include <doctest/doctest.h>

#include "support/fields.hpp"
#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

Vector of(std::initializer_list<double> values) {
  return Eigen::Map<const Vector>(values.begin(), static_cast<Eigen::Index>(values.size()));
}

}  // namespace

TEST_CASE("Pearson by hand") {
  // deviations −2 −1 0 1 2 and −2.2 0.8 −0.2 −1.2 2.8: Σ = 8, Σa² = 10, Σb² = 14.8
  CHECK(pearson(of({1, 2, 3, 4, 5}), of({1, 4, 3, 2, 6})) == doctest::Approx(8 / std::sqrt(148.0)).epsilon(1e-14));
  const Vector a = of({0.3, -2, 5, 1e3}), b = -7 * a;
  CHECK(pearson(a, b) == doctest::Approx(-1).epsilon(1e-14));
  CHECK(pearson(1e-200 * a, 1e200 * a) == doctest::Approx(1).epsilon(1e-14));
}

TEST_CASE("Spearman by hand, with ties") {
  CHECK(ranks(of({3, 1, 4, 1, 5})) == of({3, 1.5, 4, 1.5, 5}));
  // no ties: 1 − 6 Σd²/(n(n² − 1)) with d = 0 2 0 −2 0
  CHECK(spearman(of({1, 2, 3, 4, 5}), of({10, 400, 35, 20, 6000})) == doctest::Approx(1 - 6 * 8 / 120.0).epsilon(1e-14));
  // deviations of the ranks −1.5 0 0 1.5 and −1 −1 0.5 1.5: Σ = 3.75, of squares 4.5 each
  CHECK(spearman(of({1, 7, 7, 9}), of({0, 0, 2, 8})) == doctest::Approx(3.75 / 4.5).epsilon(1e-14));
  CHECK(spearman(of({1, 2, 3, 4}), of({1, 8, 27, 64})) == doctest::Approx(1));
}

TEST_CASE("Fisher's interval has the published width and covers the truth in 95 of 100 samples") {
  // r = 0.5, n = 28: atanh 0.5 = 0.549306, ± 1.959964/5
  const Interval i = fisher_interval(0.5, 28);
  CHECK(i.low == doctest::Approx(std::tanh(0.549306144 - 0.391992797)).epsilon(1e-9));
  CHECK(i.high == doctest::Approx(std::tanh(0.549306144 + 0.391992797)).epsilon(1e-9));
  CHECK(fisher_interval(0.2, 3).low == -1);
  CHECK(fisher_interval(0.2, 2).high == 1);
  CHECK(fisher_interval(1, 50).covers(1));
  RandomStream random(3);
  int covered = 0;
  for (int draw = 0; draw < 2000; ++draw) {
    const Vector a = normal_numbers(40, random), b = 0.6 * a + 0.8 * normal_numbers(40, random);
    covered += fisher_interval(pearson(a, b), 40).covers(0.6);
  }
  CHECK(covered > 1871);  // 1900 ± 3 × 9.7
  CHECK(covered < 1929);
}

TEST_CASE("constants, few values, NaN are errors that name the variable") {
  const Vector a = of({1, 2, 3});
  CHECK(refuses([&] { (void)pearson(a, of({4, 4, 4}), "this", "that"); }, "that: all 3 values are 4"));
  CHECK(refuses([&] { (void)pearson(of({0, 0, 0}), a, "this", "that"); }, "this: all 3 values are 0"));
  CHECK(refuses([&] { (void)pearson(Vector::Constant(50, 0.1), Vector::LinSpaced(50, 0, 1)); }, "a constant"));
  CHECK(refuses([&] { (void)pearson(a, of({1, NAN, 3}), "this", "that"); }, "that: holds"));
  CHECK(refuses([&] { (void)spearman(a, of({1, NAN, 3})); }, "not a finite number"));
  CHECK(refuses([&] { (void)pearson(of({1, 2}), of({1, 2}), "this"); }, "this: 2 values"));
  CHECK(refuses([&] { (void)pearson(a, of({1, 2})); }, "pairs are expected"));
  CHECK(refuses([&] { (void)fisher_interval(1.1, 30); }, "1.1"));
}
