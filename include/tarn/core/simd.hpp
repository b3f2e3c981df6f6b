#pragma once
// Short vectors of a fixed number of lanes, whatever registers the processor has.
//
// xsimd carries them: a Pack<T, N> is one of its batches where the processor has a register of N numbers, else two halves, down to single
// numbers. What xsimd 8.1 cannot express stands below, each a function with a portable form beside it (namespace portable) that tests
// compare it with.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <xsimd/xsimd.hpp>

#if defined(__AVX2__) || defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace tarn::simd {

/// A vector whose memory begins at a cache line.
template <class T>
using AlignedVector = std::vector<T, xsimd::aligned_allocator<T, 64>>;

template <class T, std::size_t N>
struct Pack;

namespace detail {
template <class T, std::size_t N>
struct Halves {
  Pack<T, N / 2> low, high;
};
template <class T, std::size_t N>
struct Storage {
  using Batch = xsimd::make_sized_batch_t<T, N>;
  static constexpr bool whole = N == 1 || !std::is_void_v<Batch>;
  using type = std::conditional_t<N == 1, T, std::conditional_t<std::is_void_v<Batch>, Halves<T, N>, Batch>>;
};
}  // namespace detail

/// N numbers (a power of two).
template <class T, std::size_t N>
struct Pack {
  static constexpr bool whole = detail::Storage<T, N>::whole;  // one register, or one number
  typename detail::Storage<T, N>::type v;

  [[gnu::always_inline]] static Pack all(T x) {
    if constexpr (whole)
      return {decltype(v)(x)};
    else
      return {{Pack<T, N / 2>::all(x), Pack<T, N / 2>::all(x)}};
  }
  [[gnu::always_inline]] static Pack load(const T* from) {
    if constexpr (N == 1)
      return {*from};
    else if constexpr (whole)
      return {decltype(v)::load_unaligned(from)};
    else
      return {{Pack<T, N / 2>::load(from), Pack<T, N / 2>::load(from + N / 2)}};
  }
  [[gnu::always_inline]] void store(T* to) const {
    if constexpr (N == 1) {
      *to = v;
    } else if constexpr (whole) {
      v.store_unaligned(to);
    } else {
      v.low.store(to);
      v.high.store(to + N / 2);
    }
  }
  [[nodiscard]] std::array<T, N> array() const {
    std::array<T, N> out;
    store(out.data());
    return out;
  }
  // Applies `op` to the registers (or numbers) of packs of the same shape.
  template <class Op, class... P>
  [[gnu::always_inline]] static Pack each(const Op& op, const P&... p) {
    if constexpr (whole)
      return {op(p.v...)};
    else
      return {{Pack<T, N / 2>::each(op, p.v.low...), Pack<T, N / 2>::each(op, p.v.high...)}};
  }

  [[gnu::always_inline]] friend Pack operator+(const Pack& a, const Pack& b) {
    return each([](auto x, auto y) { return decltype(x)(x + y); }, a, b);
  }
  [[gnu::always_inline]] friend Pack operator-(const Pack& a, const Pack& b) {
    return each([](auto x, auto y) { return decltype(x)(x - y); }, a, b);
  }
  [[gnu::always_inline]] friend Pack operator*(const Pack& a, const Pack& b) {
    return each([](auto x, auto y) { return decltype(x)(x * y); }, a, b);
  }
  [[gnu::always_inline]] friend Pack operator/(const Pack& a, const Pack& b) {
    return each([](auto x, auto y) { return decltype(x)(x / y); }, a, b);
  }
  [[gnu::always_inline]] Pack& operator+=(const Pack& b) { return *this = *this + b; }
};

namespace detail {
template <class V>
[[gnu::always_inline]] inline V fused(const V& a, const V& b, const V& c) {
#ifdef __AVX512F__  // where xsimd 8.1 multiplies and adds
  if constexpr (std::is_same_v<V, xsimd::make_sized_batch_t<double, 8>>)
    return V(_mm512_fmadd_pd(a, b, c));
  else if constexpr (std::is_same_v<V, xsimd::make_sized_batch_t<float, 16>>)
    return V(_mm512_fmadd_ps(a, b, c));
  else
#endif
      if constexpr (std::is_arithmetic_v<V>)
    return a * b + c;
  else
    return xsimd::fma(a, b, c);
}
}  // namespace detail

