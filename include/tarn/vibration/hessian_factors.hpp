#pragma once
// Factors of the Hessian of the energy: what its product, and its assembled forms, are made of.
//
// With d = x_j − x_i of each pair (image), s = d², primes d/ds, ψ = φ + F'_i f_{b→a} + F'_j f_{a→b} at fixed F':
//   K_ij = a I + b d dᵀ,  a = 2 ψ',  b = 4 ψ'',   H = [−K_ij off the diagonal, Σ_j K_ij on it] + Gᵀ diag(F''_k) G,   G_{k,i} = ∂ρ_k/∂x_i.
// Each atom has all its pairs (a pair is kept twice: nothing is scattered, nothing summed between threads), eight side by side: the lanes of a vector. Rows are
// those of the FullNeighbourList: atoms along a space-filling curve, and their periodic images.
//
// Made in two passes: 1. pairs within reach packed into eights, densities, F', F''; 2. functions and two derivatives, each function's own lanes (pair_kernel.hpp).

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "tarn/atoms/full_neighbour_list.hpp"
#include "tarn/atoms/skin.hpp"
#include "tarn/core/executor.hpp"
#include "tarn/core/simd_rows.hpp"
#include "tarn/potential/short_range.hpp"

namespace tarn {

namespace detail {
template <class F, class P, class E>
ShortRange<F, P, E> short_range_of(const ShortRange<F, P, E>&);
}  // namespace detail

/// A potential made of pair functions and nothing else, whose Hessian has the factors below: ShortRange of any, and a class derived from it that evaluates as it does.
/// For another (pair functions in an outer field, say) FiniteDifferenceHessian.
template <class P>
concept TwiceDifferentiable = Potential<P> && requires(const P& potential) {
  requires std::same_as<decltype(&P::evaluate), decltype(&decltype(detail::short_range_of(potential))::evaluate)>;
};

/// One pair of an atom as its visitors see it: the other, d (Å), a (eV/Å²), b (eV/Å⁴); ∂ρ_own/∂x_other = at_own d, ∂ρ_other/∂x_other = at_other d.
struct HessianPair {
  std::size_t other;  // an atom
  Vec3 d;
  double a, b, at_own, at_other;  // the last: the share of this pair; ∂ρ_other/∂x_own is −at_other d
};

/// The pairs of some atoms that follow each other on the curve.
struct HessianBlock {
  struct Eight {
    double lane[8];
  };
  struct Rows {
    std::uint32_t lane[8];  // of the other atom; the atom's own where there is no pair
  };
  std::size_t begin = 0;  ///< the first atom's place on the curve
  /// Eights of the i-th atom: start[i] … start[i + 1]; the first of them have pairs with a density, theirs begin at density_start[i].
  std::vector<std::uint32_t> start{0}, density_start{0};
  simd::AlignedVector<Rows> row;
  simd::AlignedVector<Eight> a, b, at_own, at_other;
  [[nodiscard]] std::size_t size() const { return start.size() - 1; }
};

/// Pairs, F'' and the gradient of its own density for each atom.
class HessianFactors {
 public:
  /// Of one configuration. With a `skin` (Å) > 0 the neighbours found serve configurations near to it too: see update().
  /// Throws Error where the sample is unfit, the potential lacks an element, atoms are too close, or a stiffness is not finite.
  /// With `frozen` atoms (of potential.freeze) the factors are those of the pairs with one that moves: right for products with what does not displace the others, in
  /// the rows of what moves.
  template <TwiceDifferentiable P, Executor E>
  HessianFactors(const Sample& sample, const P& potential, const E& executor, double skin_A = 0, FrozenAtoms frozen = {})
      : frozen_(std::move(frozen)), skin_(skin_A) {
    update(sample, potential, executor);
  }

