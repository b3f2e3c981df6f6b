#include "tarn/atoms/elements.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace tarn;

TEST_CASE("standard weights") {
  CHECK(standard_mass("Cu") == 63.546);
  CHECK(standard_mass("Zr") == 91.224);
  CHECK(!standard_mass("Xx"));
  CHECK(!standard_mass("cu"));
  CHECK(!standard_mass(""));
  CHECK(!standard_mass("Tc"));  // it has none
}

TEST_CASE("every weight tells its own element, and a small error does not tell another") {
  for (const Element& element : elements_with_weight) {
    CAPTURE(std::string(element.name));
    CHECK(element_of_mass(element.mass_u) == element.name);
    for (const double off : {-0.15, -0.05, 0.05, 0.15})
      if (const auto told = element_of_mass(element.mass_u + off); told && *told != element.name)
        CHECK(std::abs(*standard_mass(*told) - element.mass_u - off) < std::abs(off) / 3);
  }
}

TEST_CASE("names by mass") {
  using Names = std::vector<std::string>;
  CHECK(name_elements_by_mass(std::vector{63.546, 91.224}) == Names{"Cu", "Zr"});
  CHECK(name_elements_by_mass(std::vector{91.2, 63.55, 27.0}) == Names{"Zr", "Cu", "Al"});
  CHECK(name_elements_by_mass(std::vector{1.0, 1.0}) == Names{"1", "2"});  // Lennard-Jones particles are not hydrogen
  CHECK(name_elements_by_mass(std::vector{1.0}) == Names{"1"});
  CHECK(name_elements_by_mass(std::vector{63.546, 63.546, 91.224}) == Names{"1", "2", "Zr"});  // which is copper?
  CHECK(name_elements_by_mass(std::vector{64.5, 0.0, 58.81}) == Names{"1", "2", "3"});         // the last between Ni and Co
  CHECK(name_elements_by_mass(std::vector<double>{}).empty());
}

TEST_CASE("what needs elements says which type has no name") {
  Sample sample;
  sample.elements = {"Cu", "2"};
  sample.species = {0, 0};
  sample.ids = {5, 9};
  sample.positions = Vectors::Random(3, 2);
  CHECK_NOTHROW(require_named_elements(sample));
  sample.species[1] = 1;
  CHECK_THROWS_WITH_AS(
      require_named_elements(sample),
      "atom 9 is of type 2, which its mass does not name: give the elements of types 1, 2, … in order, such as Cu,Zr", Error);
}

namespace {

Sample three_atoms(Vector masses = {}) {
  Sample sample;
  sample.elements = {"Zr", "Cu", "X"};
  sample.species = {1, 0, 1};
  sample.ids = {1, 2, 3};
  sample.positions = Vectors::Random(3, 3);
  sample.masses = std::move(masses);
  return sample;
}

struct Table {
  std::vector<std::string> names;
  std::vector<double> weights;
  [[nodiscard]] std::vector<std::string> elements() const { return names; }
  [[nodiscard]] std::vector<double> masses() const { return weights; }
};

}  // namespace

TEST_CASE("masses: the sample's own, else the potential's, else the standard weights") {
  const Vector own = Vec3(1, 2, 3);
  const Table both{{"Cu", "Zr"}, {64, 90}};
  CHECK(with_masses(three_atoms(own), both).masses == own);
  CHECK(with_masses(three_atoms(), both).masses == Vec3(64, 90, 64));
  CHECK(with_masses(three_atoms(), Table{{"Zr"}, {90}}).masses == Vec3(63.546, 90, 63.546));
  CHECK(with_masses(three_atoms(), Table{{"Cu", "Zr"}, {}}).masses == Vec3(63.546, 91.224, 63.546));
  auto sample = three_atoms();
  sample.species[2] = 2;
  CHECK(with_masses(sample, Table{{"X", "Cu", "Zr"}, {7, 64, 90}}).masses == Vec3(64, 90, 7));
  CHECK_THROWS_WITH_AS((void)with_masses(sample, both),
                       "no mass for X: neither the sample nor the potential gives one: add masses to the sample", Error);
  CHECK_THROWS_WITH_AS((void)with_masses(sample, Table{{"Cu", "Zr"}, {64}}),
                       "1 masses for 2 elements of a potential: one each is expected, or none", Error);
}

TEST_CASE("what needs masses says that there are none") {
  CHECK_NOTHROW(require_masses(three_atoms(Vec3(1, 2, 3))));
  CHECK_THROWS_WITH_AS(require_masses(three_atoms()),
                       "the sample has no masses: vibrations need them; give its elements, or masses in the file", Error);
}
