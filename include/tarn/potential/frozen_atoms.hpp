#pragma once
// Atoms that stay where they are while others move: pairs of two of them are summed once and not at every evaluation.
//
// E = Σ_i F(ρ_i + ρ_i°) + Σ φ + φ°: sums over the pairs with an atom that moves; ρ° and φ° are those of the pairs that are left. Exact: forces on what moves and
// products of the Hessian with displacements of it are those of the whole sample.

#include <vector>

#include "tarn/atoms/sample.hpp"

namespace tarn {

struct FrozenAtoms {
  std::vector<char> mobile;     ///< of each atom of the sample, 0: it stays; empty: all move
  std::vector<double> density;  ///< ρ°, at each atom
  double pair_eV = 0;           ///< φ°
  [[nodiscard]] bool none() const { return mobile.empty(); }
  /// Throws Error for a sample of another number of atoms than the one in which they were frozen.
  void check(const Sample& sample) const {
    if (!none() && mobile.size() != static_cast<std::size_t>(sample.size()))
      throw Error("atoms were frozen in a sample of ", mobile.size(), ", this one has ", sample.size(),
                  ": freeze them in this one");
  }
};

}  // namespace tarn