  /// The same of another configuration. Neighbours are sought again only where an atom has moved by more than half the skin. After an Error there are no factors
  /// until the next update().
  template <TwiceDifferentiable P, Executor E>
  void update(const Sample& sample, const P& potential, const E& executor) {
    stamp_.reset();
    sample.check();
    frozen_.check(sample);
    const auto& functions = potential.functions();
    const auto place = match_elements(sample, functions.elements());
    const Kernel kernel(functions, place);
    if (skin_.width_A() > 0 && skin_.covers(sample)) {
      list_.follow(sample);
    } else {
      Matrix reach(kernel.species, kernel.species);
      for (std::size_t k = 0; k < kernel.reach.size(); ++k)
        reach.data()[k] = std::max(std::sqrt(kernel.reach[k].reach2), 1e-3) + skin_.width_A();
      list_ = FullNeighbourList(sample, reach, executor, frozen_.mobile);
      skin_.begin(sample, std::max(0.0, reach.maxCoeff() - skin_.width_A()));
    }
    const std::size_t n = list_.size();
    curvature_.resize(sample.size());
    gradient_.resize(n);
    slope_.resize(n);
    blocks_.resize(list_.blocks().size());
    executor.for_each(blocks_.size(), [&](std::size_t k) { pack(k, kernel); });
    executor.for_each(blocks_.size(), [&](std::size_t k) { fill(blocks_[k], kernel); });
    if (skin_.width_A() == 0) {
      slope_ = {};
      list_.forget_pairs();
    }
    stamp_ = std::make_shared<const char>();
  }
  /// Tells these factors from all others that whoever keeps the pointer has seen; none where the last update() failed.
  [[nodiscard]] const std::shared_ptr<const char>& stamp() const { return stamp_; }

  [[nodiscard]] Eigen::Index atoms() const { return curvature_.size(); }
  [[nodiscard]] const std::vector<HessianBlock>& blocks() const { return blocks_; }
  /// By the place on the curve: F'', eV per density²; −∂ρ/∂x of the atom itself.
  [[nodiscard]] const Vector& curvature() const { return curvature_; }
  [[nodiscard]] const std::vector<simd::Row>& gradient() const { return gradient_; }
  /// By the row: positions, Å; places on the curve. The first N rows are the atoms along the curve.
  [[nodiscard]] const simd::AlignedVector<simd::Row>& positions() const { return list_.positions(); }
  [[nodiscard]] const std::vector<std::uint32_t>& places() const { return list_.places(); }
  [[nodiscard]] std::size_t atom(std::size_t row) const { return list_.atom(row); }

  /// visit(HessianPair) for the pairs of the atom at a place.
  template <class Visit>
  void for_each_pair(std::size_t i, Visit&& visit) const {
    const HessianBlock& block = blocks_[i / FullNeighbourList::atoms_per_block];
    const std::size_t q = i - block.begin, with = block.density_start[q + 1] - block.density_start[q];
    for (std::size_t g = block.start[q]; g < block.start[q + 1]; ++g)
      for (std::size_t l = 0; l < 8; ++l) {
        const std::size_t j = block.row[g].lane[l], m = g - block.start[q];
        if (j == i) break;
        HessianPair pair{places()[j], {}, block.a[g].lane[l], block.b[g].lane[l], 0, 0};
        for (std::size_t c = 0; c < 3; ++c) pair.d[static_cast<Eigen::Index>(c)] = positions()[j][c] - positions()[i][c];
        if (m < with)
          pair.at_own = block.at_own[block.density_start[q] + m].lane[l],
          pair.at_other = block.at_other[block.density_start[q] + m].lane[l];
        visit(pair);
      }
  }

 private:
  using Pack = simd::Pack<double, 8>;

  // The functions as the kernel takes them, for the species of a sample.
  template <class Functions>
  struct Kernel {
    std::conditional_t<KernelReady<Functions, double>, const Functions&, OneByOne<Functions, double>> lanes;
    const Functions& functions;
    const std::vector<int>& place;
    std::size_t species;
    double inner2;
    std::vector<PairReach> reach;  // [species of the atom · species + that of the other]

    Kernel(const Functions& f, const std::vector<int>& places)
        : lanes(f), functions(f), place(places), species(places.size()), inner2(f.inner_reach() * f.inner_reach()) {
      for (int a : place)
        for (int b : place) reach.push_back(pair_reach_of(f, lanes, a, b));
    }
  };
  template <class Functions>
  Kernel(const Functions&, const std::vector<int>&) -> Kernel<Functions>;

