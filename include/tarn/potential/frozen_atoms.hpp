#pragma once
// Atoms that stay where they are while others move: pairs of two of them are summed once and not at every evaluation.
//
// E = Σ_i F(ρ_i + ρ_i°) + Σ φ + φ°: sums over the pairs with an atom that moves; ρ° and φ° are those of the pairs that are left. Exact: forces on what moves and
// products of the Hessian with displacements of it are those of the whole sample.

#include <vector>

namespace tarn {

struct FrozenAtoms {
  std::vector<char> mobile;     ///< of each atom of the sample, 0: it stays; empty: all move
  std::vector<double> density;  ///< ρ°, at each atom
  double pair_eV = 0;           ///< φ°
  [[nodiscard]] bool none() const { return mobile.empty(); }
};

}  // namespace tarn
