#pragma once
// The two loops over pairs of a force call, for one block of a neighbour list: what nearly all of its time goes to.
//
//   1. sum_pairs, atom after atom:
//      a. sift: s = r² of eight listed neighbours at a time; those within the reach are packed into two runs, with a density and with φ alone, no branch;
//      b. functions of a run at once (PairLanes: all functions of a pair are the lanes of one vector; φ alone: eight pairs at a time);
//      c. spread: the row (fx, fy, fz, ρ) of the second atom is loaded, changed and stored once a pair, that of the first stays in a register.
//   2. sum_embedding: the same spread for the embedding force, over the pairs kept from 1.
//
// Positions and sums are rows of four: x, y, z, and what belongs to the atom. No distance vector is stored: a row less a row is cheaper than a load of three.

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tarn/atoms/neighbour_list.hpp"
#include "tarn/core/precision.hpp"
#include "tarn/core/simd.hpp"

namespace tarn {

/// Values of φ, f_{b→a}, f_{a→b} for one pair, and twice their slopes (d/ds): slope times d is a force. The form in which the kernel takes them.
template <class Real>
struct alignas(8 * sizeof(Real)) PairLanes {
  Real pair = 0, density_first = 0, density_second = 0, pair_slope = 0, unused[2] = {0, 0}, first_slope = 0, second_slope = 0;
};

/// Squares of the distances, Å², at which pairs of two species lose their densities, and end.
struct PairReach {
  double density2 = 0, reach2 = 0;
};

/// The pairs with a density of one block, as stage 2 needs them.
template <class Real>
struct DensityPairs {
  std::vector<std::uint32_t> start;       // of each own atom; last: their number
  simd::AlignedVector<std::uint32_t> second;
  simd::AlignedVector<Real> slope;        // first_slope, second_slope of each
};

/// One block, seen by the kernel.
struct KernelBlock {
  const NeighbourBlock* list;
  const int* species;                     // of each own atom
  const std::array<double, 4>* position;  // of each local atom: x, y, z, 0
  std::size_t kinds;                      // species in the sample
};

template <class Functions, Precision P>
class PairKernel {
 public:
  using Real = typename P::Real;
  using Sum = typename P::Sum;
  using Row = std::array<Sum, 4>;  // fx, fy, fz, ρ

  /// `place[a]`: of the sample's species a among those of the functions.
  PairKernel(const Functions& functions, const std::vector<int>& place, std::vector<PairReach>& reach) : functions_(functions), place_(place), reach_(reach) {
    const double inner = functions.inner_reach();
    inner2_ = inner * inner;
    reach.clear();
    for (int a : place)
      for (int b : place) {
        const double density = functions.density_reach(a, b), end = std::max<double>(functions.pair_reach(a, b), density);
        reach.push_back({density * density, end * end});
      }
  }