/// a b + c, rounded once where the processor can.
template <class T, std::size_t N>
[[nodiscard, gnu::always_inline]] inline Pack<T, N> fma(const Pack<T, N>& a, const Pack<T, N>& b, const Pack<T, N>& c) {
  return Pack<T, N>::each([](const auto& x, const auto& y, const auto& z) { return detail::fused(x, y, z); }, a, b, c);
}
/// c − a b.
template <class T, std::size_t N>
[[nodiscard, gnu::always_inline]] inline Pack<T, N> fnma(const Pack<T, N>& a, const Pack<T, N>& b, const Pack<T, N>& c) {
  return Pack<T, N>::each(
      [](const auto& x, const auto& y, const auto& z) { return detail::fused(std::decay_t<decltype(x)>(-x), y, z); }, a, b, c);
}
/// The larger of each two.
template <class T, std::size_t N>
[[nodiscard, gnu::always_inline]] inline Pack<T, N> max(const Pack<T, N>& a, const Pack<T, N>& b) {
  return Pack<T, N>::each(
      [](const auto& x, const auto& y) {
        if constexpr (std::is_arithmetic_v<std::decay_t<decltype(x)>>)
          return std::max(x, y);
        else
          return xsimd::max(x, y);
      },
      a, b);
}
/// The square root of each.
template <class T, std::size_t N>
[[nodiscard, gnu::always_inline]] inline Pack<T, N> sqrt(const Pack<T, N>& x) {
  return Pack<T, N>::each(
      [](const auto& y) {
        using std::sqrt;
        return std::decay_t<decltype(y)>(sqrt(y));
      },
      x);
}
/// Each without what follows its point.
template <class T, std::size_t N>
[[nodiscard, gnu::always_inline]] inline Pack<T, N> trunc(const Pack<T, N>& x) {
  return Pack<T, N>::each(
      [](const auto& y) {
        using std::trunc;
        return std::decay_t<decltype(y)>(trunc(y));
      },
      x);
}
/// x where s < end, else 0.
template <class T, std::size_t N>
[[nodiscard, gnu::always_inline]] inline Pack<T, N> where_below(const Pack<T, N>& x, const Pack<T, N>& s, const Pack<T, N>& end) {
  return Pack<T, N>::each(
      [](const auto& value, const auto& at, const auto& limit) {
        using V = std::decay_t<decltype(value)>;
        if constexpr (std::is_arithmetic_v<V>)
          return at < limit ? value : V(0);
        else
          return xsimd::select(at < limit, value, V(0));
      },
      x, s, end);
}
/// The sum of the lanes, in a fixed order.
template <class T, std::size_t N>
[[nodiscard, gnu::always_inline]] inline T sum(const Pack<T, N>& x) {
  if constexpr (N == 1) {
    return x.v;
  } else {
    auto a = x.array();
    for (std::size_t half = N / 2; half > 0; half /= 2)
      for (std::size_t l = 0; l < half; ++l) a[l] += a[l + half];
    return a[0];
  }
}

namespace portable {
template <class To, class T, std::size_t N>
[[gnu::always_inline]] inline Pack<To, N> to(const Pack<T, N>& x) {
  const auto a = x.array();
  To out[N];
  for (std::size_t l = 0; l < N; ++l) out[l] = static_cast<To>(a[l]);
  return Pack<To, N>::load(out);
}
}  // namespace portable

/// The numbers in another precision; whole ones lose what follows the point.
template <class To, class T, std::size_t N>
[[nodiscard, gnu::always_inline]] inline Pack<To, N> to(const Pack<T, N>& x) {
  if constexpr (std::is_same_v<To, T>) {
    return x;
  } else {
#ifdef __AVX512F__
    if constexpr (std::is_same_v<T, double> && std::is_same_v<To, float> && N == 8) return {_mm512_cvtpd_ps(x.v)};
    if constexpr (std::is_same_v<T, float> && std::is_same_v<To, double> && N == 8) return {_mm512_cvtps_pd(x.v)};
    if constexpr (std::is_same_v<T, double> && std::is_same_v<To, std::int32_t> && N == 8) return {_mm512_cvttpd_epi32(x.v)};
#endif
#ifdef __AVX2__
    if constexpr (std::is_same_v<T, double> && std::is_same_v<To, float> && N == 4) return {_mm256_cvtpd_ps(x.v)};
    if constexpr (std::is_same_v<T, float> && std::is_same_v<To, double> && N == 4) return {_mm256_cvtps_pd(x.v)};
#endif
    return portable::to<To>(x);
  }
}

/// An index of the size of T: what bits of T can be told as.
template <class T>
using IndexOf = std::conditional_t<sizeof(T) == 8, std::int64_t, std::int32_t>;

