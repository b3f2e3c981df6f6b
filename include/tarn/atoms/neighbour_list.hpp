#pragma once
// Neighbour list: every pair of atoms (each image is a pair) within a reach, once, in blocks.
//
// Atoms are taken along a space-filling curve and cut into blocks of about a thousand; a block holds its own atoms and the images around them that its
// pairs need, as *local* atoms, so that a kernel works on a few kilobytes without periodic boundaries, blocks run on threads without locks, and sums
// over blocks are made in one fixed order: the same bits for any number of threads.

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "tarn/atoms/cell_grid.hpp"
#include "tarn/atoms/order.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/atoms/skin.hpp"
#include "tarn/core/executor.hpp"

namespace tarn {

/// Some atoms, the images around them, and the pairs that belong to this block.
struct NeighbourBlock {
  std::vector<int> atom;     ///< of each local atom, the atom of the sample; the block's own come first
  std::vector<Image> image;  ///< … and the lattice translation that brings it here
  std::size_t own = 0;
  /// Pairs of own atom i with species b: neighbour[start[i · species + b]] … neighbour[start[i · species + b + 1]], local indices; seven more follow the last.
  std::vector<std::uint32_t> start, neighbour;
};

/// Where the copies of an atom in the blocks lie: what gathers their sums, in the order of the blocks.
struct LocalCopies {
  std::vector<std::size_t>
      offset;  ///< of each block's first local atom in an array of all local atoms of all blocks; last: their number
  std::vector<std::size_t> start;   ///< N + 1
  std::vector<std::uint32_t> copy;  ///< copies of atom i: copy[start[i]] … copy[start[i + 1]]
};

struct NeighbourList {
  std::vector<NeighbourBlock> blocks;
  LocalCopies copies;
  std::vector<int> order;  ///< the atoms along the curve

  /// Pairs i, j with |d| < reach(species of i, species of j), Å; where `mobile` is not empty, those of which one is mobile. Throws Error where the cell or the
  /// positions are unfit.
  template <Executor E = Serial>
  static NeighbourList build(const Sample& sample, const Matrix& reach, const E& executor = {},
                             const std::vector<char>& mobile = {}) {
    const auto n = static_cast<std::size_t>(sample.size());
    const CellGrid grid(sample.cell, sample.positions, reach.maxCoeff());
    NeighbourList list;
    list.order = morton_order(sample.cell, grid.wrapped());
    std::size_t count = n == 0 ? 0 : std::max<std::size_t>(1, (n + atoms_per_block / 2) / atoms_per_block);
    if (count > 4) {  // a power of two follows the octants of the curve, and gives each of two or four threads as much
      const std::size_t below = std::bit_floor(count);
      count = 2 * count * count > 4 * below * below ? 2 * below : below;
    }
    const auto begin_of = [&](std::size_t block) { return block * n / count; };
    std::vector<Standing> standing(n);
    for (std::size_t b = 0; b < count; ++b)
      for (std::size_t k = begin_of(b); k < begin_of(b + 1); ++k) {
        const auto atom = static_cast<std::size_t>(list.order[k]);
        standing[atom] = {list.order[k], sample.species[atom], static_cast<int>(k), static_cast<int>(b),
                          mobile.empty() || mobile[atom]};
      }
    std::vector<Standing> in_bins;
    in_bins.reserve(n);
    for (int atom : grid.atoms()) in_bins.push_back(standing[static_cast<std::size_t>(atom)]);
    const Matrix reach2 = reach.cwiseAbs2();
    list.blocks.resize(count);
    executor.for_each(count, [&](std::size_t b) {
      fill(list.blocks[b], static_cast<int>(b), begin_of(b), begin_of(b + 1), sample, grid, reach2, list.order, in_bins, mobile);
    });
    list.index_copies(n);
    return list;
  }

  static constexpr std::size_t atoms_per_block = 1000;

 private:
  struct Standing {  // of an atom: its species, its place along the curve, its block
    int atom, species, place, block;
    bool mobile;
  };

