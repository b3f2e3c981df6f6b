#pragma once
// Factors of the Hessian of the energy: what its product, and its assembled forms, are made of.
//
// With d = x_j − x_i of each pair (image), s = d², primes d/ds, ψ = φ + F'_i f_{b→a} + F'_j f_{a→b} at fixed F':
//   K_ij = a I + b d dᵀ,  a = 2 ψ',  b = 4 ψ'',   H = [−K_ij off the diagonal, Σ_j K_ij on it] + Gᵀ diag(F''_k) G,   G_{k,i} = ∂ρ_k/∂x_i.
// Each atom has all its pairs (a pair is kept twice: nothing is scattered, nothing summed between threads), eight side by side: the lanes of a vector. Atoms are
// taken along a space-filling curve; they and their periodic images within reach of the cell are *rows*.

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <vector>

#include "tarn/atoms/cell_grid.hpp"
#include "tarn/atoms/order.hpp"
#include "tarn/core/executor.hpp"
#include "tarn/core/simd_rows.hpp"
#include "tarn/potential/short_range.hpp"

namespace tarn {

/// A potential made of pair functions, whose Hessian has the factors below: ShortRange of any. For another, FiniteDifferenceHessian.
template <class P>
concept TwiceDifferentiable = Potential<P> && requires(const P& potential) {
  requires PairFunctions<std::remove_cvref_t<decltype(potential.functions())>>;
  requires Executor<std::remove_cvref_t<decltype(potential.executor())>>;
};

/// One pair of an atom as its visitors see it: the other, d (Å), a (eV/Å²), b (eV/Å⁴); ∂ρ_own/∂x_other = at_own d, ∂ρ_other/∂x_other = at_other d.
struct HessianPair {
  std::size_t other;  // an atom
  Vec3 d;
  double a, b, at_own, at_other;
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
  /// Throws Error where the sample is unfit, the potential lacks an element, or a stiffness is not finite.
  template <TwiceDifferentiable P, Executor E>
  HessianFactors(const Sample& sample, const P& potential, const E& executor) : curvature_(sample.size()) {
    sample.check();
    const auto& functions = potential.functions();
    const auto place = match_elements(sample, functions.elements());
    const auto n = static_cast<std::size_t>(sample.size()), species = place.size();
    std::vector<double> reach2(species * species), density_reach2(species * species);
    double reach = 1e-3;
    for (std::size_t a = 0; a < species; ++a)
      for (std::size_t b = 0; b < species; ++b) {
        const double density = functions.density_reach(place[a], place[b]),
                     any = std::max<double>(functions.pair_reach(place[a], place[b]), density);
        reach2[a * species + b] = any * any;
        density_reach2[a * species + b] = density * density;
        reach = std::max(reach, any);
      }
    const CellGrid grid(sample.cell, sample.positions, reach);
    make_rows(sample.cell, grid, reach);

    const auto species_of = [&](std::size_t row) { return static_cast<std::size_t>(sample.species[atom(row)]); };
    const auto distance2 = [&](std::size_t i, std::size_t j) {
      double s = 0;
      for (std::size_t c = 0; c < 3; ++c) s += (position_[j][c] - position_[i][c]) * (position_[j][c] - position_[i][c]);
      return s;
    };
    blocks_.resize((n + atoms_per_block - 1) / atoms_per_block);
    gradient_.resize(n);
    std::vector<double> slope(n);
    // pairs and densities
    executor.for_each(blocks_.size(), [&](std::size_t k) {
      HessianBlock& block = blocks_[k];
      block.begin = k * atoms_per_block;
      std::vector<std::uint32_t> near, plain;
      for (std::size_t i = block.begin; i < std::min(n, block.begin + atoms_per_block); ++i) {
        const std::size_t a = species_of(i);
        double rho = 0;
        near.clear(), plain.clear();
        for_each_near(grid, i, reach * reach, [&](std::uint32_t row) {
          const std::size_t pair = a * species + species_of(row);
          const double s = distance2(i, row);
          if (s < density_reach2[pair]) {
            near.push_back(row);
            rho += functions.template terms<0>(place[a], place[species_of(row)], s).density_first[0];
          } else if (s < reach2[pair]) {
            plain.push_back(row);
          }
        });
        const std::size_t with = (near.size() + 7) / 8;
        near.insert(near.end(), plain.begin(), plain.end());
        near.resize((near.size() + 7) / 8 * 8, static_cast<std::uint32_t>(i));
        for (std::size_t at = 0; at < near.size(); at += 8) std::copy_n(near.data() + at, 8, block.row.emplace_back().lane);
        block.start.push_back(static_cast<std::uint32_t>(block.row.size()));
        block.density_start.push_back(block.density_start.back() + static_cast<std::uint32_t>(with));
        const auto f = functions.template embedding<2>(place[a], rho);
        slope[i] = f[1];
        curvature_[static_cast<Eigen::Index>(i)] = f[2];
      }
    });
    // stiffness at fixed F'
    executor.for_each(blocks_.size(), [&](std::size_t k) {
      HessianBlock& block = blocks_[k];
      block.row.shrink_to_fit();
      block.a.resize(block.row.size()), block.b.resize(block.row.size());
      block.at_own.resize(block.density_start.back()), block.at_other.resize(block.density_start.back());
      for (std::size_t q = 0; q < block.size(); ++q) {
        const std::size_t i = block.begin + q, with = block.density_start[q + 1] - block.density_start[q];
        gradient_[i] = {};
        for (std::size_t g = block.start[q]; g < block.start[q + 1]; ++g)
          for (std::size_t l = 0; l < 8; ++l) {
            const std::size_t j = block.row[g].lane[l];
            if (j == i) break;
            const auto t = functions.template terms<2>(place[species_of(i)], place[species_of(j)], distance2(i, j));
            const double fi = slope[i], fj = slope[place_[j]];
            block.a[g].lane[l] = 2 * (t.pair[1] + fi * t.density_first[1] + fj * t.density_second[1]);
            block.b[g].lane[l] = 4 * (t.pair[2] + fi * t.density_first[2] + fj * t.density_second[2]);
            if (!std::isfinite(block.a[g].lane[l]) || !std::isfinite(block.b[g].lane[l]))
              throw Error("the Hessian is not finite: atoms are too close or far outside of what the potential is made for");
            const std::size_t m = g - block.start[q];
            if (m >= with) continue;
            block.at_own[block.density_start[q] + m].lane[l] = 2 * t.density_first[1];
            block.at_other[block.density_start[q] + m].lane[l] = 2 * t.density_second[1];
            for (std::size_t c = 0; c < 3; ++c) gradient_[i][c] += 2 * t.density_first[1] * (position_[j][c] - position_[i][c]);
          }
      }
    });
  }

