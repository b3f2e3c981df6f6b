#pragma once
// The atoms about one atom: a look at each, for what asks once; lists of all neighbours are in neighbour_list.hpp.

#include <vector>

#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"

namespace tarn {

/// Places of the atoms nearer than `radius_A` to atom `centre` by their nearest images, in their order; `centre` is always one of them. Throws Error where there is no such atom.
[[nodiscard]] inline std::vector<Eigen::Index> atoms_within(const Sample& sample, Eigen::Index centre, double radius_A) {
  if (centre < 0 || centre >= sample.size()) throw Error("there is no atom ", centre, " of ", sample.size());
  std::vector<Eigen::Index> out;
  for (Eigen::Index j = 0; j < sample.size(); ++j)
    if (j == centre || sample.cell.nearest_image(sample.positions.col(j) - sample.positions.col(centre)).norm() < radius_A)
      out.push_back(j);
  return out;
}

}  // namespace tarn
