#pragma once
// Points for maps of a field: a slice through the cell, and the whole of it. The values are KernelAverage::at of coarse_grain.hpp.

#include <algorithm>
#include <array>
#include <cmath>

#include "tarn/atoms/cell.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

/// Points on a regular grid over the cell; the first counts slowest.
struct MapPoints {
  Vectors positions;            ///< 3 × product of the counts, Å
  std::array<int, 3> counts{};  ///< along a, b, c; 1 across a slice
};

namespace detail {

inline MapPoints map_points(const Cell& cell, const std::array<int, 3>& counts, const Vec3& offset) {
  MapPoints out{Vectors(3, static_cast<Eigen::Index>(counts[0]) * counts[1] * counts[2]), counts};
  Eigen::Index at = 0;
  for (int i = 0; i < counts[0]; ++i)
    for (int j = 0; j < counts[1]; ++j)
      for (int k = 0; k < counts[2]; ++k)
        out.positions.col(at++) =
            cell.to_position(Vec3((i + offset[0]) / counts[0], (j + offset[1]) / counts[1], (k + offset[2]) / counts[2]));
  return out;
}

inline std::array<int, 3> map_counts(const Cell& cell, double step_A) {
  cell.check();
  if (!(step_A > 0)) throw Error("a map with steps of ", step_A, " Å: a positive step is expected");
  std::array<int, 3> counts{};
  double all = 1;
  for (int k = 0; k < 3; ++k) {
    const double count = std::max(1.0, std::round(cell.vectors.col(k).norm() / step_A));
    all *= count;
    if (!(all <= 1e8)) throw Error("a map with steps of ", step_A, " Å has more than 1e8 points: give a larger step");
    counts[static_cast<std::size_t>(k)] = static_cast<int>(count);
  }
  return counts;
}

}  // namespace detail

/// Points in the middle of squares of about `step_A`, in the plane where the scaled coordinate `axis` (0, 1, 2) is `at`. Throws Error for another axis, a
/// step that is not positive, or more than 1e8 points.
[[nodiscard]] inline MapPoints slice_points(const Cell& cell, int axis, double at, double step_A) {
  if (axis < 0 || axis > 2 || !std::isfinite(at)) throw Error("a slice across axis ", axis, " at ", at, ": axes are 0, 1, 2");
  auto counts = detail::map_counts(cell, step_A);
  counts[static_cast<std::size_t>(axis)] = 1;
  Vec3 offset = Vec3::Constant(0.5);
  offset[axis] = at;
  return detail::map_points(cell, counts, offset);
}

/// The same through the whole cell.
[[nodiscard]] inline MapPoints volume_points(const Cell& cell, double step_A) {
  return detail::map_points(cell, detail::map_counts(cell, step_A), Vec3::Constant(0.5));
}

}  // namespace tarn
