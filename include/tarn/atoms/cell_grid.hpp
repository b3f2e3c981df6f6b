#pragma once
// Atoms sorted into bins, so that all within a reach of one are found in O(1): every image of every atom, in any cell.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "tarn/atoms/cell.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/simd.hpp"

namespace tarn {

using Image = std::array<int, 3>;  ///< a lattice translation: vectors · image

[[nodiscard]] inline Vec3 translation(const Mat3& cell_vectors, const Image& image) {
  return cell_vectors.col(0) * image[0] + cell_vectors.col(1) * image[1] + cell_vectors.col(2) * image[2];
}

/// Bins over a cell. Positions may lie anywhere; along periodic directions they are wrapped inside.
class CellGrid {
 public:
  /// `reach` is the largest distance that will be asked for, Å. Throws Error for a bad cell or reach, and for a cell so small or thin that
  /// the reach spans thousands of its images.
  CellGrid(const Cell& cell, const Vectors& positions, double reach)
      : cell_(cell), inverse_(cell.vectors.inverse()), wrapped_(positions) {
    cell.check();
    if (!(reach > 0 && std::isfinite(reach))) throw Error("a neighbour search needs a positive reach, ", reach, " Å given");
    const Eigen::Index n = positions.cols();
    wrap_.resize(static_cast<std::size_t>(n));
    scaled_ = inverse_ * (positions.colwise() - cell.origin);
    if (!scaled_.allFinite()) throw Error("a position is not a number");
    const Vec3 height = cell.heights_A();
    std::array<double, 3> extent{1, 1, 1};
    for (int k = 0; k < 3; ++k) {
      if (cell.periodic[static_cast<std::size_t>(k)] || n == 0) continue;
      low_[k] = scaled_.row(k).minCoeff();
      extent[static_cast<std::size_t>(k)] = std::max(scaled_.row(k).maxCoeff() - low_[k], 1e-9);
    }
    for (Eigen::Index i = 0; i < n; ++i)
      for (int k = 0; k < 3; ++k) {
        if (!cell.periodic[static_cast<std::size_t>(k)]) continue;
        const double whole = std::floor(scaled_(k, i));
        if (std::abs(whole) > 1e9) throw Error("a position is ", whole, " cells away from the cell: wrap it first");
        wrap_[static_cast<std::size_t>(i)][static_cast<std::size_t>(k)] = static_cast<int>(whole);
        scaled_(k, i) -= whole;
      }
    for (Eigen::Index i = 0; i < n; ++i)
      wrapped_.col(i) = positions.col(i) - translation(cell.vectors, wrap_[static_cast<std::size_t>(i)]);

    const double most = 4.0 * static_cast<double>(n) + 64;  // a nearly empty cell must not take the memory
    std::array<double, 3> wanted{};
    for (std::size_t k = 0; k < 3; ++k)
      wanted[k] = std::max(1.0, std::floor(height[static_cast<Eigen::Index>(k)] * extent[k] / (0.5 * reach)));
    for (double count; (count = wanted[0] * wanted[1] * wanted[2]) > most;)  // sides that are 1 already leave more to the others
      for (double& side : wanted) side = std::max(1.0, std::floor(side * std::min(0.99, std::cbrt(most / count))));
    double images = 1;  // that are seen from an atom
    for (std::size_t k = 0; k < 3; ++k) {
      const double length = height[static_cast<Eigen::Index>(k)] * extent[k];
      bins_[k] = static_cast<int>(wanted[k]);
      const double span = std::ceil(reach / (length / bins_[k]) * (1 - 1e-12));
      if (cell.periodic[k]) images *= 2 * span / bins_[k] + 1;
      if (images > 20'000)
        throw Error("the cell is ", length, " Å thick and the reach ", reach,
                    " Å: too many images; repeat the cell first, or name its lattice by shorter vectors");
      span_[k] = static_cast<int>(cell.periodic[k] ? span : std::min<double>(span, bins_[k]));
      scale_[static_cast<Eigen::Index>(k)] = bins_[k] / extent[k];
    }

    const std::size_t count =
        static_cast<std::size_t>(bins_[0]) * static_cast<std::size_t>(bins_[1]) * static_cast<std::size_t>(bins_[2]);
    start_.assign(count + 1, 0);
    std::vector<std::size_t> bin(static_cast<std::size_t>(n));
    for (Eigen::Index i = 0; i < n; ++i) {
      const auto b = bin_of(i);
      bin[static_cast<std::size_t>(i)] = index(b[0], b[1], b[2]);
      ++start_[bin[static_cast<std::size_t>(i)] + 1];
    }
    for (std::size_t b = 0; b < count; ++b) start_[b + 1] += start_[b];
    atoms_.resize(static_cast<std::size_t>(n));
    auto next = start_;
    for (std::size_t i = 0; i < bin.size(); ++i) atoms_[next[bin[i]]++] = static_cast<int>(i);
    for (int atom : atoms_) rows_.push_back({wrapped_(0, atom), wrapped_(1, atom), wrapped_(2, atom), 0});
    rows_.resize(rows_.size() + 7);
  }

  /// Calls visit(begin, end, image, at) for runs of places k (atoms()[k], rows()[k]) that together hold every atom and image within the reach of atom i's wrapped
  /// place, i itself included: the image of k lies at rows()[k] − at from it.
  template <class Visit>
  void for_each_run(Eigen::Index i, Visit&& visit) const {
    for_each_run(bin_of(i), wrapped_.col(i), visit);
  }

  /// Atoms and images of a neighbourhood: places in atoms() and rows(), and the squares of their distances, Å².
  struct Near {
    std::vector<std::uint32_t> place;
    std::vector<double> distance2;
    std::size_t count = 0;  ///< how many of them are in use
  };
  /// Fills `near` with every atom and image that is no farther than `within` from a point anywhere, bin by bin; an atom at the point is one of them.
  /// `within` may not exceed the reach of the grid.
  void find_near(const Vec3& point, double within, Near& near) const {
    Vec3 scaled = inverse_ * (point - cell_.origin), home = point;
    if (!scaled.allFinite()) throw Error("a point is not a number");
    Bin bin;
    for (std::size_t k = 0; k < 3; ++k) {
      const auto row = static_cast<Eigen::Index>(k);
      if (cell_.periodic[k]) {
        const double whole = std::floor(scaled[row]);
        home -= cell_.vectors.col(row) * whole;
        scaled[row] -= whole;
      }
      bin[k] = static_cast<int>(std::clamp((scaled[row] - low_[row]) * scale_[row], 0.0, bins_[k] - 1.0));
    }
    near.count = 0;
    const double end = std::nextafter(within * within, std::numeric_limits<double>::infinity());
    for_each_run(bin, home, [&](std::size_t from, std::size_t to, const Image&, const std::array<double, 4>& at) {
      const std::size_t room = near.count + (to - from) + 8;
      if (near.place.size() < room) near.place.resize(2 * room), near.distance2.resize(2 * room);
      static constexpr std::uint32_t first_eight[8] = {0, 1, 2, 3, 4, 5, 6, 7};
      using Numbers = simd::Pack<std::uint32_t, 8>;
      for (std::size_t k = from; k < to; k += 8) {
        const auto d2 = simd::squares(rows_.data() + k, first_eight, at);
        const unsigned mask = simd::below(d2, end) & (to - k >= 8 ? 255u : (1u << (to - k)) - 1);
        simd::append(d2, mask, near.distance2.data() + near.count);
        simd::append(Numbers::load(first_eight) + Numbers::all(static_cast<std::uint32_t>(k)), mask,
                     near.place.data() + near.count);
        near.count += static_cast<std::size_t>(std::popcount(mask));
      }
    });
  }

 private:
  using Bin = std::array<int, 3>;

  template <class Visit>
  void for_each_run(const Bin& centre, const Vec3& home, Visit&& visit) const {
    Image image{};
    const auto step = [&](std::size_t k, int offset, int& bin) {  // false outside of a cell that is not periodic
      const int raw = centre[k] + offset, cells = raw >= 0 ? raw / bins_[k] : -((bins_[k] - 1 - raw) / bins_[k]);
      image[k] = cells;
      bin = raw - cells * bins_[k];
      return cells == 0 || cell_.periodic[k];
    };
    int x = 0, y = 0, z = 0;
    for (int dx = -span_[0]; dx <= span_[0]; ++dx) {
      if (!step(0, dx, x)) continue;
      for (int dy = -span_[1]; dy <= span_[1]; ++dy) {
        if (!step(1, dy, y)) continue;
        for (int dz = -span_[2]; dz <= span_[2];) {
          if (!step(2, dz, z)) {
            ++dz;
            continue;
          }
          const int bins = std::min(span_[2] - dz + 1, bins_[2] - z);  // one after the other in memory, under one image
          const std::size_t first = index(x, y, z), begin = start_[first], end = start_[first + static_cast<std::size_t>(bins)];
          if (begin != end) {
            const Vec3 from = home - translation(cell_.vectors, image);
            visit(begin, end, image, std::array<double, 4>{from[0], from[1], from[2], 0});
          }
          dz += bins;
        }
      }
    }
  }

 public:
  /// Atoms bin by bin, and their wrapped places x, y, z, 0; of the places seven more follow the last.
  [[nodiscard]] const std::vector<int>& atoms() const { return atoms_; }
  [[nodiscard]] const simd::AlignedVector<std::array<double, 4>>& rows() const { return rows_; }

  /// What was taken off atom i to bring it inside: position = wrapped + vectors · wrap.
  [[nodiscard]] const Image& wrap(Eigen::Index i) const { return wrap_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] const Vectors& wrapped() const { return wrapped_; }

 private:
  [[nodiscard]] std::size_t index(int x, int y, int z) const {
    return (static_cast<std::size_t>(x) * static_cast<std::size_t>(bins_[1]) + static_cast<std::size_t>(y)) *
               static_cast<std::size_t>(bins_[2]) +
           static_cast<std::size_t>(z);
  }
  [[nodiscard]] Bin bin_of(Eigen::Index i) const {
    Bin b;
    for (std::size_t k = 0; k < 3; ++k) {
      const auto row = static_cast<Eigen::Index>(k);
      b[k] = std::clamp(static_cast<int>((scaled_(row, i) - low_[row]) * scale_[row]), 0, bins_[k] - 1);
    }
    return b;
  }
  Cell cell_;
  Mat3 inverse_;
  Vectors wrapped_, scaled_;
  Vec3 low_ = Vec3::Zero(), scale_ = Vec3::Ones();
  Bin bins_{}, span_{};
  std::vector<Image> wrap_;
  std::vector<std::size_t> start_;
  std::vector<int> atoms_;
  simd::AlignedVector<std::array<double, 4>> rows_;
};

}  // namespace tarn
