#include "tarn/atoms/full_neighbour_list.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "support/samples.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {
// Distances (1e-6 Å) from an atom to all images of all atoms of a species within a reach.
std::vector<long> brute_force(const Sample& s, std::size_t i, int species, double reach, int images) {
  std::vector<long> out;
  for (Eigen::Index j = 0; j < s.size(); ++j)
    for (int x = -images; x <= images; ++x)
      for (int y = -images; y <= images; ++y)
        for (int z = -images; z <= images; ++z) {
          if (s.species[static_cast<std::size_t>(j)] != species) continue;
          const Image image{s.cell.periodic[0] ? x : 0, s.cell.periodic[1] ? y : 0, s.cell.periodic[2] ? z : 0};
          if (image != Image{x, y, z}) continue;
          const double r =
              (s.positions.col(j) - s.positions.col(static_cast<Eigen::Index>(i)) + translation(s.cell.vectors, image)).norm();
          if (r > 0 && r < reach) out.push_back(std::lround(1e6 * r));
        }
  std::sort(out.begin(), out.end());
  return out;
}

void check(const Sample& s, const FullNeighbourList& list, const Matrix& reach, int images) {
  REQUIRE(list.size() == static_cast<std::size_t>(s.size()));
  for (std::size_t place = 0; place < list.size(); ++place) {
    const FullNeighbours& block = list.blocks()[place / FullNeighbourList::atoms_per_block];
    const std::size_t q = place % FullNeighbourList::atoms_per_block, species = s.elements.size(), atom = list.atom(place);
    CHECK(list.species(place) == static_cast<std::size_t>(s.species[atom]));
    for (std::size_t b = 0; b < species; ++b) {
      std::vector<long> found;
      for (std::uint32_t k = block.start[q * species + b]; k < block.start[q * species + b + 1]; ++k) {
        double r2 = 0;
        for (std::size_t c = 0; c < 3; ++c) r2 += std::pow(list.positions()[block.row[k]][c] - list.positions()[place][c], 2);
        found.push_back(std::lround(1e6 * std::sqrt(r2)));
      }
      std::sort(found.begin(), found.end());
      CHECK(found == brute_force(s, atom, static_cast<int>(b), reach(s.species[atom], static_cast<Eigen::Index>(b)), images));
    }
  }
}
}  // namespace

TEST_CASE(
    "all images of all neighbours, from both sides: against a sum over images, from one atom in a tiny cell to several blocks") {
  Matrix reach(2, 2);
  reach << 3.1, 4.0, 4.0, 5.3;
  for (int n : {1, 2, 5, 40, 300}) {
    Sample s = random_triclinic({"P", "Q"}, n, 14, 1.2, static_cast<unsigned>(n));
    check(s, FullNeighbourList(s, reach, Serial{}), reach, n <= 5 ? 6 : 2);
    s.positions.col(0) += s.cell.vectors * Vec3(3, -2, 7);  // far outside of the cell
    s.cell.periodic = {true, false, true};
    check(s, FullNeighbourList(s, reach, Serial{}), reach, n <= 5 ? 12 : 8);
  }
}

TEST_CASE("rows follow the atoms") {
  Sample s = random_triclinic({"P", "Q"}, 40, 14, 1.2, 6);
  const Matrix reach = Matrix::Constant(2, 2, 4.0);
  FullNeighbourList list(s, reach, Serial{});
  s.positions.colwise() += Vec3(0.1, -0.2, 0.3);
  list.follow(s);
  check(s, list, reach, 2);
}
