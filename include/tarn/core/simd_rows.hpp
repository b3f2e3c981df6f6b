#pragma once
// Rows of four numbers (x, y, z and what else an atom carries), eight rows at once as the lanes of four packs: how kernels read the atoms of eight pairs.
//
// xsimd 8.1 has no transpose; the portable form (namespace portable) is what tests compare with.

#include <array>
#include <cstdint>

#include "tarn/core/simd.hpp"

namespace tarn::simd {

using Row = std::array<double, 4>;

/// Eight rows as columns: lane l of x, y, z, w is of row l.
struct Eight {
  Pack<double, 8> x, y, z, w;
};

namespace portable {
template <std::size_t Stride = 1>
Eight rows(const Row* from, const std::uint32_t* at) {
  double out[4][8];
  for (std::size_t l = 0; l < 8; ++l)
    for (std::size_t c = 0; c < 4; ++c) out[c][l] = from[Stride * at[l]][c];
  return {Pack<double, 8>::load(out[0]), Pack<double, 8>::load(out[1]), Pack<double, 8>::load(out[2]),
          Pack<double, 8>::load(out[3])};
}
}  // namespace portable

#ifdef __AVX512F__
namespace detail {
// Of rows l and l + 4 side by side in four registers, the 4 × 4 transpose of each half.
inline void transpose_halves(__m512d& a, __m512d& b, __m512d& c, __m512d& d) {
  const __m512d ab = _mm512_unpacklo_pd(a, b), cd = _mm512_unpacklo_pd(c, d), ab2 = _mm512_unpackhi_pd(a, b),
                cd2 = _mm512_unpackhi_pd(c, d);
  const __m512i even = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13), odd = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
  a = _mm512_permutex2var_pd(ab, even, cd);
  b = _mm512_permutex2var_pd(ab2, even, cd2);
  c = _mm512_permutex2var_pd(ab, odd, cd);
  d = _mm512_permutex2var_pd(ab2, odd, cd2);
}
}  // namespace detail
#elif defined(__AVX2__)
namespace detail {
inline void transpose(__m256d& a, __m256d& b, __m256d& c, __m256d& d) {
  const __m256d ab = _mm256_unpacklo_pd(a, b), cd = _mm256_unpacklo_pd(c, d), ab2 = _mm256_unpackhi_pd(a, b),
                cd2 = _mm256_unpackhi_pd(c, d);
  a = _mm256_permute2f128_pd(ab, cd, 0x20);
  b = _mm256_permute2f128_pd(ab2, cd2, 0x20);
  c = _mm256_permute2f128_pd(ab, cd, 0x31);
  d = _mm256_permute2f128_pd(ab2, cd2, 0x31);
}
}  // namespace detail
#endif

/// Rows from[Stride · at[0]] … from[Stride · at[7]].
template <std::size_t Stride = 1>
[[nodiscard, gnu::always_inline]] inline Eight rows(const Row* from, const std::uint32_t* at) {
#ifdef __AVX512F__
  const auto two = [&](int l) {
    return _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_loadu_pd(from[Stride * at[l]].data())),
                              _mm256_loadu_pd(from[std::size_t{Stride} * at[l + 4]].data()), 1);
  };
  __m512d a = two(0), b = two(1), c = two(2), d = two(3);
  detail::transpose_halves(a, b, c, d);
  return {{a}, {b}, {c}, {d}};
#elif defined(__AVX2__)
  __m256d part[2][4];
  for (int half = 0; half < 2; ++half) {
    for (int l = 0; l < 4; ++l) part[half][l] = _mm256_loadu_pd(from[Stride * at[4 * half + l]].data());
    detail::transpose(part[half][0], part[half][1], part[half][2], part[half][3]);
  }
  const auto joined = [&](int c) -> Pack<double, 8> { return {{{part[0][c]}, {part[1][c]}}}; };
  return {joined(0), joined(1), joined(2), joined(3)};
#else
  return portable::rows<Stride>(from, at);
#endif
}

}  // namespace tarn::simd
