#pragma once
// Energy, forces and virial of potentials made of pair functions with an end, and of densities that embed each atom:
//
//   E = Σ_i F_a(ρ_i) + ½ Σ_{i≠j} φ_ab(s_ij),   ρ_i = Σ_{j≠i} f_{b→a}(s_ij),   s = r²
//   M. S. Daw, M. I. Baskes, Phys. Rev. B 29, 6443 (1984); M. W. Finnis, J. E. Sinclair, Philos. Mag. A 50, 45 (1984).
//
// Finnis–Sinclair, EAM, Lennard-Jones and any pair potential are this with other functions. As functions of r² they need no root and no division:
//   the force of j on i is 2 (φ' + F'_i f'_{b→a} + F'_j f'_{a→b}) d, d = x_j − x_i, a prime being d/ds.
// Virial: W = −Σ d (force)ᵀ over pairs, summed as Σ x (force)ᵀ over the local atoms of a block, whose forces add up to zero.
// Stages: 1. pairs: φ, its force, densities, slopes kept for 3; 2. atoms: sum ρ over blocks, F and F'; 3. pairs with a density: the embedding force;
// 4. atoms: sum forces over blocks.

#include <array>
#include <concepts>
#include <cstdint>
#include <utility>
#include <vector>

#include "tarn/atoms/neighbour_list.hpp"
#include "tarn/core/precision.hpp"
#include "tarn/core/spline.hpp"
#include "tarn/potential/frozen_atoms.hpp"
#include "tarn/potential/pair_kernel.hpp"
#include "tarn/potential/potential.hpp"

namespace tarn {

/// The functions of one pair at s = r², with K derivatives with respect to s.
template <int K>
struct PairTerms {
  Jet<K> pair{};            ///< φ, eV
  Jet<K> density_first{};   ///< f_{b→a}: what the second atom contributes at the first
  Jet<K> density_second{};  ///< f_{a→b}: what the first atom contributes at the second
};

/// Pair functions of species a, b (places in elements()), by the square of the distance, Å².
/// Laws: both reaches are symmetric, 0 where there is no such function; terms() is zero beyond each function's own end, even where another reaches
/// farther; terms(b, a) is terms(a, b) with the densities exchanged; φ, f and the first two derivatives are continuous. `terms` and `embedding` are asked for
/// K = 0, 1 and 2. inner_reach() may be 0: then atoms may come as close as they like, and terms() is asked down to s = 0 and must be finite there.
/// A member masses() that gives std::vector<double>, u, in the order of elements(), may be there too: with_masses() takes them for samples that have none.
/// Write `static_assert(tarn::PairFunctions<Mine>)` first: its message is the shortest.
template <class F>
concept PairFunctions = requires(const F& f, int a, int b, double s) {
  { f.elements() } -> std::convertible_to<std::vector<std::string>>;
  { f.pair_reach(a, b) } -> std::convertible_to<double>;     // Å, where φ ends
  { f.density_reach(a, b) } -> std::convertible_to<double>;  // Å, where both f end
  { f.inner_reach() } -> std::convertible_to<double>;        // Å, closer pairs are an error
  { f.template terms<2>(a, b, s) } -> std::same_as<PairTerms<2>>;
  { f.template embedding<2>(a, s) } -> std::same_as<Jet<2>>;  // F and derivatives at a density
};

/// A potential of pair functions with an end. Functions that are KernelReady (pair_kernel.hpp) are as fast as the processor; else terms<1>() is called for each pair.
template <class Functions, Precision P = Double, Executor E = Serial>
class ShortRange {
  // Asked here and not above, so that the compiler's message is short and names the member.
  static_assert(PairFunctions<Functions>, "ShortRange needs PairFunctions: add the member that is named below");

 public:
  using Real = typename P::Real;
  using Sum = typename P::Sum;

  explicit ShortRange(Functions functions, E executor = E{}, double skin_A = 1.0)
      : functions_(std::move(functions)), executor_(std::move(executor)), skin_A_(skin_A) {}

  [[nodiscard]] std::vector<std::string> elements() const { return functions_.elements(); }
  [[nodiscard]] const Functions& functions() const { return functions_; }
  [[nodiscard]] const E& executor() const { return executor_; }
  /// Masses of elements(), u, where the functions have them; else none.
  [[nodiscard]] std::vector<double> masses() const {
    if constexpr (requires { functions_.masses(); }) return functions_.masses();
    return {};
  }

  class Workspace {
   public:
    /// The pairs as they are now.
    [[nodiscard]] const NeighbourList& list() const { return verlet_.list(); }
    /// How often the neighbour list was built.
    [[nodiscard]] std::int64_t builds() const { return verlet_.builds(); }
    /// The atoms that stay, as it was made with.
    [[nodiscard]] const FrozenAtoms& frozen() const { return frozen_; }

   private:
    friend class ShortRange;
    explicit Workspace(Matrix reach, double skin, FrozenAtoms frozen)
        : frozen_(std::move(frozen)), verlet_(std::move(reach), skin, frozen_.mobile) {}

