#pragma once
// The two loops over pairs of a force call, for one block of a neighbour list: what nearly all of its time goes to.
//
//   1. sum_pairs, atom after atom:
//      a. sift: s = r² of eight listed neighbours at a time; those within the reach are packed into two runs, with a density and with φ alone, no branch;
//      b. functions of a run at once (all functions of a pair side by side in one vector; φ alone: eight pairs at a time);
//      c. spread: the row (fx, fy, fz, ρ) of the second atom is loaded, changed and stored once a pair, that of the first stays in a register.
//   2. sum_embedding: the same spread for the embedding force, over the pairs kept from 1.
//
// The functions of a pair as eight lanes: φ, f_{b→a}, f_{a→b}, 2φ', –, –, 2f'_{b→a}, 2f'_{a→b}; primes d/ds: twice a slope times d is a force.
// Positions and sums are rows of four: x, y, z, and what belongs to the atom. No distance vector is stored: a row less a row is cheaper than a load of three.

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "tarn/atoms/neighbour_list.hpp"
#include "tarn/core/precision.hpp"
#include "tarn/core/simd.hpp"

namespace tarn {

/// Squares of the distances, Å², at which pairs of two species lose their densities, and end.
struct PairReach {
  double density2 = 0, reach2 = 0;
  std::int32_t key = 0, key_alone = 0;  // by which the functions know them
};

/// The pairs with a density of one block, as stage 2 needs them.
template <class Real>
struct DensityPairs {
  std::vector<std::uint32_t> start;  // of each own atom; last: their number
  simd::AlignedVector<std::uint32_t> second;
  simd::AlignedVector<Real> slope;  // first_slope, second_slope of each
};

/// One block, seen by the kernel.
struct KernelBlock {
  const NeighbourBlock* list;
  const int* species;                     // of each own atom
  const std::array<double, 4>* position;  // of each local atom: x, y, z, 0
  std::size_t kinds;                      // species in the sample
};

/// Pair functions in the form that the kernel takes: pairs of all species in one loop, told apart by keys.
template <class F, class Real>
concept KernelReady = requires(const F& f, int a, int b, std::size_t n, Real* s, std::int32_t* key, simd::Pack<Real, 8> some) {
  { f.key(a, b) } -> std::same_as<std::int32_t>;        // of pairs with a density
  { f.key_alone(a, b) } -> std::same_as<std::int32_t>;  // of pairs with φ alone
  f.locate(n, s, key);  // replaces squares of distances, and keys, by what lanes() takes; in place, to a multiple of eight
  { f.lanes(*s, *key) } -> std::same_as<simd::Pack<Real, 8>>;        // the eight lanes
  { f.lanes(*s, *key, some) } -> std::same_as<simd::Pack<Real, 8>>;  // … and their derivatives by s
  // adds φ at eight s to the third argument; returns twice the slopes; with a fourth, that becomes their derivatives by s
  { f.alone(some, key, some) } -> std::same_as<simd::Pack<Real, 8>>;
  { f.alone(some, key, some, some) } -> std::same_as<simd::Pack<Real, 8>>;
};

/// … of functions that only have terms<1>().
template <class F, class Real>
class OneByOne {
 public:
  explicit OneByOne(const F& functions) : functions_(functions), n_(static_cast<int>(functions.elements().size())) {}
  [[nodiscard]] double inner_reach() const { return functions_.inner_reach(); }
  [[nodiscard]] double pair_reach(int a, int b) const { return functions_.pair_reach(a, b); }
  [[nodiscard]] double density_reach(int a, int b) const { return functions_.density_reach(a, b); }
  [[nodiscard]] std::int32_t key(int a, int b) const { return a * n_ + b; }
  [[nodiscard]] std::int32_t key_alone(int a, int b) const { return a * n_ + b; }
  void locate(std::size_t, Real*, std::int32_t*) const {}
  [[nodiscard]] simd::Pack<Real, 8> lanes(Real s, std::int32_t key) const { return lanes_of(terms<1>(s, key), 0); }
  [[nodiscard]] simd::Pack<Real, 8> lanes(Real s, std::int32_t key, simd::Pack<Real, 8>& slopes) const {
    const auto t = terms<2>(s, key);
    slopes = lanes_of(t, 1);
    return lanes_of(t, 0);
  }
  [[nodiscard]] simd::Pack<Real, 8> alone(const simd::Pack<Real, 8>& s, std::int32_t* key, simd::Pack<Real, 8>& value) const {
    Real v[8], slope[8];
    const auto at = s.array();
    for (std::size_t l = 0; l < 8; ++l) {
      const auto t = terms<1>(at[l], key[l]);
      v[l] = static_cast<Real>(t.pair[0]), slope[l] = static_cast<Real>(2 * t.pair[1]);
    }
    value += simd::Pack<Real, 8>::load(v);
    return simd::Pack<Real, 8>::load(slope);
  }
  [[nodiscard]] simd::Pack<Real, 8> alone(const simd::Pack<Real, 8>& s, std::int32_t* key, simd::Pack<Real, 8>& value,
                                          simd::Pack<Real, 8>& slopes) const {
    Real second[8];
    const auto at = s.array();
    for (std::size_t l = 0; l < 8; ++l) second[l] = static_cast<Real>(2 * terms<2>(at[l], key[l]).pair[2]);
    slopes = simd::Pack<Real, 8>::load(second);
    return alone(s, key, value);
  }