  static void fill(NeighbourBlock& block, int self, std::size_t begin, std::size_t end, const Sample& sample,
                   const CellGrid& grid, const Matrix& reach2, const std::vector<int>& order,
                   const std::vector<Standing>& in_bins, const std::vector<char>& mobile) {
    const std::size_t species = sample.elements.size();
    block.own = end - begin;
    std::vector<std::int32_t> first(order.size(), -1), following;  // chain of the local images of an atom
    const auto add = [&](int atom, const Image& whole) {
      block.atom.push_back(atom);
      block.image.push_back(whole);
      following.push_back(first[static_cast<std::size_t>(atom)]);
      return first[static_cast<std::size_t>(atom)] = static_cast<std::int32_t>(block.atom.size() - 1);
    };
    const auto whole_of = [&](int atom, const Image& image) {
      const Image& wrap = grid.wrap(atom);
      return Image{image[0] - wrap[0], image[1] - wrap[1], image[2] - wrap[2]};
    };
    for (std::size_t k = begin; k < end; ++k) add(order[k], whole_of(order[k], {}));
    const auto local_of = [&](int atom, const Image& image) {
      const Image whole = whole_of(atom, image);
      for (std::int32_t l = first[static_cast<std::size_t>(atom)]; l >= 0; l = following[static_cast<std::size_t>(l)]) {
        const Image& other = block.image[static_cast<std::size_t>(l)];
        if (((other[0] ^ whole[0]) | (other[1] ^ whole[1]) | (other[2] ^ whole[2])) == 0) return l;
      }
      return add(atom, whole);
    };

    // All loops below run without branches that depend on the atoms, but for local_of.
    std::vector<Image> images;             // of the runs around an atom
    std::vector<std::uint32_t> near, run;  // places in the grid within the largest reach, and their run
    std::vector<double> near2;             // … the squares of their distances
    std::vector<std::vector<std::uint32_t>> of_species(species);
    std::vector<std::uint32_t> mine;
    const double most2 = reach2.maxCoeff();
    block.start.assign(1, 0);
    for (std::size_t k = begin; k < end; ++k) {
      const int i = order[k];
      if (!mobile.empty() && !mobile[static_cast<std::size_t>(i)]) {  // its pairs with mobile atoms are theirs
        block.start.insert(block.start.end(), species, block.start.back());
        continue;
      }
      const double* const reach2_of =
          reach2.data() + static_cast<std::ptrdiff_t>(species) * sample.species[static_cast<std::size_t>(i)];
      images.clear();
      std::size_t found = 0;
      grid.for_each_run(i, [&](std::size_t from, std::size_t to, const Image& image, const std::array<double, 4>& at) {
        const std::size_t room = found + (to - from) + 8;
        if (near.size() < room) near.resize(2 * room), run.resize(2 * room), near2.resize(2 * room);
        static constexpr std::uint32_t first_eight[8] = {0, 1, 2, 3, 4, 5, 6, 7};
        const auto number = simd::Pack<std::uint32_t, 8>::all(static_cast<std::uint32_t>(images.size())),
                   lanes = simd::Pack<std::uint32_t, 8>::load(first_eight);
        images.push_back(image);
        for (std::size_t c = from; c < to; c += 8) {
          const auto d2 = simd::squares(grid.rows().data() + c, first_eight, at);
          const unsigned mask = simd::below(d2, most2) & (to - c >= 8 ? 255u : (1u << (to - c)) - 1);
          simd::append(d2, mask, near2.data() + found);
          simd::append(lanes + simd::Pack<std::uint32_t, 8>::all(static_cast<std::uint32_t>(c)), mask, near.data() + found);
          number.store(run.data() + found);
          found += static_cast<std::size_t>(std::popcount(mask));
        }
      });
      mine.resize(found + 1);
      std::size_t count = 0;
      for (std::size_t m = 0; m < found; ++m) {
        const Standing& j = in_bins[near[m]];
        // one side has the pair: inside a block the first along the curve, between blocks one or the other in turn; an atom's own images in turn too
        const bool same = j.block == self, later = static_cast<int>(k) < j.place, itself = j.atom == i;
        const bool turn = ((self + j.block) % 2 == 0) == (self < j.block);
        mine[count] = static_cast<std::uint32_t>(m);
        count += static_cast<std::size_t>((near2[m] < reach2_of[j.species]) & (int{!j.mobile} | (same ? later | itself : turn)));
      }
      for (std::size_t m = 0; m < count; ++m) {
        const Standing& j = in_bins[near[mine[m]]];
        const Image& image = images[run[mine[m]]];
        if (j.atom == i && !(image > Image{})) continue;
        of_species[static_cast<std::size_t>(j.species)].push_back(static_cast<std::uint32_t>(local_of(j.atom, image)));
      }
      for (auto& some : of_species) {
        block.neighbour.insert(block.neighbour.end(), some.begin(), some.end());
        block.start.push_back(static_cast<std::uint32_t>(block.neighbour.size()));
        some.clear();
      }
    }
    block.neighbour.insert(block.neighbour.end(), 7, 0);  // whoever reads eight at a time reads these last
  }

  void index_copies(std::size_t n) {
    copies.offset.assign(1, 0);
    for (const auto& block : blocks) copies.offset.push_back(copies.offset.back() + block.atom.size());
    copies.start.assign(n + 1, 0);
    for (const auto& block : blocks)
      for (int atom : block.atom) ++copies.start[static_cast<std::size_t>(atom) + 1];
    for (std::size_t i = 0; i < n; ++i) copies.start[i + 1] += copies.start[i];
    copies.copy.resize(copies.offset.back());
    auto next = copies.start;
    for (std::size_t b = 0; b < blocks.size(); ++b)
      for (std::size_t l = 0; l < blocks[b].atom.size(); ++l)
        copies.copy[next[static_cast<std::size_t>(blocks[b].atom[l])]++] = static_cast<std::uint32_t>(copies.offset[b] + l);
  }
};

/// A neighbour list that follows the atoms: built with a skin, built again when a pair could have come within the reach unseen.
class VerletList {
 public:
  /// `reach(a, b)` Å between species a and b (of the sample); `skin` Å ≥ 0; `mobile` as for NeighbourList::build.
  VerletList(Matrix reach, double skin, std::vector<char> mobile = {})
      : reach_(std::move(reach)), skin_(skin), mobile_(std::move(mobile)) {}

  /// Makes the list right for the sample; returns whether it was built again.
  template <Executor E>
  bool update(const Sample& sample, const E& executor) {
    if (skin_.covers(sample)) return false;
    list_ = NeighbourList::build(sample, reach_.array() + skin_.width_A(), executor, mobile_);
    skin_.begin(sample, reach_.maxCoeff());
    ++builds_;
    return true;
  }
  [[nodiscard]] const NeighbourList& list() const { return list_; }
  [[nodiscard]] std::int64_t builds() const { return builds_; }

 private:
  Matrix reach_;
  Skin skin_;
  std::vector<char> mobile_;
  NeighbourList list_;
  std::int64_t builds_ = 0;
};

}  // namespace tarn