  // Some pairs of one atom, in eights.
  struct Run {
    simd::AlignedVector<double> s;
    std::vector<std::int32_t> key;
    std::vector<std::uint32_t> row;
    std::size_t count = 0;

    void clear(std::size_t room) {
      count = 0;
      if (s.size() < room + 8) s.resize(room + 8), key.resize(room + 8), row.resize(room + 8);
    }
    void append(const Pack& s2, const std::uint32_t* rows, std::int32_t with_key, unsigned mask) {
      simd::append(s2, mask, s.data() + count);
      simd::append(simd::Pack<std::uint32_t, 8>::load(rows), mask, row.data() + count);
      simd::Pack<std::int32_t, 8>::all(with_key).store(key.data() + count);
      count += static_cast<std::size_t>(std::popcount(mask));
    }
    // To a multiple of eight: pairs that can be evaluated, of rows that say they are none.
    void finish(std::uint32_t own) {
      for (std::size_t k = count; k % 8; ++k) s[k] = s[0], key[k] = key[0], row[k] = own;
    }
    [[nodiscard]] std::size_t eights() const { return (count + 7) / 8; }
  };

  // The pairs of an atom within reach now: `with` a density, and `without`.
  template <class Functions>
  void sift(std::size_t i, const Kernel<Functions>& kernel, Run& with, Run& without) const {
    const FullNeighbours& near = list_.blocks()[i / FullNeighbourList::atoms_per_block];
    const std::size_t q = i % FullNeighbourList::atoms_per_block, species = kernel.species;
    const std::size_t room = near.start[(q + 1) * species] - near.start[q * species];
    with.clear(room), without.clear(room);
    unsigned bad = 0;
    for (std::size_t b = 0; b < species; ++b) {
      const PairReach& reach = kernel.reach[list_.species(i) * species + b];
      const std::uint32_t end = near.start[q * species + b + 1];
      for (std::uint32_t k = near.start[q * species + b]; k < end; k += 8) {
        const std::uint32_t* rows = near.row.data() + k;
        const unsigned valid = end - k >= 8 ? 255u : (1u << (end - k)) - 1;
        const Pack s = simd::squares(positions().data(), rows, positions()[i]);
        const unsigned within = simd::below(s, reach.reach2) & valid, dense = simd::below(s, reach.density2) & valid;
        bad |= simd::below(s, kernel.inner2) & valid;
        with.append(s, rows, reach.key, dense);
        without.append(s, rows, reach.key_alone, within & ~dense);
      }
    }
    if (bad != 0)
      throw Error("an atom is closer than ", std::sqrt(kernel.inner2),
                  " Å to another, where the potential is not known: move or remove one of them");
    with.finish(static_cast<std::uint32_t>(i)), without.finish(static_cast<std::uint32_t>(i));
  }

  template <class Functions>
  void pack(std::size_t k, const Kernel<Functions>& kernel) {
    HessianBlock& block = blocks_[k];
    block.begin = k * FullNeighbourList::atoms_per_block;
    block.start.assign(1, 0), block.density_start.assign(1, 0);
    block.row.clear();
    block.row.reserve(list_.blocks()[k].row.size() / 8 + 2 * FullNeighbourList::atoms_per_block);
    Run with, without;
    for (std::size_t i = block.begin; i < std::min(list_.size(), block.begin + FullNeighbourList::atoms_per_block); ++i) {
      sift(i, kernel, with, without);
      for (const Run* run : {&with, &without})
        for (std::size_t g = 0; g < run->eights(); ++g) std::copy_n(run->row.data() + 8 * g, 8, block.row.emplace_back().lane);
      block.start.push_back(static_cast<std::uint32_t>(block.row.size()));
      block.density_start.push_back(block.density_start.back() + static_cast<std::uint32_t>(with.eights()));
      kernel.lanes.locate(with.count, with.s.data(), with.key.data());
      Pack lanes = Pack::all(0);
      for (std::size_t p = 0; p < with.count; ++p) lanes += kernel.lanes.lanes(with.s[p], with.key[p]);
      const double still = frozen_.none() ? 0 : frozen_.density[list_.atom(i)];
      const auto f = kernel.functions.template embedding<2>(kernel.place[list_.species(i)], still + lanes.array()[1]);
      slope_[i] = f[1];
      curvature_[static_cast<Eigen::Index>(i)] = f[2];
    }
    if (skin_.width_A() == 0) block.row.shrink_to_fit();
  }

