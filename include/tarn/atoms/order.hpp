#pragma once
// Atoms along a space-filling curve: neighbours in space become neighbours in memory.
//
// Morton's Z-order: the bits of the three scaled coordinates interleaved (G. M. Morton, IBM Technical Report, 1966).

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "tarn/atoms/cell.hpp"

namespace tarn {

namespace detail {
// The lowest 21 bits of x, two zeros between each.
constexpr std::uint64_t spread_bits(std::uint64_t x) {
  x &= 0x1fffff;
  x = (x | x << 32) & 0x1f00000000ffff;
  x = (x | x << 16) & 0x1f0000ff0000ff;
  x = (x | x << 8) & 0x100f00f00f00f00f;
  x = (x | x << 4) & 0x10c30c30c30c30c3;
  return (x | x << 2) & 0x1249249249249249;
}
}  // namespace detail

/// A permutation: order[k] is the atom that is k-th on the curve. `positions` inside the cell, or wrapped; ties keep their order.
[[nodiscard]] inline std::vector<int> morton_order(const Cell& cell, const Vectors& positions) {
  const Mat3 inverse = cell.vectors.inverse();
  const Vec3 steps =
      (cell.heights_A() / 1.0).cwiseMin(2097151.0).cwiseMax(1.0);  // about 1 Å, so that a long cell is not cut in slices
  std::vector<std::uint64_t> code(static_cast<std::size_t>(positions.cols()));
  for (Eigen::Index i = 0; i < positions.cols(); ++i) {
    const Vec3 s = inverse * (positions.col(i) - cell.origin);
    std::uint64_t bits = 0;
    for (int k = 0; k < 3; ++k)
      bits |= detail::spread_bits(static_cast<std::uint64_t>(std::clamp(s[k] * steps[k], 0.0, 2097151.0))) << k;
    code[static_cast<std::size_t>(i)] = bits;
  }
  std::vector<int> order(code.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return code[static_cast<std::size_t>(a)] < code[static_cast<std::size_t>(b)]; });
  return order;
}

}  // namespace tarn