 private:
  template <int K>
  [[nodiscard]] auto terms(Real s, std::int32_t key) const {
    return functions_.template terms<K>(key / n_, key % n_, static_cast<double>(s));
  }
  // The lanes, differentiated `order` times by s.
  template <class Terms>
  [[nodiscard]] static simd::Pack<Real, 8> lanes_of(const Terms& t, std::size_t order) {
    const auto real = [&](const auto& jet, std::size_t k, double factor) { return static_cast<Real>(factor * jet[k + order]); };
    const Real out[8] = {
        real(t.pair, 0, 1),          real(t.density_first, 0, 1), real(t.density_second, 0, 1), real(t.pair, 1, 2), 0, 0,
        real(t.density_first, 1, 2), real(t.density_second, 1, 2)};
    return simd::Pack<Real, 8>::load(out);
  }

  const F& functions_;
  int n_;
};

/// Where the functions of a pair end, and their keys; `kernel` is the functions, or OneByOne of them.
template <class F, class Kernel>
[[nodiscard]] PairReach pair_reach_of(const F& functions, const Kernel& kernel, int a, int b) {
  const double density = functions.density_reach(a, b), end = std::max<double>(functions.pair_reach(a, b), density);
  return {density * density, end * end, kernel.key(a, b), kernel.key_alone(a, b)};
}

template <class Functions, Precision P>
class PairKernel {
 public:
  using Real = typename P::Real;
  using Sum = typename P::Sum;
  using Row = std::array<Sum, 4>;  // fx, fy, fz, ρ

  /// `place[a]`: of the sample's species a among those of the functions.
  PairKernel(const Functions& functions, const std::vector<int>& place, std::vector<PairReach>& reach)
      : functions_(functions), reach_(reach) {
    const double inner = functions.inner_reach();
    inner2_ = inner * inner;
    reach.clear();
    for (int a : place)
      for (int b : place) reach.push_back(pair_reach_of(functions, functions_, a, b));
  }

  /// Forces of φ and densities added to the rows of `sum`, pairs with a density into `kept`; Σ φ. `too_close` is called at the end where a pair is.
  template <class TooClose>
  double sum_pairs(const KernelBlock& block, Row* sum, DensityPairs<Real>& kept, const TooClose& too_close) const {
    const NeighbourBlock& list = *block.list;
    kept.start.resize(list.own + 1);
    Run run(kept);
    Total total;
    unsigned bad = 0;
    for (std::size_t i = 0; i < list.own; ++i) {
      kept.start[i] = static_cast<std::uint32_t>(run.kept + run.near);
      run.begin(i);
      const auto& at = block.position[i];
      const std::size_t a = static_cast<std::size_t>(block.species[i]) * block.kinds;
      for (std::size_t b = 0; b < block.kinds; ++b) {
        const PairReach& reach = reach_[a + b];
        const auto key = Eight<std::int32_t>::all(reach.key), key_alone = Eight<std::int32_t>::all(reach.key_alone);
        const std::uint32_t end = list.start[i * block.kinds + b + 1];
        for (std::uint32_t k = list.start[i * block.kinds + b]; k < end;) {
          if (run.is_full()) {
            spread(block, run, sum, total);
            run.begin(i);
          }
          const std::uint32_t stop = std::min<std::uint32_t>(end, k + piece);
          std::uint32_t* const second = kept.second.data() + run.kept;
          std::size_t near = run.near, alone = run.alone;
          for (; k < stop; k += 8) {
            const std::uint32_t* j = list.neighbour.data() + k;
            const unsigned valid = stop - k >= 8 ? 255u : (1u << (stop - k)) - 1;
            const Eight<double> s = simd::squares(block.position, j, at);
            const unsigned within = simd::below(s, reach.reach2) & valid, with_density = simd::below(s, reach.density2) & valid,
                           without = within & ~with_density;
            bad |= simd::below(s, inner2_) & valid;
            const Eight<Real> rounded = simd::to<Real>(simd::max(s, Eight<double>::all(inner2_)));
            const auto seconds = Eight<std::uint32_t>::load(j);
            simd::append(rounded, with_density, run.s + near);
            simd::append(seconds, with_density, second + near);
            key.store(run.key + near);
            near += static_cast<std::size_t>(std::popcount(with_density));
            simd::append(rounded, without, run.s_alone + alone);
            simd::append(seconds, without, run.second_alone + alone);
            key_alone.store(run.key_alone + alone);
            alone += static_cast<std::size_t>(std::popcount(without));
          }
          k = stop;
          run.near = near;
          run.alone = alone;
        }
      }
      if (run.parts == most_parts) spread(block, run, sum, total);
    }
    spread(block, run, sum, total);
    kept.start[list.own] = static_cast<std::uint32_t>(run.kept);
    if (bad) too_close();
    return static_cast<double>(total.near.array()[0]) + static_cast<double>(simd::sum(total.alone));
  }

