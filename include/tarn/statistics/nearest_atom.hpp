#pragma once
// The atom that is nearest to a point: its Voronoi cell holds the point.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "tarn/atoms/cell.hpp"
#include "tarn/atoms/cell_grid.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

/// Finds nearest atoms, over all images. Copies what it needs of cell and positions.
class NearestAtom {
 public:
  /// Throws Error where there are no atoms, and as CellGrid.
  NearestAtom(const Cell& cell, const Vectors& positions)
      : cell_(cell), positions_(positions), reach_A_(first_reach(cell, positions)), grid_(cell, positions, reach_A_) {}

  /// The atom nearest to each of M points, by its column in `positions`; of several at one distance any, but always the same one. Points in holes that are
  /// wider than a few atoms cost a grid of all atoms a call, once for all of them: ask for many at a time.
  [[nodiscard]] std::vector<Eigen::Index> operator()(const Vectors& points) const {
    CellGrid::Near near;
    std::vector<CellGrid> wider;  // for points in holes: of doubled reach each, made once for all of them
    std::vector<Eigen::Index> out;
    out.reserve(static_cast<std::size_t>(points.cols()));
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
      grid_.find_near(points.col(i), reach_A_, near);
      Eigen::Index found = best(grid_, near);
      double reach = reach_A_;
      for (std::size_t step = 0; found < 0; ++step) {
        reach *= 2;
        if (step == wider.size()) wider.emplace_back(cell_, positions_, reach);
        wider[step].find_near(points.col(i), reach, near);
        found = best(wider[step], near);
      }
      out.push_back(found);
    }
    return out;
  }

 private:
  [[nodiscard]] static double first_reach(const Cell& cell, const Vectors& positions) {
    if (positions.cols() == 0) throw Error("there is no nearest atom where there are no atoms");
    cell.check();
    return 1.5 * std::cbrt(cell.volume_A3() / static_cast<double>(positions.cols()));
  }
  [[nodiscard]] static Eigen::Index best(const CellGrid& grid, const CellGrid::Near& near) {
    if (near.count == 0) return -1;
    const auto end = near.distance2.begin() + static_cast<std::ptrdiff_t>(near.count);
    return grid
        .atoms()[near.place[static_cast<std::size_t>(std::min_element(near.distance2.begin(), end) - near.distance2.begin())]];
  }

  Cell cell_;
  Vectors positions_;
  double reach_A_;
  CellGrid grid_;
};

}  // namespace tarn