    // ρ of an atom, of the pairs that were summed.
    [[nodiscard]] Sum density(std::size_t i) const {
      const LocalCopies& copies = list().copies;
      Sum density = frozen_.none() ? Sum(0) : static_cast<Sum>(frozen_.density[i]);
      for (std::size_t k = copies.start[i]; k < copies.start[i + 1]; ++k) density += sum_[copies.copy[k]][3];
      return density;
    }

    FrozenAtoms frozen_;  // before the list, which is made of it
    VerletList verlet_;
    std::vector<std::string> elements_;  // of the sample that it was made for
    std::vector<int> place_;             // of the sample's species among the functions' elements
    std::vector<PairReach> reach_;
    std::vector<DensityPairs<Real>> kept_;              // of each block
    std::vector<int> species_;                          // of all local atoms of all blocks
    simd::AlignedVector<std::array<double, 4>> local_;  // … their positions
    simd::AlignedVector<std::array<Sum, 4>> sum_;       // … and the sums over pairs; the fourth is ρ, later F'
    std::vector<Sum> slope_;                            // F' of each atom
    std::vector<double> energy_;                        // of each block, of each run of atoms
    std::vector<Mat3> virial_;                          // of each block
    std::int64_t prepared_ = 0;                         // the build of the list that species_ belongs to
  };

  /// With `frozen` atoms evaluations take as long as those that move have pairs; forces on the others are zero, no virial is known, and whoever moves a frozen atom
  /// gets nonsense. Throws Error where the potential lacks an element of the sample.
  [[nodiscard]] Workspace workspace(const Sample& sample, FrozenAtoms frozen = {}) const {
    auto place = match_elements(sample, functions_.elements());
    const auto n = static_cast<Eigen::Index>(place.size());
    Matrix reach(n, n);
    for (Eigen::Index a = 0; a < n; ++a)
      for (Eigen::Index b = 0; b < n; ++b) {
        const int pa = place[static_cast<std::size_t>(a)], pb = place[static_cast<std::size_t>(b)];
        reach(a, b) = std::max<double>({functions_.pair_reach(pa, pb), functions_.density_reach(pa, pb), 1e-3});
      }
    Workspace w(std::move(reach), skin_A_, std::move(frozen));
    w.place_ = std::move(place);
    w.elements_ = sample.elements;
    return w;
  }

  /// What stays where it is in this sample: all but what is `mobile`, a number other than 0 for each atom. Throws Error as evaluate(), and where their number is wrong.
  [[nodiscard]] FrozenAtoms freeze(const Sample& sample, std::vector<char> mobile) const {
    const auto n = static_cast<std::size_t>(sample.size());
    if (mobile.size() != n) throw Error("frozen atoms: ", mobile.size(), " of ", n, " atoms are said to move or not");
    Workspace all = workspace(sample), moving = workspace(sample, {std::move(mobile), std::vector<double>(n, 0.0), 0});
    sum_pairs(sample, all), sum_pairs(sample, moving);
    FrozenAtoms out = std::exchange(moving.frozen_, {});
    for (std::size_t i = 0; i < n; ++i) out.density[i] = static_cast<double>(all.density(i) - moving.density(i));
    for (double part : all.energy_) out.pair_eV += part;
    for (double part : moving.energy_) out.pair_eV -= part;
    return out;
  }

  /// Throws Error for a sample that check() refuses, whose elements are not those of the workspace, or with atoms closer than the functions are known.
  [[nodiscard]] Evaluation evaluate(const Sample& sample, Workspace& w) const {
    const auto kernel = sum_pairs(sample, w);
    const NeighbourList& list = w.list();
    const auto n = static_cast<std::size_t>(sample.size());
    const LocalCopies& copies = list.copies;
    w.slope_.resize(n);
    w.virial_.resize(list.blocks.size());
    const std::size_t runs = (n + run_length - 1) / run_length;
    w.energy_.resize(list.blocks.size() + runs, 0.0);
    executor_.for_each(runs, [&](std::size_t run) {
      double energy = 0;
      for (std::size_t i = run * run_length; i < std::min(n, (run + 1) * run_length); ++i) {
        const auto f = functions_.template embedding<1>(w.place_[static_cast<std::size_t>(sample.species[i])],
                                                        static_cast<double>(w.density(i)));
        energy += f[0];
        w.slope_[i] = static_cast<Sum>(f[1]);
      }
      w.energy_[list.blocks.size() + run] = energy;
    });
    executor_.for_each(list.blocks.size(), [&](std::size_t b) {
      auto* sum = w.sum_.data() + copies.offset[b];
      const auto& atom = list.blocks[b].atom;
      for (std::size_t l = 0; l < atom.size(); ++l) sum[l][3] = w.slope_[static_cast<std::size_t>(atom[l])];
      kernel.sum_embedding(block_of(sample, w, b), sum, w.kept_[b]);
      w.virial_[b] = kernel.virial(block_of(sample, w, b), sum);
    });

    Evaluation out;
    out.forces.resize(3, sample.size());
    executor_.for_each(runs, [&](std::size_t run) {
      for (std::size_t i = run * run_length; i < std::min(n, (run + 1) * run_length); ++i) {
        std::array<double, 3> f{};
        if (w.frozen_.none() || w.frozen_.mobile[i])
          for (std::size_t k = copies.start[i]; k < copies.start[i + 1]; ++k)
            for (std::size_t c = 0; c < 3; ++c) f[c] += static_cast<double>(w.sum_[copies.copy[k]][c]);
        out.forces.col(static_cast<Eigen::Index>(i)) << f[0], f[1], f[2];
      }
    });
    if (w.frozen_.none()) {
      out.virial_eV.setZero();
      for (const Mat3& part : w.virial_) out.virial_eV += 0.5 * (part + part.transpose());
    }
    out.energy_eV = w.frozen_.pair_eV;
    for (double part : w.energy_) out.energy_eV += part;
    if (!std::isfinite(out.energy_eV) || !out.forces.allFinite())
      throw Error("energy or forces are not finite: atoms are too close or far outside of what the potential is made for");
    return out;
  }