  /// Adds the embedding force to the rows of `sum`, whose fourth numbers are F' of each local atom.
  void sum_embedding(const KernelBlock& block, Row* sum, const DensityPairs<Real>& kept) const {
    for (std::size_t i = 0; i < block.list->own; ++i) {
      const auto at = Four<double>::load(block.position[i].data());
      const auto own = Four<Sum>::all(sum[i][3]);
      Four<Sum> first = Four<Sum>::all(0);
      const std::size_t end = kept.start[i + 1];
      for (std::size_t k = kept.start[i]; k < end; ++k) {
        const std::uint32_t j = kept.second[k];
        const auto d = simd::to<Sum>(Four<double>::load(block.position[j].data()) - at);
        const auto row = Four<Sum>::load(sum[j].data());
        const auto c = simd::fma(simd::permuted<3, 3, 3, 3>(row), Four<Sum>::all(static_cast<Sum>(kept.slope[2 * k + 1])),
                                 own * Four<Sum>::all(static_cast<Sum>(kept.slope[2 * k])));
        first = simd::fma(c, d, first);
        simd::fnma(c, d, row).store(sum[j].data());
      }
      (Four<Sum>::load(sum[i].data()) + first).store(sum[i].data());
    }
  }

  /// Σ x f over the local atoms: forces within a block sum to zero, so it is −Σ d (force of the pair) whatever the origin.
  [[nodiscard]] Mat3 virial(const KernelBlock& block, const Row* sum) const {
    const auto origin = Four<double>::load(block.position[0].data());
    std::array<Four<double>, 3> columns{Four<double>::all(0), Four<double>::all(0), Four<double>::all(0)};
    const std::size_t locals = block.list->atom.size();
    for (std::size_t l = 0; l < locals; ++l) {
      const auto x = Four<double>::load(block.position[l].data()) - origin;
      for (std::size_t c = 0; c < 3; ++c)
        columns[c] = simd::fma(x, Four<double>::all(static_cast<double>(sum[l][c])), columns[c]);
    }
    Mat3 out;
    for (std::size_t c = 0; c < 3; ++c) {
      const auto column = columns[c].array();
      out.col(static_cast<Eigen::Index>(c)) << column[0], column[1], column[2];
    }
    return out;
  }

 private:
  template <class T>
  using Four = simd::Pack<T, 4>;
  template <class T>
  using Eight = simd::Pack<T, 8>;

  static constexpr std::size_t piece = 128, room = 1024, most_parts = 16;  // neighbours sifted at once; pairs, atoms of a run

  // Pairs of some atoms one after the other, so that the loops over them are long.
  struct Run {
    alignas(64) Real s[room], s_alone[room];  // Å², then what locate() makes of it; then twice the slope of φ
    std::int32_t key[room], key_alone[room];
    std::uint32_t second_alone[room];
    struct Part {
      std::size_t atom, near, alone;  // where the pairs of an atom begin
    } part[most_parts + 1];
    std::size_t parts = 0, near = 0, alone = 0,
                kept = 0;  // `kept`: pairs of earlier runs; those of this one follow in kept.second
    DensityPairs<Real>& pairs;

