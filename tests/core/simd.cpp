#include "tarn/core/simd.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

using namespace tarn;

namespace {
std::mt19937_64 source(5);
template <class T>
T uniform(double from, double to) {
  return static_cast<T>(std::uniform_real_distribution<double>(from, to)(source));
}
template <class T, std::size_t N>
simd::Pack<T, N> random_pack(double from = -3, double to = 3) {
  T x[N];
  for (T& one : x) one = uniform<T>(from, to);
  return simd::Pack<T, N>::load(x);
}
}  // namespace

TEST_CASE_TEMPLATE("arithmetic, lane by lane, in every width", T, float, double) {
  const auto check = [](auto width) {
    constexpr std::size_t n = decltype(width)::value;
    using Pack = simd::Pack<T, n>;
    const Pack a = random_pack<T, n>(), b = random_pack<T, n>(), c = random_pack<T, n>();
    const auto x = a.array(), y = b.array(), z = c.array();
    const T eps = std::numeric_limits<T>::epsilon();
    for (std::size_t l = 0; l < n; ++l) {
      CHECK((a + b).array()[l] == x[l] + y[l]);
      CHECK((a - b).array()[l] == x[l] - y[l]);
      CHECK((a * b).array()[l] == x[l] * y[l]);
      CHECK((a / b).array()[l] == x[l] / y[l]);
      CHECK(std::abs(simd::fma(a, b, c).array()[l] - std::fma(x[l], y[l], z[l])) <= 16 * eps);
      CHECK(std::abs(simd::fnma(a, b, c).array()[l] - std::fma(-x[l], y[l], z[l])) <= 16 * eps);
      CHECK(simd::max(a, b).array()[l] == std::max(x[l], y[l]));
      CHECK(simd::where_below(a, b, c).array()[l] == (y[l] < z[l] ? x[l] : T(0)));
      CHECK(simd::sqrt(a * a).array()[l] == std::sqrt(x[l] * x[l]));
      CHECK(simd::trunc(Pack::all(100) * a).array()[l] == std::trunc(100 * x[l]));
      CHECK(Pack::all(x[l]).array()[(l + 1) % n] == x[l]);
    }
    CHECK(std::abs(simd::sum(a) - std::accumulate(x.begin(), x.end(), T(0))) <= 32 * eps);
  };
  check(std::integral_constant<std::size_t, 1>{});
  check(std::integral_constant<std::size_t, 2>{});
  check(std::integral_constant<std::size_t, 4>{});
  check(std::integral_constant<std::size_t, 8>{});
  check(std::integral_constant<std::size_t, 16>{});
}

TEST_CASE_TEMPLATE("what the processor has instructions for is what the portable form gives", T, float, double) {
  simd::AlignedVector<std::array<T, 4>> rows(100);
  for (auto& r : rows) r = {uniform<T>(-9, 9), uniform<T>(-9, 9), uniform<T>(-9, 9), uniform<T>(-9, 9)};
  std::uint32_t j[8];
  for (auto& one : j) one = static_cast<std::uint32_t>(source() % rows.size());
  const auto s = simd::squares(rows.data(), j, rows[7]), t = simd::portable::squares(rows.data(), j, rows[7]);
  for (std::size_t l = 0; l < 8; ++l)
    CHECK(std::abs(s.array()[l] - t.array()[l]) <= 8 * std::numeric_limits<T>::epsilon() * t.array()[l]);

  for (unsigned mask = 0; mask < 256; ++mask) {
    const auto x = random_pack<T, 8>();
    T some[8] = {}, want[8] = {};
    simd::append(x, mask, some);
    simd::portable::append(x, mask, want);
    const auto index = simd::Pack<std::uint32_t, 8>::load(j);
    std::uint32_t taken[8] = {}, wanted[8] = {};
    simd::append(index, mask, taken);
    simd::portable::append(index, mask, wanted);
    for (int l = 0; l < std::popcount(mask); ++l) {
      CHECK(some[l] == want[l]);
      CHECK(taken[l] == wanted[l]);
    }
    CHECK(simd::below(x, T(0.3)) == simd::portable::below(x, T(0.3)));
  }

  std::int32_t offset[8];
  for (auto& one : offset) one = static_cast<std::int32_t>(8 * (source() % 40));
  simd::Pack<T, 8> got[6], want[6];
  simd::columns(rows[0].data(), offset, got);
  simd::portable::columns(rows[0].data(), offset, want);
  for (int c = 0; c < 6; ++c) CHECK(got[c].array() == want[c].array());

  const auto four = random_pack<T, 4>();
  CHECK(simd::permuted<3, 3, 3, 2>(four).array() == simd::portable::permuted<3, 3, 3, 2>(four).array());
  CHECK(simd::permuted<0, 2, 1, 3>(four).array() == simd::portable::permuted<0, 2, 1, 3>(four).array());

  const auto eight = random_pack<T, 8>();
  for (std::size_t l = 0; l < 4; ++l) CHECK(simd::low(eight).array()[l] == eight.array()[l]);
  T last[2];
  simd::store_last_two(eight, last);
  CHECK(last[0] == eight.array()[6]);
  CHECK(last[1] == eight.array()[7]);
  CHECK(simd::to<double>(eight).array() == simd::portable::to<double>(eight).array());
  CHECK(simd::to<float>(eight).array() == simd::portable::to<float>(eight).array());
  const auto large = simd::Pack<T, 8>::all(1000) * eight;
  CHECK(simd::to<std::int32_t>(large).array() == simd::portable::to<std::int32_t>(large).array());
  CHECK(simd::to<double>(four).array() == simd::portable::to<double>(four).array());
  CHECK(simd::to<float>(four).array() == simd::portable::to<float>(four).array());
}

TEST_CASE_TEMPLATE("segments by the leading bits: the left end is below, the next one above, and the rest is exact", T, float,
                   double) {
  const int shift = (sizeof(T) == 8 ? 52 : 23) - 5;  // 32 in an octave
  const auto s = random_pack<T, 8>(0.3, 60);
  std::int32_t offset[8] = {0, 1, 2, 3, 4, 5, 6, 7}, want[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  const auto t = simd::segments(s, shift, 8, offset);
  CHECK(t.array() == simd::portable::segments(s, shift, 8, want).array());
  for (int l = 0; l < 8; ++l) {
    CHECK(offset[l] == want[l]);
    const auto lane = static_cast<std::size_t>(l);
    const T left = s.array()[lane] - t.array()[lane], width = std::ldexp(T(1), std::ilogb(s.array()[lane])) / 32;
    CHECK(t.array()[lane] >= 0);
    CHECK(t.array()[lane] < width);
    CHECK(std::fmod(left, width) == 0);
    CHECK(static_cast<simd::IndexOf<T>>((offset[l] - l) / 8) ==
          static_cast<simd::IndexOf<T>>(std::bit_cast<simd::IndexOf<T>>(left) >> shift));
  }
}