 private:
  static constexpr std::size_t run_length = 1024;  // atoms of one task of a loop over atoms

  static KernelBlock block_of(const Sample& sample, const Workspace& w, std::size_t b) {
    const std::size_t first = w.list().copies.offset[b];
    return {&w.list().blocks[b], w.species_.data() + first, w.local_.data() + first, sample.elements.size()};
  }

  // Stage 1, in sum_, kept_ and energy_ of the workspace.
  PairKernel<Functions, P> sum_pairs(const Sample& sample, Workspace& w) const {
    prepare(sample, w);
    const NeighbourList& list = w.list();
    const std::vector<std::size_t>& offset = list.copies.offset;
    w.kept_.resize(list.blocks.size());
    w.sum_.resize(offset.back());
    w.energy_.assign(list.blocks.size(), 0.0);
    const PairKernel<Functions, P> kernel(functions_, w.place_, w.reach_);
    executor_.for_each(list.blocks.size(), [&](std::size_t b) {
      auto* sum = w.sum_.data() + offset[b];
      std::fill(sum, w.sum_.data() + offset[b + 1], std::array<Sum, 4>{});
      w.energy_[b] = kernel.sum_pairs(block_of(sample, w, b), sum, w.kept_[b], [&] { too_close(sample, w, b); });
    });
    return kernel;
  }

  // Makes lists and local positions of the workspace right for the sample.
  void prepare(const Sample& sample, Workspace& w) const {
    sample.check();
    if (sample.elements != w.elements_)
      throw Error(
          "the workspace was made for a sample with other elements, or in another order: ask the potential for a new one");
    w.frozen_.check(sample);
    w.verlet_.update(sample, executor_);
    const NeighbourList& list = w.list();
    w.local_.resize(list.copies.offset.back());
    if (w.prepared_ != w.verlet_.builds()) {
      w.species_.clear();
      for (const NeighbourBlock& block : list.blocks)
        for (int atom : block.atom) w.species_.push_back(sample.species[static_cast<std::size_t>(atom)]);
      w.prepared_ = w.verlet_.builds();
    }
    executor_.for_each(list.blocks.size(), [&](std::size_t b) {
      const NeighbourBlock& block = list.blocks[b];
      auto* local = w.local_.data() + list.copies.offset[b];
      for (std::size_t l = 0; l < block.atom.size(); ++l) {
        const Vec3 x = sample.positions.col(block.atom[l]) + translation(sample.cell.vectors, block.image[l]);
        local[l] = {x[0], x[1], x[2], 0};
      }
    });
  }

  [[noreturn]] void too_close(const Sample& sample, const Workspace& w, std::size_t b) const {
    const NeighbourBlock& block = w.list().blocks[b];
    const auto* local = w.local_.data() + w.list().copies.offset[b];
    const std::size_t species = sample.elements.size();
    const double inner = functions_.inner_reach();
    for (std::size_t i = 0; i < block.own; ++i)
      for (std::uint32_t k = block.start[i * species]; k < block.start[(i + 1) * species]; ++k) {
        const std::uint32_t j = block.neighbour[k];
        const double r = Vec3(local[j][0] - local[i][0], local[j][1] - local[i][1], local[j][2] - local[i][2]).norm();
        const auto id = [&](std::size_t l) { return sample.ids[static_cast<std::size_t>(block.atom[l])]; };
        if (r < inner)
          throw Error("atoms ", id(i), " and ", id(j), " are ", r, " Å apart, closer than the potential is known (", inner,
                      " Å): move or remove one of them");
      }
    throw Error("two atoms are ", inner, " Å apart, where the potential is no longer known: move or remove one of them");
  }

  Functions functions_;
  E executor_;
  double skin_A_;
};

}  // namespace tarn
