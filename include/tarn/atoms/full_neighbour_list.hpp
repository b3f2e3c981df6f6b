#pragma once
// Neighbour list from both sides: each atom has all its pairs (each image is a pair), so that whoever sums over them scatters nothing.
//
// Atoms are taken along a space-filling curve; they, and after them their periodic images within reach of the cell, are *rows* (x, y, z, 0): a loop over
// the pairs of an atom needs no periodic boundaries.

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "tarn/atoms/cell_grid.hpp"
#include "tarn/atoms/order.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/core/executor.hpp"
#include "tarn/core/simd_rows.hpp"

namespace tarn {

/// The pairs of some atoms that follow each other on the curve.
struct FullNeighbours {
  std::vector<std::uint32_t> start;  ///< of the pairs of the q-th atom with species a: start[q · species + a]; last: their number
  std::vector<std::uint32_t> row;    ///< of the others; seven more follow the last
};

class FullNeighbourList {
 public:
  static constexpr std::size_t atoms_per_block = 256;

  FullNeighbourList() = default;
  /// Pairs i, j with |d| < reach(species of i, species of j), Å; where `mobile` is not empty, those of which one is mobile. Throws Error where the cell or the
  /// positions are unfit.
  template <Executor E>
  FullNeighbourList(const Sample& sample, const Matrix& reach, const E& executor, const std::vector<char>& mobile = {}) {
    const double most = reach.maxCoeff();
    const CellGrid grid(sample.cell, sample.positions, most);
    make_rows(sample, grid, most);
    const Matrix reach2 = reach.cwiseAbs2();
    blocks_.resize((size() + atoms_per_block - 1) / atoms_per_block);
    const std::vector<char> near = mobile.empty() ? std::vector<char>() : near_to(mobile, grid, most * most);
    executor.for_each(blocks_.size(), [&](std::size_t b) { fill(b, grid, reach2, mobile, near); });
    images_of_ = {}, in_bins_ = {};
  }

  /// Atoms.
  [[nodiscard]] std::size_t size() const { return atom_.size(); }
  /// Moves the rows to where the atoms of this sample are now; the pairs stay.
  void follow(const Sample& sample) {
    for (std::size_t r = 0; r < position_.size(); ++r) {
      const Vec3 x = sample.positions.col(static_cast<Eigen::Index>(atom(r))) + translation(sample.cell.vectors, image_[r]);
      position_[r] = {x[0], x[1], x[2], 0};
    }
  }
  /// Forgets the pairs, not the rows.
  void forget_pairs() { blocks_ = {}; }

  /// Of each row: position, Å; place on the curve; atom; species. The first size() rows are the atoms along the curve.
  [[nodiscard]] const simd::AlignedVector<simd::Row>& positions() const { return position_; }
  [[nodiscard]] const std::vector<std::uint32_t>& places() const { return place_; }
  [[nodiscard]] std::size_t atom(std::size_t row) const { return static_cast<std::size_t>(atom_[place_[row]]); }
  [[nodiscard]] std::size_t species(std::size_t row) const { return species_[row]; }
  [[nodiscard]] const std::vector<FullNeighbours>& blocks() const { return blocks_; }

 private:
  // Images of the cell within a margin of it, numbered.
  struct ImageCodes {
    Image most{};
    [[nodiscard]] std::size_t count() const {
      std::size_t n = 1;
      for (int m : most) n *= static_cast<std::size_t>(2 * m + 1);
      return n;
    }
    [[nodiscard]] std::size_t operator()(const Image& image) const {
      const auto digit = [&](std::size_t k) { return static_cast<std::size_t>(image[k] + most[k]); };
      const auto base = [&](std::size_t k) { return static_cast<std::size_t>(2 * most[k] + 1); };
      return (digit(0) * base(1) + digit(1)) * base(2) + digit(2);
    }
  };

  void make_rows(const Sample& sample, const CellGrid& grid, double reach) {
    const Cell& cell = sample.cell;
    atom_ = morton_order(cell, grid.wrapped());
    const Mat3 inverse = cell.vectors.inverse();
    const Vec3 margin = (reach / cell.heights_A().array() + 1e-6).matrix();
    for (std::size_t k = 0; k < 3; ++k)
      if (cell.periodic[k]) codes_.most[k] = static_cast<int>(std::ceil(margin[static_cast<Eigen::Index>(k)]));
    images_of_.resize(size() * codes_.count());
    std::vector<std::size_t> bin_place(size());
    for (std::size_t k = 0; k < size(); ++k) {
      const auto i = static_cast<std::size_t>(grid.atoms()[k]);
      bin_place[i] = k;
      in_bins_.push_back(static_cast<std::uint32_t>(sample.species[i]));
    }
    const auto add = [&](std::size_t place, const Image& image) {
      const auto i = static_cast<std::size_t>(atom_[place]);
      const Image& wrap = grid.wrap(atom_[place]);
      const Image whole{image[0] - wrap[0], image[1] - wrap[1], image[2] - wrap[2]};
      images_of_[codes_(image) * size() + bin_place[i]] = static_cast<std::uint32_t>(place_.size());
      image_.push_back(whole);
      place_.push_back(static_cast<std::uint32_t>(place));
      species_.push_back(static_cast<std::uint32_t>(sample.species[i]));
    };
    for (std::size_t place = 0; place < size(); ++place) add(place, {});
    for (std::size_t place = 0; place < size(); ++place) {
      const Vec3 s = inverse * (grid.wrapped().col(atom_[place]) - cell.origin);
      Image low{}, high{};
      for (std::size_t k = 0; k < 3; ++k) {
        const auto at = static_cast<Eigen::Index>(k);
        if (!cell.periodic[k]) continue;
        low[k] = std::max(static_cast<int>(std::ceil(-margin[at] - s[at])), -codes_.most[k]);
        high[k] = std::min(static_cast<int>(std::floor(1 + margin[at] - s[at])), codes_.most[k]);
      }
      for (int x = low[0]; x <= high[0]; ++x)
        for (int y = low[1]; y <= high[1]; ++y)
          for (int z = low[2]; z <= high[2]; ++z)
            if (const Image image{x, y, z}; image != Image{}) add(place, image);
    }
    position_.resize(place_.size());
    follow(sample);
  }

