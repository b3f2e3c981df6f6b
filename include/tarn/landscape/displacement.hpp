#pragma once
// What an event has displaced, kept small: the atoms that moved, by how much.

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

/// One atom's way from the minimum, Å; single precision tells forces to 1e-6 eV/Å.
struct Moved {
  std::int32_t atom = 0;  ///< its place in the sample
  std::array<float, 3> by{};
  [[nodiscard]] Vec3 vector() const { return Vec3(by[0], by[1], by[2]); }
};
static_assert(sizeof(Moved) == 16);
/// Ascending by atom.
using Displacement = std::vector<Moved>;

/// A shift of all atoms together, which no energy feels: the median of the displacements (3 × N) along each axis.
[[nodiscard]] inline Vec3 rigid_shift(const Vectors& displacements) {
  Vec3 out = Vec3::Zero();
  std::vector<double> along(static_cast<std::size_t>(displacements.cols()));
  for (int axis = 0; axis < 3 && !along.empty(); ++axis) {
    for (std::size_t i = 0; i < along.size(); ++i) along[i] = displacements(axis, static_cast<Eigen::Index>(i));
    const auto middle = along.begin() + static_cast<std::ptrdiff_t>(along.size() / 2);
    std::nth_element(along.begin(), middle, along.end());
    out[axis] = *middle;
  }
  return out;
}

/// The atoms that are farther than `threshold` (Å) from where they are in `minimum`, apart from a rigid shift; all atoms where it is 0.
/// Throws Error where the numbers of atoms differ or a position is not a number.
[[nodiscard]] inline Displacement displacement(const Sample& minimum, const Vectors& positions, double threshold = 0.02) {
  if (positions.cols() != minimum.size())
    throw Error("positions of ", positions.cols(), " atoms, the minimum has ", minimum.size());
  if (!positions.allFinite()) throw Error("a position is not a number");
  Vectors difference = positions - minimum.positions;
  difference.colwise() -= rigid_shift(difference);
  Displacement out;
  for (Eigen::Index i = 0; i < difference.cols(); ++i) {
    const Vec3 d = difference.col(i);
    if (threshold > 0 && d.squaredNorm() <= threshold * threshold) continue;
    out.push_back({static_cast<std::int32_t>(i), {static_cast<float>(d[0]), static_cast<float>(d[1]), static_cast<float>(d[2])}});
  }
  return out;
}

/// The positions that a displacement leads to. Throws Error for an atom that the minimum does not have.
[[nodiscard]] inline Vectors displaced(const Sample& minimum, const Displacement& moved) {
  Vectors out = minimum.positions;
  for (const Moved& m : moved) {
    if (m.atom < 0 || m.atom >= out.cols()) throw Error("a displacement of atom ", m.atom, " of ", out.cols());
    out.col(m.atom) += m.vector();
  }
  return out;
}

}  // namespace tarn