  [[nodiscard]] Eigen::Index atoms() const { return curvature_.size(); }
  [[nodiscard]] const std::vector<HessianBlock>& blocks() const { return blocks_; }
  /// By the place on the curve: F'', eV per density²; −∂ρ/∂x of the atom itself.
  [[nodiscard]] const Vector& curvature() const { return curvature_; }
  [[nodiscard]] const std::vector<simd::Row>& gradient() const { return gradient_; }
  /// By the row: positions, Å; places on the curve. The first N rows are the atoms along the curve.
  [[nodiscard]] const simd::AlignedVector<simd::Row>& positions() const { return position_; }
  [[nodiscard]] const std::vector<std::uint32_t>& places() const { return place_; }
  [[nodiscard]] std::size_t atom(std::size_t row) const { return static_cast<std::size_t>(atom_[place_[row]]); }

  /// visit(HessianPair) for the pairs of the atom at a place.
  template <class Visit>
  void for_each_pair(std::size_t i, Visit&& visit) const {
    const HessianBlock& block = blocks_[i / atoms_per_block];
    const std::size_t q = i - block.begin, with = block.density_start[q + 1] - block.density_start[q];
    for (std::size_t g = block.start[q]; g < block.start[q + 1]; ++g)
      for (std::size_t l = 0; l < 8; ++l) {
        const std::size_t j = block.row[g].lane[l], m = g - block.start[q];
        if (j == i) break;
        HessianPair pair{place_[j], {}, block.a[g].lane[l], block.b[g].lane[l], 0, 0};
        for (std::size_t c = 0; c < 3; ++c) pair.d[static_cast<Eigen::Index>(c)] = position_[j][c] - position_[i][c];
        if (m < with)
          pair.at_own = block.at_own[block.density_start[q] + m].lane[l],
          pair.at_other = block.at_other[block.density_start[q] + m].lane[l];
        visit(pair);
      }
  }