  // Of each atom, whether it is nearer than the root of most2 to one that is mobile.
  static std::vector<char> near_to(const std::vector<char>& mobile, const CellGrid& grid, double most2) {
    std::vector<char> out(mobile.size(), 0);
    for (std::size_t i = 0; i < mobile.size(); ++i)
      if (mobile[i])
        grid.for_each_run(static_cast<int>(i), [&](std::size_t begin, std::size_t end, const Image&, const simd::Row& at) {
          for (std::size_t k = begin; k < end; ++k) {
            double d2 = 0;
            for (std::size_t c = 0; c < 3; ++c) d2 += (grid.rows()[k][c] - at[c]) * (grid.rows()[k][c] - at[c]);
            if (d2 < most2) out[static_cast<std::size_t>(grid.atoms()[k])] = 1;
          }
        });
    return out;
  }

  void fill(std::size_t b, const CellGrid& grid, const Matrix& reach2, const std::vector<char>& mobile,
            const std::vector<char>& near_mobile) {
    static constexpr std::uint32_t first_eight[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    using Numbers = simd::Pack<std::uint32_t, 8>;
    FullNeighbours& block = blocks_[b];
    block.start.assign(1, 0);
    const auto species = static_cast<std::size_t>(reach2.cols());
    std::vector<std::vector<std::uint32_t>> of_species(species);
    std::vector<std::uint32_t> near;  // places in the grid, of one run
    std::vector<double> near2;        // … the squares of their distances
    const double most2 = reach2.maxCoeff();
    for (std::size_t i = b * atoms_per_block; i < std::min(size(), (b + 1) * atoms_per_block); ++i) {
      const double* const own_reach2 = reach2.data() + species * species_[i];
      const auto atom = static_cast<std::size_t>(atom_[i]);
      const bool all = mobile.empty() || mobile[atom];
      if (!all && !near_mobile[atom]) {
        block.start.insert(block.start.end(), species, block.start.back());
        continue;
      }
      grid.for_each_run(atom_[i], [&](std::size_t begin, std::size_t end, const Image& image, const simd::Row& at) {
        if (near.size() < end - begin + 8) near.resize(end - begin + 8), near2.resize(end - begin + 8);
        std::size_t found = 0;
        for (std::size_t k = begin; k < end; k += 8) {
          const auto d2 = simd::squares(grid.rows().data() + k, first_eight, at);
          const unsigned mask = simd::below(d2, most2) & (end - k >= 8 ? 255u : (1u << (end - k)) - 1);
          simd::append(d2, mask, near2.data() + found);
          simd::append(Numbers::load(first_eight) + Numbers::all(static_cast<std::uint32_t>(k)), mask, near.data() + found);
          found += static_cast<std::size_t>(std::popcount(mask));
        }
        if (found == 0) return;
        const std::uint32_t* const row_of = images_of_.data() + codes_(image) * size();
        for (std::size_t m = 0; m < found; ++m) {
          const std::uint32_t row = row_of[near[m]], a = in_bins_[near[m]];
          if (near2[m] < own_reach2[a] && row != i && (all || mobile[static_cast<std::size_t>(grid.atoms()[near[m]])]))
            of_species[a].push_back(row);
        }
      });
      for (auto& some : of_species) {
        block.row.insert(block.row.end(), some.begin(), some.end());
        block.start.push_back(static_cast<std::uint32_t>(block.row.size()));
        some.clear();
      }
    }
    block.row.insert(block.row.end(), 7, 0);  // whoever reads eight at a time reads these last
    block.row.shrink_to_fit();
  }

  std::vector<int> atom_;  // along the curve
  simd::AlignedVector<simd::Row> position_;
  std::vector<std::uint32_t> place_, species_;
  std::vector<Image> image_;  // position = the atom's + vectors · image
  ImageCodes codes_;
  // Only while the list is made, in the order of the grid: the row of an atom's image, image after image; species.
  std::vector<std::uint32_t> images_of_, in_bins_;
  std::vector<FullNeighbours> blocks_;
};

}  // namespace tarn
