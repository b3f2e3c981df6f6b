#include "tarn/statistics/select.hpp"

#include <doctest/doctest.h>

#include "support/vibrating.hpp"
#include "tarn/atoms/lattice.hpp"

using namespace tarn;
using namespace tarn::testing;

TEST_CASE("groups of a sample, and a sample of some of its atoms") {
  Sample sample = supercell(b2(3), {2, 1, 1}, {"Cu", "Zr"});
  sample.elements.push_back("Al");
  sample.masses = Vector::LinSpaced(4, 1, 4);
  sample.fields["f"] = Matrix::Random(2, 4);
  const auto groups = groups_by_element(sample);
  REQUIRE(groups.size() == 3);  // no group for an element without atoms
  CHECK(groups[0].atoms == AtomSelection{0, 1, 2, 3});
  CHECK(groups[2].name == "Zr");
  CHECK(groups[2].atoms == AtomSelection{1, 3});
  CHECK(atoms_with_value({std::nullopt, 3.0, std::nullopt, 0.0}) == AtomSelection{1, 3});
  const Sample some = pick(sample, groups[2].atoms);
  some.check();
  CHECK(some.ids == std::vector<std::int64_t>{2, 4});
  CHECK(some.positions.col(1) == sample.positions.col(3));
  CHECK(some.masses[0] == 2);
  CHECK(some.fields.at("f").col(1) == sample.fields.at("f").col(3));
  CHECK(some.element(0) == "Zr");
  CHECK(refuses([&] { (void)pick(sample, {}); }, "without atoms"));
  CHECK(refuses([&] { (void)pick(sample, {9}); }, "atom 9 of 4"));
}