  /// Forces of φ and densities added to the rows of `sum`, pairs with a density into `kept`; Σ φ. `too_close` is called where a pair is, at the end.
  template <class TooClose>
  double sum_pairs(const KernelBlock& block, Row* sum, DensityPairs<Real>& kept, const TooClose& too_close) const {
    const NeighbourBlock& list = *block.list;
    Buffers run;
    kept.start.resize(list.own + 1);
    std::size_t used = 0;
    unsigned bad = 0;
    Four<Sum> energy = Four<Sum>::all(0);
    Eight<Sum> energy_far = Eight<Sum>::all(0);
    for (std::size_t i = 0; i < list.own; ++i) {
      kept.start[i] = static_cast<std::uint32_t>(used);
      const auto& at = block.position[i];
      const std::size_t a = static_cast<std::size_t>(block.species[i]) * block.kinds;
      const int pa = place_[static_cast<std::size_t>(block.species[i])];
      Four<Sum> first = Four<Sum>::all(0);  // force on i
      Four<Real> values = Four<Real>::all(0);
      Eight<Real> values_far = Eight<Real>::all(0);
      std::size_t near = 0, far = 0;
      const auto flush = [&] {
        spread(block.position, i, near, kept.second.data() + used, kept.slope.data() + 2 * used, run, sum, first, values);
        spread_far(block.position, i, far, run, sum, first);
        used += near;
        near = far = 0;
      };
      for (std::size_t b = 0; b < block.kinds; ++b) {
        const PairReach reach = reach_[a + b];
        const std::uint32_t end = list.start[i * block.kinds + b + 1];
        for (std::uint32_t k = list.start[i * block.kinds + b]; k < end;) {
          if (near + piece > room || far + piece > room) flush();
          if (kept.second.size() < used + near + piece + 8) {
            kept.second.resize(kept.second.size() * 3 / 2 + 4 * room);
            kept.slope.resize(2 * kept.second.size());
          }
          const std::uint32_t stop = std::min<std::uint32_t>(end, k + piece);
          std::size_t some_near = 0, some_far = 0;
          for (; k < stop; k += 8) {
            const std::uint32_t* j = list.neighbour.data() + k;
            const unsigned valid = stop - k >= 8 ? 255u : (1u << (stop - k)) - 1;
            const Eight<double> s = simd::squares(block.position, j, at);
            const unsigned with_density = simd::below(s, reach.density2) & valid, alone = simd::below(s, reach.reach2) & valid & ~with_density;
            bad |= simd::below(s, inner2_) & valid;
            const Eight<Real> rounded = simd::to<Real>(s);
            const auto second = Eight<std::uint32_t>::load(j);
            simd::append(rounded, with_density, run.s_near + some_near);
            simd::append(second, with_density, kept.second.data() + used + near + some_near);
            some_near += static_cast<std::size_t>(std::popcount(with_density));
            simd::append(rounded, alone, run.s_far + some_far);
            simd::append(second, alone, run.second_far + far + some_far);
            some_far += static_cast<std::size_t>(std::popcount(alone));
          }
          k = stop;
          const int pb = place_[b];
          const auto beyond = Eight<Real>::all(static_cast<Real>(1e30));
          beyond.store(run.s_near + some_near);
          beyond.store(run.s_far + some_far);
          functions_at(pa, pb, some_near, run.s_near, run.lanes + near);
          values_far += far_functions_at(pa, pb, some_far, run.s_far, run.slope_far + far);
          near += some_near;
          far += some_far;
        }
      }
      flush();
      const auto f = first.array();
      const auto v = values.array();
      for (std::size_t c = 0; c < 3; ++c) sum[i][c] += f[c];
      sum[i][3] += static_cast<Sum>(v[1]);
      energy += simd::to<Sum>(values);
      energy_far += simd::to<Sum>(values_far);
    }
    kept.start[list.own] = static_cast<std::uint32_t>(used);
    if (bad) too_close();
    return static_cast<double>(energy.array()[0]) + static_cast<double>(simd::sum(energy_far));
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

 private:
  template <class T>
  using Four = simd::Pack<T, 4>;
  template <class T>
  using Eight = simd::Pack<T, 8>;

  static constexpr std::size_t piece = 128, room = 256;  // neighbours sifted at once; pairs of an atom held at once
  struct Buffers {
    alignas(64) Real s_near[piece + 8], s_far[piece + 8], slope_far[room + 8];
    std::uint32_t second_far[room + 8];
    PairLanes<Real> lanes[room];
    Buffers() {}  // not initialised
  };

  static void spread(const std::array<double, 4>* position, std::size_t i, std::size_t n, const std::uint32_t* second, Real* slope, const Buffers& run, Row* sum,
                     Four<Sum>& first, Four<Real>& values) {
    const double one[4] = {0, 0, 0, 1};  // the fourth number of d is −1: takes f_{a→b} along
    const auto at = Four<double>::load(position[i].data()) + Four<double>::load(one);
    for (std::size_t k = 0; k < n; ++k) {
      const Real* lanes = &run.lanes[k].pair;
      const auto v = Four<Real>::load(lanes);
      values += v;
      const auto c = simd::to<Sum>(simd::permuted<3, 3, 3, 2>(v));
      const auto d = simd::to<Sum>(Four<double>::load(position[second[k]].data()) - at);
      Sum* row = sum[second[k]].data();
      first = simd::fma(c, d, first);
      simd::fnma(c, d, Four<Sum>::load(row)).store(row);
      simd::Pack<Real, 2>::load(lanes + 6).store(slope + 2 * k);
    }
  }
  static void spread_far(const std::array<double, 4>* position, std::size_t i, std::size_t n, const Buffers& run, Row* sum, Four<Sum>& first) {
    const auto at = Four<double>::load(position[i].data());
    for (std::size_t k = 0; k < n; ++k) {
      const auto c = Four<Sum>::all(static_cast<Sum>(run.slope_far[k]));
      const auto d = simd::to<Sum>(Four<double>::load(position[run.second_far[k]].data()) - at);
      Sum* row = sum[run.second_far[k]].data();
      first = simd::fma(c, d, first);
      simd::fnma(c, d, Four<Sum>::load(row)).store(row);
    }
  }

  void functions_at(int a, int b, std::size_t n, const Real* s, PairLanes<Real>* lanes) const {
    if constexpr (requires { functions_.evaluate(a, b, n, s, lanes); }) {
      functions_.evaluate(a, b, n, s, lanes);
    } else {
      for (std::size_t k = 0; k < n; ++k) {
        const auto t = functions_.template terms<1>(a, b, static_cast<double>(s[k]));
        lanes[k].pair = static_cast<Real>(t.pair[0]);
        lanes[k].density_first = static_cast<Real>(t.density_first[0]);
        lanes[k].density_second = static_cast<Real>(t.density_second[0]);
        lanes[k].pair_slope = static_cast<Real>(2 * t.pair[1]);
        lanes[k].first_slope = static_cast<Real>(2 * t.density_first[1]);
        lanes[k].second_slope = static_cast<Real>(2 * t.density_second[1]);
      }
    }
  }
  // Sums of φ; twice its slopes into `slope`.
  Eight<Real> far_functions_at(int a, int b, std::size_t n, const Real* s, Real* slope) const {
    auto values = Eight<Real>::all(0);
    if constexpr (requires { functions_.evaluate_pair(a, b, Eight<Real>{}, values); }) {
      for (std::size_t k = 0; k < n; k += 8) functions_.evaluate_pair(a, b, Eight<Real>::load(s + k), values).store(slope + k);
    } else {
      Real value[8] = {};
      for (std::size_t k = 0; k < n; ++k) {
        const auto t = functions_.template terms<1>(a, b, static_cast<double>(s[k]));
        value[k % 8] += static_cast<Real>(t.pair[0]);
        slope[k] = static_cast<Real>(2 * t.pair[1]);
      }
      values = Eight<Real>::load(value);
    }
    return values;
  }

  const Functions& functions_;
  const std::vector<int>& place_;
  const std::vector<PairReach>& reach_;
  double inner2_;
};

}  // namespace tarn
