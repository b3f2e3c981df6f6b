#include "tarn/core/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace {

using tarn::RandomStream;
constexpr std::uint64_t ones = ~std::uint64_t{0};

struct Moments {
  double mean = 0, variance = 0, fourth = 0;
};
template <class Draw>
Moments moments(int n, Draw&& draw) {
  Moments m;
  for (int i = 0; i < n; ++i) {
    const double x = draw();
    m.mean += x / n;
    m.variance += x * x / n;
    m.fourth += x * x * x * x / n;
  }
  m.variance -= m.mean * m.mean;
  return m;
}

}  // namespace

// The vectors below are those published with Random123 (kat_vectors).
TEST_CASE("Philox gives its published answers") {
  const auto small = r123::Philox4x32{}({{0, 0, 0, 0}}, {{0, 0}});
  CHECK(small[0] == 0x6627e8d5);
  CHECK(small[1] == 0xe169c58d);
  CHECK(small[2] == 0xbc57ac4c);
  CHECK(small[3] == 0x9b00dbd8);
  const auto full = r123::Philox4x64{}({{ones, ones, ones, ones}}, {{ones, ones}});
  CHECK(full[0] == 0x87b092c3013fe90b);
  CHECK(full[3] == 0xa09caebf594f0ba0);
}

TEST_CASE("a stream's words are the published answers for its key and counter") {
  RandomStream zero(0);
  for (const std::uint64_t word : {0x16554d9eca36314cu, 0xdb20fe9d672d0fdcu, 0xd7e772cee186176bu, 0x7e68b68aec7ba23bu})
    CHECK(zero.bits() == word);
  // key (seed, a), counter (block, b, c, 0), the next block after four words
  RandomStream stream(11, 22, 33, 44);
  for (int i = 0; i < 4; ++i) stream.bits();
  const auto block = r123::Philox4x64{}({{1, 33, 44, 0}}, {{11, 22}});
  for (std::size_t i = 0; i < 4; ++i) CHECK(stream.bits() == block[i]);
}

TEST_CASE("a stream is a value") {
  RandomStream stream(1, 2, 3);
  for (int i = 0; i < 7; ++i) stream.bits();
  RandomStream copy = stream;
  CHECK(copy == stream);
  const auto next = stream.bits();
  CHECK_FALSE(copy == stream);
  CHECK(copy.bits() == next);
  RandomStream again(1, 2, 3);
  again.seek(7);
  CHECK(again.bits() == next);
  CHECK(again.position() == 8);
  again.seek(0);
  CHECK(again.bits() == RandomStream(1, 2, 3).bits());
  CHECK(stream.key() == std::array<std::uint64_t, 4>{1, 2, 3, 0});
}

TEST_CASE("uniform numbers lie inside (0, 1) and are even") {
  RandomStream stream(7);
  double low = 1, high = 0;
  const auto m = moments(400000, [&] {
    const double u = stream.uniform();
    low = std::min(low, u);
    high = std::max(high, u);
    return u - 0.5;
  });
  CHECK(low > 0);
  CHECK(high < 1);
  CHECK(std::abs(m.mean) < 4 * std::sqrt(1 / 12.0 / 400000));
  CHECK(m.variance == doctest::Approx(1 / 12.0).epsilon(0.005));
  CHECK(m.fourth == doctest::Approx(1 / 80.0).epsilon(0.01));
  CHECK(RandomStream(0).uniform() == (static_cast<double>(0x16554d9eca363) + 0.5) / 4503599627370496.0);
  const double between = stream.uniform(-3, -2);
  CHECK((between > -3 && between < -2));
}

