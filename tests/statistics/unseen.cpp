#include "tarn/statistics/unseen.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "support/folder.hpp"
#include "tarn/core/random.hpp"

using namespace tarn;
using tarn::testing::refusal;

namespace {

/// What is found of kinds with probabilities in proportion to `weights` in so many draws, and what is true of it.
struct Drawn {
  std::vector<int> counts;
  double unseen = 0, coverage = 0;
};
Drawn draw(const std::vector<double>& weights, int draws, RandomStream& random) {
  std::vector<double> sum(weights.size());
  std::partial_sum(weights.begin(), weights.end(), sum.begin());
  Drawn out;
  out.counts.assign(weights.size(), 0);
  for (int i = 0; i < draws; ++i)
    ++out.counts[static_cast<std::size_t>(std::upper_bound(sum.begin(), sum.end(), sum.back() * random.uniform()) - sum.begin())];
  for (std::size_t k = 0; k < weights.size(); ++k) {
    out.unseen += out.counts[k] == 0;
    out.coverage += out.counts[k] > 0 ? weights[k] / sum.back() : 0;
  }
  return out;
}

struct Means {
  double true_unseen = 0, unseen = 0, spread = 0, sd = 0, coverage_error = 0, coverage_spread = 0;
};
Means over_draws(const std::vector<double>& weights, int draws, int repetitions) {
  RandomStream random(7, static_cast<std::uint64_t>(draws));
  Means m;
  for (int r = 0; r < repetitions; ++r) {
    const Drawn drawn = draw(weights, draws, random);
    const auto estimate = estimate_unseen(drawn.counts);
    m.true_unseen += drawn.unseen;
    m.unseen += estimate.unseen;
    m.spread += std::pow(estimate.unseen - drawn.unseen, 2);
    m.sd += estimate.sd.value();
    m.coverage_error += estimate.coverage - drawn.coverage;
    m.coverage_spread += std::pow(estimate.coverage - drawn.coverage, 2);
  }
  const double n = repetitions;
  m = {m.true_unseen / n, m.unseen / n, m.spread / n, m.sd / n, m.coverage_error / n, m.coverage_spread / n};
  m.spread = std::sqrt(m.spread - std::pow(m.unseen - m.true_unseen, 2));
  m.coverage_spread = std::sqrt(m.coverage_spread - m.coverage_error * m.coverage_error);
  return m;
}

}  // namespace

TEST_CASE("by hand") {
  const auto e = estimate_unseen(std::vector{1, 1, 0, 1, 1, 2, 2, 3, 5});
  CHECK(e.draws == 16);
  CHECK(e.kinds == 8);
  CHECK(e.once == 4);
  CHECK(e.twice == 2);
  CHECK(e.unseen == doctest::Approx(4));
  CHECK(e.sd.value() == doctest::Approx(std::sqrt(28.0)));
  CHECK(e.coverage == doctest::Approx(0.75));
  CHECK(e.all_kinds() == doctest::Approx(12));

  const auto none_twice = estimate_unseen(std::vector{1, 1, 1, 4});
  CHECK(none_twice.unseen == doctest::Approx(3));
  CHECK(!none_twice.sd.has_value());
  const auto complete = estimate_unseen(std::vector{7, 9, 30});
  CHECK(complete.unseen == 0);
  CHECK(complete.coverage == 1);
  CHECK(refusal([] { (void)estimate_unseen(std::vector<int>{}); }).find("nothing was drawn") != std::string::npos);
  CHECK(refusal([] { (void)estimate_unseen(std::vector{0, 0}); }).find("nothing was drawn") != std::string::npos);
  CHECK(refusal([] { (void)estimate_unseen(std::vector{1, -1}); }).find("-1 times") != std::string::npos);
}

TEST_CASE("equally likely kinds: the estimate is the truth") {
  for (const int draws : {400, 800}) {
    const Means m = over_draws(std::vector<double>(400, 1.0), draws, 400);
    CAPTURE(draws);
    CHECK(m.true_unseen == doctest::Approx(400 * std::pow(1 - 1 / 400.0, draws)).epsilon(0.02));
    CHECK(m.unseen == doctest::Approx(m.true_unseen).epsilon(0.06));  // a ratio of counts is a little too large in the mean
    CHECK(m.sd == doctest::Approx(m.spread).epsilon(0.12));           // 400 repetitions know it to 4 %
    CHECK(std::abs(m.coverage_error) < 4 * m.coverage_spread / 20);
  }
}

TEST_CASE("unequal kinds: the estimate is a bound from below, and far better than none") {
  std::vector<double> weights;
  for (int k = 1; k <= 1000; ++k) weights.push_back(1.0 / k);
  for (const int draws : {500, 2000}) {
    const Means m = over_draws(weights, draws, 200);
    CAPTURE(draws);
    CHECK(m.unseen < m.true_unseen);
    CHECK(m.unseen > 0.4 * m.true_unseen);
    CHECK(std::abs(m.coverage_error) < 4 * m.coverage_spread / std::sqrt(200));
  }
}
