#pragma once
// Random streams: counter based, so that what is drawn depends on a key and a position, never on threads or on order.
//
// Philox 4×64 with 10 rounds: key (seed, a), counter (block, b, c, 0); each block gives four 64-bit words, used first to last.
// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, Proc. SC'11 (2011), doi 10.1145/2063384.2063405.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <Random123/philox.h>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

/// The stream (seed, a, b, c), for example (seed, atom, search): streams that differ in any part are independent. It is a value:
/// a copy goes on from where it was copied. bits(), index() and uniform() give the same on every platform; normal() too, as it
/// rounds once (a tie in its acceptance test, one in 10¹⁵, left out); unit_vector() to the last digit.
class RandomStream {
 public:
  explicit RandomStream(std::uint64_t seed, std::uint64_t a = 0, std::uint64_t b = 0, std::uint64_t c = 0)
      : key_{seed, a, b, c} {}

  /// 64 random bits.
  std::uint64_t bits() {
    if (position_ / 4 + 1 != block_) fill();
    return words_[position_++ % 4];
  }
  /// Uniform in (0, 1): the odd multiples of 2⁻⁵³, so neither end is ever drawn.
  double uniform() { return (static_cast<double>(bits() >> 12) + 0.5) * 0x1p-52; }
  /// Uniform in (low, high), up to rounding.
  double uniform(double low, double high) { return low + (high - low) * uniform(); }

  /// Uniform in 0 … n − 1, without bias (words of the incomplete last cycle are drawn again). Throws Error if n is 0.
  std::uint64_t index(std::uint64_t n) {
    if (n == 0) throw Error("a random index needs at least one value to choose from");
    const std::uint64_t excess = (std::uint64_t{0} - n) % n;  // 2^64 mod n
    std::uint64_t word = bits();
    while (word < excess) word = bits();
    return word % n;
  }

  /// Normal, mean 0, variance 1: ratio of uniforms with the bounds of J. L. Leva, ACM Trans. Math. Softw. 18, 449 (1992).
  double normal() {
    for (;;) {
      const double u = uniform(), v = 1.7156 * (uniform() - 0.5);
      const double x = u - 0.449871, y = std::abs(v) + 0.386595;
      const double q = x * x + y * (0.19600 * y - 0.25472 * x);
      if (q < 0.27597 || (q <= 0.27846 && v * v <= -4 * u * u * std::log(u))) return v / u;
    }
  }

  /// Uniform on the unit sphere. G. Marsaglia, Ann. Math. Stat. 43, 645 (1972).
  Vec3 unit_vector() {
    for (;;) {
      const double x = 2 * uniform() - 1, y = 2 * uniform() - 1, s = x * x + y * y;
      if (s >= 1) continue;
      const double root = 2 * std::sqrt(1 - s);
      return {x * root, y * root, 1 - 2 * s};
    }
  }

  /// All orders of `items` equally likely (Fisher–Yates, from the last place to the first).
  template <class Item>
  void shuffle(std::vector<Item>& items) {
    for (std::size_t n = items.size(); n > 1; --n) std::swap(items[n - 1], items[static_cast<std::size_t>(index(n))]);
  }

  /// Words drawn so far; a checkpoint is the key and this.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  void seek(std::uint64_t position) { position_ = position; }
  /// (seed, a, b, c).
  [[nodiscard]] const std::array<std::uint64_t, 4>& key() const { return key_; }
  /// Equal streams will draw the same.
  [[nodiscard]] bool operator==(const RandomStream& other) const { return key_ == other.key_ && position_ == other.position_; }

 private:
  void fill() {
    const r123::Philox4x64::ctr_type counter = {{position_ / 4, key_[2], key_[3], 0}};
    const r123::Philox4x64::key_type key = {{key_[0], key_[1]}};
    const auto block = r123::Philox4x64{}(counter, key);
    for (std::size_t i = 0; i < 4; ++i) words_[i] = block[i];
    block_ = position_ / 4 + 1;
  }

  std::array<std::uint64_t, 4> key_;
  std::array<std::uint64_t, 4> words_{};
  std::uint64_t position_ = 0, block_ = 0;  // block_: one more than the block in words_; 0: none
};

}  // namespace tarn