namespace portable {

// The squares of the distances of rows j[0 … 7] (x, y, z, ·) from `at`.
template <class T>
[[gnu::always_inline]] inline Pack<T, 8> squares(const std::array<T, 4>* rows, const std::uint32_t* j,
                                                 const std::array<T, 4>& at) {
  T s[8];
  for (int l = 0; l < 8; ++l) {
    const auto& r = rows[j[l]];
    const T x = r[0] - at[0], y = r[1] - at[1], z = r[2] - at[2];
    s[l] = x * x + y * y + z * z;
  }
  return Pack<T, 8>::load(s);
}

template <class T>
[[gnu::always_inline]] inline unsigned below(const Pack<T, 8>& s, T end) {
  unsigned mask = 0;
  const auto a = s.array();
  for (unsigned l = 0; l < 8; ++l) mask |= static_cast<unsigned>(a[l] < end) << l;
  return mask;
}

template <class T>
[[gnu::always_inline]] inline void append(const Pack<T, 8>& x, unsigned mask, T* to) {
  const auto a = x.array();
  for (unsigned l = 0, n = 0; l < 8; n += mask >> l++ & 1) to[n] = a[l];
}

template <class T>
[[gnu::always_inline]] inline void columns(const T* base, const std::int32_t* offset, Pack<T, 8> (&out)[6]) {
  for (int c = 0; c < 6; ++c) {
    T some[8];
    for (int l = 0; l < 8; ++l) some[l] = base[offset[l] + c];
    out[c] = Pack<T, 8>::load(some);
  }
}

template <int A, int B, int C, int D, class T>
[[gnu::always_inline]] inline Pack<T, 4> permuted(const Pack<T, 4>& x) {
  const auto a = x.array();
  const T out[4] = {a[A], a[B], a[C], a[D]};
  return Pack<T, 4>::load(out);
}

template <class T>
[[gnu::always_inline]] inline Pack<T, 8> segments(const Pack<T, 8>& s, int shift, std::int32_t stride, std::int32_t* offset) {
  auto t = s.array();
  for (std::size_t l = 0; l < 8; ++l) {
    const auto number = static_cast<IndexOf<T>>(std::bit_cast<IndexOf<T>>(t[l]) >> shift);
    offset[l] += static_cast<std::int32_t>(number) * stride;
    t[l] -= std::bit_cast<T>(static_cast<IndexOf<T>>(number << shift));
  }
  return Pack<T, 8>::load(t.data());
}

}  // namespace portable

/// The squares of the distances of eight rows (x, y, z, ·), rows[j[0]] … rows[j[7]], from `at`.
template <class T>
[[nodiscard, gnu::always_inline]] inline Pack<T, 8> squares(const std::array<T, 4>* rows, const std::uint32_t* j,
                                                            const std::array<T, 4>& at) {
#ifdef __AVX512F__
  if constexpr (std::is_same_v<T, double>) {  // rows l and l + 4 in one register, then the 4 × 4 transpose of each half
    const auto two = [&](int l) {
      const __m512d low = _mm512_castpd256_pd512(_mm256_loadu_pd(rows[j[l]].data()));
      return _mm512_insertf64x4(low, _mm256_loadu_pd(rows[j[l + 4]].data()), 1);
    };
    const __m512d a = two(0), b = two(1), c = two(2), d = two(3);
    const __m512d ab = _mm512_unpacklo_pd(a, b), cd = _mm512_unpacklo_pd(c, d), y_ab = _mm512_unpackhi_pd(a, b),
                  y_cd = _mm512_unpackhi_pd(c, d);
    const __m512i even = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13), odd = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    const __m512d x = _mm512_sub_pd(_mm512_permutex2var_pd(ab, even, cd), _mm512_set1_pd(at[0]));
    const __m512d y = _mm512_sub_pd(_mm512_permutex2var_pd(y_ab, even, y_cd), _mm512_set1_pd(at[1]));
    const __m512d z = _mm512_sub_pd(_mm512_permutex2var_pd(ab, odd, cd), _mm512_set1_pd(at[2]));
    return {_mm512_fmadd_pd(z, z, _mm512_fmadd_pd(y, y, _mm512_mul_pd(x, x)))};
  }
#endif
  return portable::squares(rows, j, at);
}