    explicit Run(DensityPairs<Real>& where) : pairs(where) { reserve(); }
    void begin(std::size_t atom) { part[parts++] = {atom, near, alone}; }
    [[nodiscard]] bool is_full() const { return std::max(near, alone) + piece + 8 > room; }
    void clear() {
      kept += near;
      parts = near = alone = 0;
      reserve();
    }
    void reserve() {
      if (pairs.second.size() >= kept + room) return;
      pairs.second.resize(kept * 3 / 2 + room);
      pairs.slope.resize(2 * pairs.second.size());
    }
  };
  struct Total {
    Four<Sum> near = Four<Sum>::all(0);  // Σ φ in the first
    Eight<Sum> alone = Eight<Sum>::all(0);
  };

  void spread(const KernelBlock& block, Run& run, Row* sum, Total& total) const {
    const std::array<double, 4>* const position = block.position;
    for (std::size_t k = run.near; k % 8; ++k) run.s[k] = run.s[0], run.key[k] = run.key[0];  // to a multiple of eight
    for (std::size_t k = run.alone; k % 8; ++k) run.s_alone[k] = run.s_alone[0], run.key_alone[k] = run.key_alone[0];
    functions_.locate(run.near, run.s, run.key);
    auto values_alone = Eight<Real>::all(0);
    const auto alone_at = [&](std::size_t k, Eight<Real>& values) {
      functions_.alone(Eight<Real>::load(run.s_alone + k), run.key_alone + k, values).store(run.s_alone + k);
    };
    const std::size_t whole = run.alone / 8 * 8;
    for (std::size_t k = 0; k < whole; k += 8) alone_at(k, values_alone);
    if (whole < run.alone) {
      auto last = Eight<Real>::all(0);
      alone_at(whole, last);
      const Real number[8] = {0, 1, 2, 3, 4, 5, 6, 7};
      values_alone += simd::where_below(last, Eight<Real>::load(number), Eight<Real>::all(static_cast<Real>(run.alone - whole)));
    }
    total.alone += simd::to<Sum>(values_alone);
    run.part[run.parts] = {0, run.near, run.alone};
    const std::uint32_t* const second = run.pairs.second.data() + run.kept;
    Real* const slope = run.pairs.slope.data() + 2 * run.kept;
    for (std::size_t p = 0; p < run.parts; ++p) {
      const std::size_t i = run.part[p].atom;
      const double one[4] = {0, 0, 0, 1};  // the fourth number of d is −1: takes f_{a→b} along
      const auto at = Four<double>::load(position[i].data());
      const auto at_one = at + Four<double>::load(one);
      Four<Sum> first = Four<Sum>::all(0);  // force on i
      Four<Real> values = Four<Real>::all(0);
      const std::size_t near_end = run.part[p + 1].near, alone_end = run.part[p + 1].alone;
      for (std::size_t k = run.part[p].near; k < near_end; ++k) {
        const Eight<Real> lanes = functions_.lanes(run.s[k], run.key[k]);
        const auto v = simd::low(lanes);
        values += v;
        const auto c = simd::to<Sum>(simd::permuted<3, 3, 3, 2>(v));
        const auto d = simd::to<Sum>(Four<double>::load(position[second[k]].data()) - at_one);
        Sum* row = sum[second[k]].data();
        first = simd::fma(c, d, first);
        simd::fnma(c, d, Four<Sum>::load(row)).store(row);
        simd::store_last_two(lanes, slope + 2 * k);
      }
      for (std::size_t k = run.part[p].alone; k < alone_end; ++k) {
        const auto c = Four<Sum>::all(static_cast<Sum>(run.s_alone[k]));
        const auto d = simd::to<Sum>(Four<double>::load(position[run.second_alone[k]].data()) - at);
        Sum* row = sum[run.second_alone[k]].data();
        first = simd::fma(c, d, first);
        simd::fnma(c, d, Four<Sum>::load(row)).store(row);
      }
      const auto f = first.array();
      for (std::size_t c = 0; c < 3; ++c) sum[i][c] += f[c];
      sum[i][3] += static_cast<Sum>(values.array()[1]);
      total.near += simd::to<Sum>(values);
    }
    run.clear();
  }

  std::conditional_t<KernelReady<Functions, Real>, const Functions&, OneByOne<Functions, Real>> functions_;
  const std::vector<PairReach>& reach_;
  double inner2_;
};

}  // namespace tarn
