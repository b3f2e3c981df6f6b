// The shells of fcc, in a cell that is skewed and cut at another place too.

#include "tarn/atoms/atoms_within.hpp"

#include <doctest/doctest.h>

#include "tarn/atoms/lattice.hpp"

using namespace tarn;

TEST_CASE("fcc has 12, 6 and 24 neighbours in its first shells, whatever the cell and wherever its faces are") {
  Sample s = supercell(fcc(4), 4, "Cu");
  for (const double shift : {0.0, 7.3}) {
    s.positions.array() += shift;
    for (const Eigen::Index centre : {0, 100, 255}) {
      CHECK(atoms_within(s, centre, 0) == std::vector<Eigen::Index>{centre});
      CHECK(atoms_within(s, centre, 2.9).size() == 13);
      CHECK(atoms_within(s, centre, 4.1).size() == 19);
      CHECK(atoms_within(s, centre, 5).size() == 43);
      CHECK(atoms_within(s, centre, 100).size() == 256);  // each once, by its nearest image
    }
    s.cell.vectors.col(1) += s.cell.vectors.col(0);  // another cell of the same lattice
  }
  CHECK_THROWS_AS((void)atoms_within(s, 256, 1), Error);
  CHECK_THROWS_AS((void)atoms_within(s, -1, 1), Error);
}