  template <class Functions>
  void fill(HessianBlock& block, const Kernel<Functions>& kernel) {
    block.a.resize(block.row.size()), block.b.resize(block.row.size());
    block.at_own.resize(block.density_start.back()), block.at_other.resize(block.density_start.back());
    Pack bad = Pack::all(0);  // 0, or not a number
    static constexpr double number[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    for (std::size_t q = 0; q < block.size(); ++q) {
      const std::size_t i = block.begin + q;
      const simd::Row& own = positions()[i];
      const double fi = slope_[i];
      const PairReach* const reach = kernel.reach.data() + list_.species(i) * kernel.species;
      Pack gx = Pack::all(0), gy = gx, gz = gx;
      std::size_t m = block.density_start[q];
      for (std::size_t g = block.start[q]; g < block.start[q + 1]; ++g) {
        const bool with = m < block.density_start[q + 1];
        const std::uint32_t* const rows = block.row[g].lane;
        std::size_t count = 8;
        while (rows[count - 1] == i) --count;
        double s[8];
        std::int32_t key[8];
        simd::squares(positions().data(), rows, own).store(s);
        for (std::size_t l = 0; l < 8; ++l) {
          const PairReach& r = reach[list_.species(rows[l < count ? l : 0])];
          key[l] = with ? r.key : r.key_alone;
          if (l >= count) s[l] = s[0];
        }
        Pack a, b;
        if (with) {
          double(&a_of)[8] = block.a[g].lane, (&b_of)[8] = block.b[g].lane;
          kernel.lanes.locate(8, s, key);
          HessianBlock::Eight at_own{}, at_other{};
          for (std::size_t l = 0; l < 8; ++l) {
            Pack slopes;
            const auto v = kernel.lanes.lanes(s[l], key[l], slopes).array(), dv = slopes.array();
            const double fj = slope_[places()[rows[l]]];
            a_of[l] = v[3] + fi * v[6] + fj * v[7];
            b_of[l] = 2 * (dv[3] + fi * dv[6] + fj * dv[7]);
            at_own.lane[l] = v[6], at_other.lane[l] = v[7];
          }
          for (std::size_t l = count; l < 8; ++l) a_of[l] = b_of[l] = at_own.lane[l] = at_other.lane[l] = 0;
          const simd::Eight other = simd::rows(positions().data(), rows);
          const Pack at = Pack::load(at_own.lane);
          gx = fma(at, other.x - Pack::all(own[0]), gx);
          gy = fma(at, other.y - Pack::all(own[1]), gy);
          gz = fma(at, other.z - Pack::all(own[2]), gz);
          block.at_own[m] = at_own, block.at_other[m] = at_other;
          ++m;
          a = Pack::load(a_of), b = Pack::load(b_of);
        } else {
          const Pack lane = Pack::load(number), end = Pack::all(static_cast<double>(count));
          Pack value = Pack::all(0), slope;
          const Pack twice = kernel.lanes.alone(Pack::load(s), key, value, slope);
          a = simd::where_below(twice, lane, end);
          b = simd::where_below(slope + slope, lane, end);
          a.store(block.a[g].lane), b.store(block.b[g].lane);
        }
        bad = fma(a, Pack::all(0), fma(b, Pack::all(0), bad));
      }
      gradient_[i] = {sum(gx), sum(gy), sum(gz), 0};
    }
    if (sum(bad) != 0)
      throw Error("the Hessian is not finite: atoms are too close or far outside of what the potential is made for");
  }

  FrozenAtoms frozen_;
  FullNeighbourList list_;
  Skin skin_;
  std::shared_ptr<const char> stamp_;
  Vector curvature_;
  std::vector<simd::Row> gradient_;
  std::vector<double> slope_;  // F'
  std::vector<HessianBlock> blocks_;
};

}  // namespace tarn
