#include "tarn/landscape/activation_statistics.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "tarn/core/random.hpp"

using namespace tarn;

namespace {

AtomActivation found(std::optional<double> loose, std::optional<double> tight = {}, bool own = false) {
  AtomActivation out;
  out.loose_barrier = loose;
  if (tight) out.end = SearchEnd::saddle, out.barrier = *tight, out.own = own;
  out.cost.order.products = 7;
  return out;
}

}  // namespace

TEST_CASE("moments are those of the sums, far from zero too") {
  RandomStream random(3);
  std::vector<double> x;
  Moments m;
  CHECK(!m.mean().has_value());
  CHECK(!m.minimum().has_value());
  for (int k = 0; k < 1000; ++k) {
    x.push_back(1e6 + random.normal());
    m.add(x.back());
    if (k == 0) CHECK(!m.sd().has_value());
  }
  long double sum = 0, squares = 0;
  for (const double v : x) sum += v;
  for (const double v : x) squares += (v - sum / 1000) * (v - sum / 1000);
  CHECK(m.mean().value() == doctest::Approx(static_cast<double>(sum / 1000)).epsilon(1e-15));
  CHECK(m.sd().value() == doctest::Approx(std::sqrt(static_cast<double>(squares / 999))).epsilon(1e-9));
  CHECK(m.minimum().value() == *std::min_element(x.begin(), x.end()));
}

TEST_CASE("a failure is counted and never averaged in") {
  ActivationStatistics s;
  s.add(found(1.0, 0.9, true), 4);
  s.add(found(3.0, 2.9, false), 5);
  s.add(found(2.0, 0.9, true), 4);
  s.add(found(8.0));
  AtomActivation lost;
  lost.end = SearchEnd::explosion;
  lost.barrier = 1e9;  // of no meaning there
  lost.own = true;
  s.add(lost);
  CHECK(s.searches == 5);
  CHECK(s.of(BarrierKind::loose).count() == 4);
  CHECK(s.of(BarrierKind::loose).mean().value() == doctest::Approx(3.5));
  CHECK(s.of(BarrierKind::tight).mean().value() == doctest::Approx(4.7 / 3));
  CHECK(s.of(BarrierKind::tight).minimum().value() == 0.9);
  CHECK(s.of(BarrierKind::own).count() == 2);
  CHECK(s.of(BarrierKind::own).sd().value() == doctest::Approx(0));
  CHECK(s.events.size() == 2);
  CHECK(s.ends[static_cast<std::size_t>(SearchEnd::saddle)] == 3);
  CHECK(s.ends[static_cast<std::size_t>(SearchEnd::explosion)] == 1);
  CHECK(s.ends[static_cast<std::size_t>(SearchEnd::not_converged)] == 1);
  CHECK(s.cost.total().products == 28);
}

TEST_CASE("tries weigh an atom by its successes, retry weighs all the same") {
  // atom 1 succeeds always, with 1 eV; atom 2 one time in two, with 3 eV: the means are 5/3 and 2
  TriesAndRetry both(8, 3, 20);
  for (int n = 1; n <= 20; ++n) both.add(1, n, found(1.0));
  for (int n = 1; n <= 20; ++n) both.add(2, n, n % 2 == 0 ? found(3.0, 2.0) : found({}));
  CHECK(both.tries(BarrierKind::loose).count() == 12);
  CHECK(both.tries(BarrierKind::loose).mean().value() == doctest::Approx(5.0 / 3));
  CHECK(both.retry(BarrierKind::loose).count() == 2);
  CHECK(both.retry(BarrierKind::loose).mean().value() == doctest::Approx(2));
  CHECK(both.tries(BarrierKind::tight).mean().value() == doctest::Approx(2));
  CHECK(both.retry(BarrierKind::tight).count() == 1);
  CHECK(!both.retry(BarrierKind::own).mean().has_value());
}

TEST_CASE("retry takes the first successes, and no more attempts than allowed") {
  TriesAndRetry both(2, 2, 4);
  const double height[] = {1, 2, 3, 4, 5, 6};
  for (int n = 1; n <= 6; ++n) both.add(1, n, found(height[n - 1]));                                                // 1, 2
  for (int n = 1; n <= 6; ++n) both.add(2, n, n == 1 || n == 3 || n == 5 ? found(10 * height[n - 1]) : found({}));  // 10, 30
  for (int n = 1; n <= 6; ++n) both.add(3, n, n >= 4 ? found(100.0 * n) : found({}));                               // 400
  CHECK(both.retry(BarrierKind::loose).count() == 3);
  CHECK(both.retry(BarrierKind::loose).mean().value() == doctest::Approx((1.5 + 20 + 400) / 3));
  CHECK(both.retry(BarrierKind::loose).count() == 3);  // asked again
  CHECK(both.tries(BarrierKind::loose).mean().value() == doctest::Approx((1 + 2 + 10) / 3.0));
}