/// Bit l is set where lane l is below `end`.
template <class T>
[[nodiscard, gnu::always_inline]] inline unsigned below(const Pack<T, 8>& s, T end) {
#ifdef __AVX512VL__
  if constexpr (std::is_same_v<T, double>) return _mm512_cmp_pd_mask(s.v, _mm512_set1_pd(end), _CMP_LT_OQ);
  if constexpr (std::is_same_v<T, float>) return _mm256_cmp_ps_mask(s.v, _mm256_set1_ps(end), _CMP_LT_OQ);
#endif
  return portable::below(s, end);
}

/// Stores the lanes whose bit is set, one after the other, at `to`, where there must be room for eight.
template <class T>
[[gnu::always_inline]] inline void append(const Pack<T, 8>& x, unsigned mask, T* to) {
#ifdef __AVX512VL__
  const auto bits = static_cast<__mmask8>(mask);
  if constexpr (std::is_same_v<T, double>) return _mm512_storeu_pd(to, _mm512_maskz_compress_pd(bits, x.v));
  if constexpr (std::is_same_v<T, float>) return _mm256_storeu_ps(to, _mm256_maskz_compress_ps(bits, x.v));
  if constexpr (std::is_integral_v<T> && sizeof(T) == 4)
    return _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_maskz_compress_epi32(bits, x.v));
#endif
  portable::append(x, mask, to);
}

/// The first six numbers of eight rows of a table, base + offset[0] …, as six packs: out[c] holds the c-th of each.
template <class T>
[[gnu::always_inline]] inline void columns(const T* base, const std::int32_t* offset, Pack<T, 8> (&out)[6]) {
#ifdef __AVX512F__
  if constexpr (std::is_same_v<T, double>) {
    __m512d front[4], back[4];  // numbers 0 … 3 of rows l and l + 4; numbers 4, 5 of rows l, l + 4, l + 2, l + 6
    for (int l = 0; l < 4; ++l)
      front[l] =
          _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_loadu_pd(base + offset[l])), _mm256_loadu_pd(base + offset[l + 4]), 1);
    for (int l = 0; l < 2; ++l) {
      const __m256d low = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(base + offset[l] + 4)),
                                               _mm_loadu_pd(base + offset[l + 2] + 4), 1);
      const __m256d high = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(base + offset[l + 4] + 4)),
                                                _mm_loadu_pd(base + offset[l + 6] + 4), 1);
      back[l] = _mm512_insertf64x4(_mm512_castpd256_pd512(low), high, 1);
    }
    const __m512d a = _mm512_unpacklo_pd(front[0], front[1]), b = _mm512_unpackhi_pd(front[0], front[1]);
    const __m512d c = _mm512_unpacklo_pd(front[2], front[3]), d = _mm512_unpackhi_pd(front[2], front[3]);
    const __m512i even = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13), odd = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    out[0].v = _mm512_permutex2var_pd(a, even, c);
    out[1].v = _mm512_permutex2var_pd(b, even, d);
    out[2].v = _mm512_permutex2var_pd(a, odd, c);
    out[3].v = _mm512_permutex2var_pd(b, odd, d);
    out[4].v = _mm512_unpacklo_pd(back[0], back[1]);
    out[5].v = _mm512_unpackhi_pd(back[0], back[1]);
    return;
  }
#endif
#ifdef __AVX2__
  if constexpr (std::is_same_v<T, float>) {
    __m256 front[4], back[2];
    const auto two = [&](int l, int m, int at) {
      return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(base + offset[l] + at)),
                                  _mm_loadu_ps(base + offset[m] + at), 1);
    };
    for (int l = 0; l < 4; ++l) front[l] = two(l, l + 4, 0);
    const auto pair = [&](int l, int m) {  // numbers 4, 5 of rows l, m
      const __m128 low = _mm_castpd_ps(_mm_load_sd(reinterpret_cast<const double*>(base + offset[l] + 4)));
      return _mm_castpd_ps(_mm_loadh_pd(_mm_castps_pd(low), reinterpret_cast<const double*>(base + offset[m] + 4)));
    };
    for (int l = 0; l < 2; ++l)
      back[l] = _mm256_insertf128_ps(_mm256_castps128_ps256(pair(2 * l, 2 * l + 1)), pair(2 * l + 4, 2 * l + 5), 1);
    const auto transposed = [](__m256 a, __m256 b, __m256 c, __m256 d, int first, Pack<T, 8>* to) {
      const __m256 ab = _mm256_unpacklo_ps(a, b), cd = _mm256_unpacklo_ps(c, d), AB = _mm256_unpackhi_ps(a, b),
                   CD = _mm256_unpackhi_ps(c, d);
      to[first].v = _mm256_castpd_ps(_mm256_unpacklo_pd(_mm256_castps_pd(ab), _mm256_castps_pd(cd)));
      to[first + 1].v = _mm256_castpd_ps(_mm256_unpackhi_pd(_mm256_castps_pd(ab), _mm256_castps_pd(cd)));
      to[first + 2].v = _mm256_castpd_ps(_mm256_unpacklo_pd(_mm256_castps_pd(AB), _mm256_castps_pd(CD)));
      to[first + 3].v = _mm256_castpd_ps(_mm256_unpackhi_pd(_mm256_castps_pd(AB), _mm256_castps_pd(CD)));
    };
    transposed(front[0], front[1], front[2], front[3], 0, out);
    out[4].v = _mm256_shuffle_ps(back[0], back[1], 0x88);
    out[5].v = _mm256_shuffle_ps(back[0], back[1], 0xdd);
    return;
  }