TEST_CASE("normal numbers have the normal's moments and tails") {
  RandomStream stream(8, 1);
  constexpr int n = 400000;
  int beyond1 = 0, beyond2 = 0, beyond3 = 0;
  const auto m = moments(n, [&] {
    const double x = stream.normal();
    beyond1 += x > 1;
    beyond2 += x < -2;
    beyond3 += std::abs(x) > 3;
    return x;
  });
  CHECK(std::abs(m.mean) < 4 / std::sqrt(n));
  CHECK(m.variance == doctest::Approx(1).epsilon(0.01));
  CHECK(m.fourth == doctest::Approx(3).epsilon(0.02));
  CHECK(beyond1 / double{n} == doctest::Approx(0.158655).epsilon(0.02));
  CHECK(beyond2 / double{n} == doctest::Approx(0.0227501).epsilon(0.05));
  CHECK(beyond3 / double{n} == doctest::Approx(0.0026998).epsilon(0.15));
}

TEST_CASE("unit vectors have length 1 and no direction of their own") {
  RandomStream stream(9);
  constexpr int n = 100000;
  tarn::Vec3 mean = tarn::Vec3::Zero();
  tarn::Mat3 second = tarn::Mat3::Zero();
  double worst = 0;
  for (int i = 0; i < n; ++i) {
    const tarn::Vec3 v = stream.unit_vector();
    worst = std::max(worst, std::abs(v.norm() - 1));
    mean += v / n;
    second += v * v.transpose() / n;
  }
  CHECK(worst < 1e-15 * 10);
  CHECK(mean.norm() < 0.01);
  CHECK((second - tarn::Mat3::Identity() / 3).cwiseAbs().maxCoeff() < 0.005);
}

TEST_CASE("an index is below its bound, even where the bound does not divide 2^64") {
  RandomStream stream(10);
  std::array<int, 7> seen{};
  for (int i = 0; i < 70000; ++i) ++seen[static_cast<std::size_t>(stream.index(7))];
  double chi2 = 0;
  for (const int count : seen) chi2 += (count - 10000.0) * (count - 10000.0) / 10000;
  CHECK(chi2 < 22.5);  // six degrees of freedom: one in a thousand
  // with n = 3·2^62 a plain remainder would fall below 2^62 every second time, not every third
  int below = 0;
  for (int i = 0; i < 30000; ++i) below += stream.index(std::uint64_t{3} << 62) < (std::uint64_t{1} << 62);
  CHECK(below / 30000.0 == doctest::Approx(1 / 3.0).epsilon(0.03));
  CHECK(stream.index(1) == 0);
  CHECK_THROWS_WITH(stream.index(0), "a random index needs at least one value to choose from");
}

TEST_CASE("a shuffle keeps the items, and all orders are equally likely") {
  RandomStream stream(11);
  std::array<int, 6> seen{};
  for (int i = 0; i < 12000; ++i) {
    std::vector<int> items{0, 1, 2};
    stream.shuffle(items);
    CHECK(items[0] + items[1] + items[2] == 3);
    ++seen[static_cast<std::size_t>(2 * items[0] + (items[1] > items[2]))];
  }
  for (const int count : seen) CHECK(std::abs(count - 2000) < 200);
}

TEST_CASE("neighbouring streams are independent") {
  constexpr int n = 20000;
  const auto correlation = [](RandomStream x, RandomStream y) {
    double sum = 0;
    for (int i = 0; i < n; ++i) sum += x.normal() * y.normal() / n;
    return sum;
  };
  const double sd = 1 / std::sqrt(n);
  CHECK(std::abs(correlation(RandomStream(1), RandomStream(2))) < 4 * sd);
  CHECK(std::abs(correlation(RandomStream(1, 0), RandomStream(1, 1))) < 4 * sd);
  CHECK(std::abs(correlation(RandomStream(1, 5, 0), RandomStream(1, 5, 1))) < 4 * sd);
  CHECK(std::abs(correlation(RandomStream(1, 5, 0, 0), RandomStream(1, 5, 0, 1))) < 4 * sd);
  CHECK(std::abs(correlation(RandomStream(1, 2), RandomStream(2, 1))) < 4 * sd);
  // the first word over many streams is as random as many words of one
  double mean = 0;
  for (std::uint64_t atom = 0; atom < n; ++atom) mean += RandomStream(3, atom, 2).uniform() / n;
  CHECK(std::abs(mean - 0.5) < 4 * sd / std::sqrt(12.0));
}
