#pragma once
// Coarse-graining: the average of a per-atom field about a place, weighted by a kernel of length L.
//
//   X_CG(x) = Σ_j X_j w(r_j/L) / Σ_j w(r_j/L),   over all atoms j and their images at distance r_j from x; at an atom it is one of them
//
// The sum ends where the kernel does, or at half the box: beyond that an atom and its image would both be counted, and the average would tend to
// the mean of all. L = 0 is the field itself: at an atom its own value, elsewhere that of the nearest atom, as also where no atom is within the
// kernel's reach. Cost: N times the atoms within the reach.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <vector>

#include "tarn/atoms/cell.hpp"
#include "tarn/atoms/cell_grid.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/executor.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/statistics/kernel.hpp"
#include "tarn/statistics/nearest_atom.hpp"

namespace tarn {

/// Half the smallest distance between opposite faces of the cell along its periodic directions, Å; infinite for a cluster.
[[nodiscard]] inline double half_box_A(const Cell& cell) {
  cell.check();
  const Vec3 heights = cell.heights_A();
  double half = std::numeric_limits<double>::infinity();
  for (int k = 0; k < 3; ++k)
    if (cell.periodic[static_cast<std::size_t>(k)]) half = std::min(half, 0.5 * heights[k]);
  return half;
}

namespace detail {

/// Throws Error unless there is at least one field and a number for each atom, all finite.
inline void check_fields(const Matrix& fields, Eigen::Index atoms, const char* what) {
  if (fields.rows() < 1 || fields.cols() != atoms)
    throw Error(what, ": ", fields.rows(), " fields × ", fields.cols(), " atoms for ", atoms,
                " positions: one row a field, one column an atom is expected");
  for (Eigen::Index i = 0; i < fields.cols(); ++i)
    if (!fields.col(i).allFinite())
      throw Error(what, ": the value of atom ", i + 1, " of ", atoms, " is not a finite number: leave that atom out");
}

}  // namespace detail

/// Fields that are averaged about many places: sorts atoms and values once. Copies what it needs.
template <Kernel K = TopHat>
class KernelAverage {
 public:
  /// `positions` 3 × N (Å), `fields` M × N: one field a row. Throws Error where they do not fit, where a value, position or the length is not a
  /// number or the length negative, and as CellGrid.
  KernelAverage(const Cell& cell, const Vectors& positions, const Matrix& fields, double length_A, const K& kernel = {})
      : kernel_(kernel), length_A_(length_A), fields_(fields), nearest_(cell, positions), grid_(cell, positions, reach(cell)) {
    detail::check_fields(fields, positions.cols(), "coarse-graining");
    sorted_.resize(fields.rows(), fields.cols());
    for (Eigen::Index k = 0; k < fields.cols(); ++k) sorted_.col(k) = fields.col(grid_.atoms()[static_cast<std::size_t>(k)]);
  }

  /// Whether the sums end at half the box, where the kernel goes on.
  [[nodiscard]] bool ends_at_half_box() const { return cut_; }

  /// How many fields there are, M.
  [[nodiscard]] Eigen::Index fields() const { return fields_.rows(); }
  /// M × P averages at P points (3 × P, Å), which may lie outside the cell. Throws Error where one is not a number.
  template <Executor E = Serial>
  [[nodiscard]] Matrix at(const Vectors& points, const E& executor = {}) const {
    Matrix out(fields_.rows(), points.cols());
    constexpr Eigen::Index chunk = 256;
    const auto tasks = static_cast<std::size_t>((points.cols() + chunk - 1) / chunk);
    executor.for_each(tasks, [&](std::size_t task) {
      const Eigen::Index first = static_cast<Eigen::Index>(task) * chunk, last = std::min(points.cols(), first + chunk);
      if (length_A_ == 0) {
        const auto atoms = nearest_(points.middleCols(first, last - first));
        for (Eigen::Index i = first; i < last; ++i) out.col(i) = fields_.col(atoms[static_cast<std::size_t>(i - first)]);
        return;
      }
      CellGrid::Near near;
      Eigen::ArrayXd weight;
      std::vector<Eigen::Index> alone;  // points that no atom within the reach has a weight for
      for (Eigen::Index i = first; i < last; ++i) {
        grid_.find_near(points.col(i), reach_A_, near);
        if (near.count == 0 || !average(near, weight, out.col(i))) alone.push_back(i);
      }
      if (!alone.empty()) out(Eigen::all, alone) = fields_(Eigen::all, nearest_(points(Eigen::all, alone)));
    });
    return out;
  }

