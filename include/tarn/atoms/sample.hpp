#pragma once
// A sample: which atoms, where, in which cell. In the user's order throughout; what is faster in another order sorts inside.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/atoms/cell.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

/// N atoms. Positions may lie outside the cell (an atom that has moved on stays continuous): every computation takes images.
struct Sample {
  Cell cell;
  std::vector<std::string> elements;     ///< names of the species 0, 1, …
  std::vector<int> species;              ///< N, index into `elements`
  Vectors positions;                     ///< 3 × N, Å
  Vector masses;                         ///< N, u; empty where the source has none
  std::vector<std::int64_t> ids;         ///< N, the user's names of the atoms; unique
  std::map<std::string, Matrix> fields;  ///< any other per-atom columns of the source: name → columns × N

  [[nodiscard]] Eigen::Index size() const { return positions.cols(); }
  [[nodiscard]] const std::string& element(Eigen::Index atom) const {
    return elements[static_cast<std::size_t>(species[static_cast<std::size_t>(atom)])];
  }

  /// Throws Error where the parts do not fit together: no atoms, counts that differ, an unknown species, a mass or position that is
  /// not a number, a cell that check() refuses.
  void check() const {
    const auto n = static_cast<std::size_t>(size());
    if (n == 0) throw Error("the sample has no atoms");
    if (species.size() != n || ids.size() != n)
      throw Error("the sample has ", n, " positions, ", species.size(), " species and ", ids.size(), " ids");
    if (masses.size() != 0 && masses.size() != size())
      throw Error("the sample has ", n, " positions and ", masses.size(), " masses");
    cell.check();
    for (std::size_t i = 0; i < n; ++i)
      if (species[i] < 0 || static_cast<std::size_t>(species[i]) >= elements.size())
        throw Error("atom ", ids[i], " has species ", species[i], " of ", elements.size());
    for (Eigen::Index i = 0; i < size(); ++i) {
      if (!positions.col(i).allFinite())
        throw Error("atom ", ids[static_cast<std::size_t>(i)], " has a position that is not a number");
      if (masses.size() != 0 && !(masses[i] > 0 && masses[i] < 1e6))
        throw Error("atom ", ids[static_cast<std::size_t>(i)], " has mass ", masses[i], " u: it must be positive");
    }
  }
};

}  // namespace tarn