#endif
  portable::columns(base, offset, out);
}

/// The lanes in another order: (x_A, x_B, x_C, x_D).
template <int A, int B, int C, int D, class T>
[[nodiscard, gnu::always_inline]] inline Pack<T, 4> permuted(const Pack<T, 4>& x) {
#ifdef __AVX2__
  if constexpr (std::is_same_v<T, double>) return {_mm256_permute4x64_pd(x.v, A | B << 2 | C << 4 | D << 6)};
  if constexpr (std::is_same_v<T, float>) return {_mm_permute_ps(x.v, A | B << 2 | C << 4 | D << 6)};
#endif
  return portable::permuted<A, B, C, D>(x);
}

/// Look-up by the leading bits of eight positive numbers: adds stride · (bits of s >> shift) to each offset; returns s less the number whose leading bits are
/// the same and whose others are zero.
template <class T>
[[nodiscard, gnu::always_inline]] inline Pack<T, 8> segments(const Pack<T, 8>& s, int shift, std::int32_t stride,
                                                             std::int32_t* offset) {
#ifdef __AVX512VL__
  if constexpr (std::is_same_v<T, double>) {
    const __m128i by = _mm_cvtsi32_si128(shift);
    const __m512i number = _mm512_srl_epi64(_mm512_castpd_si512(s.v), by);
    const __m256i add = _mm256_mullo_epi32(_mm512_cvtepi64_epi32(number), _mm256_set1_epi32(stride));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(offset),
                        _mm256_add_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(offset)), add));
    return {_mm512_sub_pd(s.v, _mm512_castsi512_pd(_mm512_sll_epi64(number, by)))};
  }
#endif
#ifdef __AVX2__
  if constexpr (std::is_same_v<T, float>) {
    const __m128i by = _mm_cvtsi32_si128(shift);
    const __m256i number = _mm256_srl_epi32(_mm256_castps_si256(s.v), by);
    const __m256i add = _mm256_mullo_epi32(number, _mm256_set1_epi32(stride));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(offset),
                        _mm256_add_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(offset)), add));
    return {_mm256_sub_ps(s.v, _mm256_castsi256_ps(_mm256_sll_epi32(number, by)))};
  }
#endif
  return portable::segments(s, shift, stride, offset);
}

/// Lanes 0 … 3.
template <class T>
[[nodiscard, gnu::always_inline]] inline Pack<T, 4> low(const Pack<T, 8>& x) {
  if constexpr (!Pack<T, 8>::whole) {
    return x.v.low;
  } else {
#ifdef __AVX512F__
    if constexpr (std::is_same_v<T, double>) return {_mm512_castpd512_pd256(x.v)};
#endif
#ifdef __AVX2__
    if constexpr (std::is_same_v<T, float>) return {_mm256_castps256_ps128(x.v)};
#endif
    return Pack<T, 4>::load(x.array().data());
  }
}

/// Stores lanes 6 and 7.
template <class T>
[[gnu::always_inline]] inline void store_last_two(const Pack<T, 8>& x, T* to) {
#ifdef __AVX512DQ__
  if constexpr (std::is_same_v<T, double>) return _mm_storeu_pd(to, _mm512_extractf64x2_pd(x.v, 3));
#endif
#ifdef __AVX2__
  if constexpr (std::is_same_v<T, float>) return _mm_storeh_pi(reinterpret_cast<__m64*>(to), _mm256_extractf128_ps(x.v, 1));
#endif
  const auto a = x.array();
  to[0] = a[6];
  to[1] = a[7];
}

}  // namespace tarn::simd