 private:
  [[nodiscard]] double reach(const Cell& cell) {  // of the grid; sets the sums' own
    if (!(length_A_ >= 0 && std::isfinite(length_A_)))
      throw Error("coarse-graining over a length of ", length_A_, " Å: 0 or a positive length is expected");
    const double half = half_box_A(cell), wanted = kernel_.reach() * length_A_;
    cut_ = wanted > half;
    reach_A_ = std::min(wanted, half);
    return reach_A_ > 0 ? reach_A_ : half_of_a_cell(cell);
  }
  [[nodiscard]] static double half_of_a_cell(const Cell& cell) { return 0.5 * cell.heights_A().minCoeff(); }

  static void check_weights(double sum) {
    if (!(sum >= 0))
      throw Error("coarse-graining: the kernel's weights sum to ", sum, ": each must be a number, 0 or more, at r = 0 too");
  }
  /// False where no atom has weight.
  bool average(const CellGrid::Near& near, Eigen::ArrayXd& weight, Eigen::Ref<Vector> out) const {
    const auto count = static_cast<Eigen::Index>(near.count);
    out.setZero();
    if constexpr (std::same_as<K, TopHat>) {
      if (sorted_.rows() == 1) {
        double sum = 0;
        for (std::size_t k = 0; k < near.count; ++k) sum += sorted_(0, near.place[k]);
        out[0] = sum / static_cast<double>(near.count);
        return true;
      }
      for (std::size_t k = 0; k < near.count; ++k) out += sorted_.col(near.place[k]);
      out /= static_cast<double>(near.count);
    } else {
      weight = Eigen::Map<const Eigen::ArrayXd>(near.distance2.data(), count).sqrt() / length_A_;
      if constexpr (std::invocable<const K&, const Eigen::ArrayXd&>)
        weight = kernel_(weight);
      else
        for (double& x : weight) x = kernel_(x);
      double sum = 0;
      if (sorted_.rows() == 1) {  // the usual case, without the loops over rows
        double weighted = 0;
        for (std::size_t k = 0; k < near.count; ++k) {
          const double w = weight[static_cast<Eigen::Index>(k)];
          sum += w;
          weighted += w * sorted_(0, near.place[k]);
        }
        check_weights(sum);
        if (sum > 0) out[0] = weighted / sum;
        return sum > 0;
      }
      for (std::size_t k = 0; k < near.count; ++k) {
        const double w = weight[static_cast<Eigen::Index>(k)];
        sum += w;
        out += w * sorted_.col(near.place[k]);
      }
      check_weights(sum);
      if (!(sum > 0)) return false;
      out /= sum;
    }
    return true;
  }

  K kernel_;
  double length_A_, reach_A_ = 0;
  bool cut_ = false;
  Matrix fields_, sorted_;
  NearestAtom nearest_;
  CellGrid grid_;
};

/// Averages, and whether the sums ended at half the box.
struct CoarseGrained {
  Matrix values;  ///< M × P
  bool ends_at_half_box = false;
};

/// The average of each of M fields (M × N) about each of P points. Throws Error as KernelAverage.
template <Kernel K = TopHat, Executor E = Serial>
[[nodiscard]] CoarseGrained coarse_grain(const Cell& cell, const Vectors& positions, const Matrix& fields, double length_A,
                                         const Vectors& points, const K& kernel = {}, const E& executor = {}) {
  const KernelAverage<K> average(cell, positions, fields, length_A, kernel);
  return {average.at(points, executor), average.ends_at_half_box()};
}

/// The same about the atoms themselves, M × N: each of them is a part of its own average.
template <Kernel K = TopHat, Executor E = Serial>
[[nodiscard]] CoarseGrained coarse_grain(const Cell& cell, const Vectors& positions, const Matrix& fields, double length_A,
                                         const K& kernel = {}, const E& executor = {}) {
  const KernelAverage<K> average(cell, positions, fields, length_A, kernel);
  if (length_A == 0) return {fields, false};
  return {average.at(positions, executor), average.ends_at_half_box()};
}

}  // namespace tarn