 private:
  static constexpr std::size_t atoms_per_block = 256;

  // The atoms along the curve, then every image within reach of the cell, atom by atom.
  void make_rows(const Cell& cell, const CellGrid& grid, double reach) {
    atom_ = morton_order(cell, grid.wrapped());
    const std::size_t n = atom_.size();
    std::vector<std::uint32_t> place_of(n);
    for (std::size_t k = 0; k < n; ++k) place_of[static_cast<std::size_t>(atom_[k])] = static_cast<std::uint32_t>(k);
    const auto add = [&](std::size_t place, const Image& image) {
      const Vec3 x = grid.wrapped().col(atom_[place]) + translation(cell.vectors, image);
      position_.push_back({x[0], x[1], x[2], 0});
      place_.push_back(static_cast<std::uint32_t>(place));
    };
    for (std::size_t k = 0; k < n; ++k) add(k, {});
    const Mat3 inverse = cell.vectors.inverse();
    const Vec3 height = cell.heights_A(), margin = (reach / height.array() + 1e-6).matrix();
    image_start_.assign(1, 0);
    for (std::size_t atom = 0; atom < n; ++atom) {
      const Vec3 s = inverse * (grid.wrapped().col(static_cast<Eigen::Index>(atom)) - cell.origin);
      Image low{}, high{};
      for (std::size_t k = 0; k < 3; ++k) {
        const auto at = static_cast<Eigen::Index>(k);
        if (!cell.periodic[k]) continue;
        low[k] = static_cast<int>(std::ceil(-margin[at] - s[at]));
        high[k] = static_cast<int>(std::floor(1 + margin[at] - s[at]));
      }
      for (int x = low[0]; x <= high[0]; ++x)
        for (int y = low[1]; y <= high[1]; ++y)
          for (int z = low[2]; z <= high[2]; ++z) {
            const Image image{x, y, z};
            image_.push_back(image);
            image_row_.push_back(image == Image{} ? place_of[atom] : static_cast<std::uint32_t>(place_.size()));
            if (image != Image{}) add(place_of[atom], image);
          }
      image_start_.push_back(static_cast<std::uint32_t>(image_.size()));
    }
  }
  // visit(row) for the rows nearer than the root of reach2 to the atom at place i.
  template <class Visit>
  void for_each_near(const CellGrid& grid, std::size_t i, double reach2, const Visit& visit) const {
    static constexpr std::uint32_t first_eight[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    grid.for_each_run(atom_[i], [&](std::size_t begin, std::size_t end, const Image& image, const simd::Row& at) {
      for (std::size_t k = begin; k < end; k += 8) {
        unsigned near = simd::below(simd::squares(grid.rows().data() + k, first_eight, at), reach2) &
                        (end - k >= 8 ? 255u : (1u << (end - k)) - 1);
        for (; near != 0; near &= near - 1) {
          const std::uint32_t row =
              row_of(static_cast<std::size_t>(grid.atoms()[k + static_cast<std::size_t>(std::countr_zero(near))]), image);
          if (row != i) visit(row);
        }
      }
    });
  }
  [[nodiscard]] std::uint32_t row_of(std::size_t atom, const Image& image) const {
    std::size_t k = image_start_[atom];
    while (image_[k] != image) ++k;
    return image_row_[k];
  }

  Vector curvature_;
  std::vector<simd::Row> gradient_;
  std::vector<HessianBlock> blocks_;
  std::vector<int> atom_;  // along the curve
  simd::AlignedVector<simd::Row> position_;
  std::vector<std::uint32_t> place_;
  std::vector<std::uint32_t> image_start_, image_row_;  // by atom
  std::vector<Image> image_;
};

}  // namespace tarn
