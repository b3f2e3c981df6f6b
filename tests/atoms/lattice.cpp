#include "tarn/atoms/lattice.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace {

/// Distances from atom 0 to all others and their images in the nearest cells, ascending.
std::vector<double> distances(const tarn::Sample& sample) {
  std::vector<double> out;
  for (Eigen::Index j = 0; j < sample.size(); ++j)
    for (int a = -2; a <= 2; ++a)
      for (int b = -2; b <= 2; ++b)
        for (int c = -2; c <= 2; ++c) {
          const double r = (sample.positions.col(j) - sample.positions.col(0) + sample.cell.vectors * tarn::Vec3(a, b, c)).norm();
          if (r > 1e-9) out.push_back(r);
        }
  std::sort(out.begin(), out.end());
  return out;
}

void check_shells(const tarn::Sample& sample, std::vector<std::pair<double, int>> shells) {
  const auto r = distances(sample);
  std::size_t at = 0;
  for (const auto& [radius, count] : shells)
    for (int i = 0; i < count; ++i) CHECK(r[at++] == doctest::Approx(radius).epsilon(1e-12));
  CHECK(r[at] > shells.back().first * 1.01);
}

}  // namespace

TEST_CASE("crystals have the shells of neighbours that they must have") {
  using namespace tarn;
  check_shells(supercell(sc(3), 1, "Po"), {{3, 6}, {3 * std::sqrt(2.0), 12}, {3 * std::sqrt(3.0), 8}});
  check_shells(supercell(bcc(3), 1, "Fe"), {{1.5 * std::sqrt(3.0), 8}, {3, 6}, {3 * std::sqrt(2.0), 12}});
  check_shells(supercell(fcc(3.6), 1, "Cu"), {{3.6 / std::sqrt(2.0), 12}, {3.6, 6}, {3.6 * std::sqrt(1.5), 24}});
  check_shells(supercell(hcp(3.2), 1, "Zr"), {{3.2, 12}, {3.2 * std::sqrt(2.0), 6}, {3.2 * std::sqrt(8 / 3.0), 2}});
}

TEST_CASE("a supercell is the crystal again, with more atoms") {
  const auto sample = tarn::supercell(tarn::fcc(4), {2, 3, 4}, {"Ar"});
  CHECK(sample.size() == 96);
  CHECK(sample.cell.volume_A3() == doctest::Approx(24 * 64));
  CHECK(sample.ids.front() == 1);
  CHECK(sample.ids.back() == 96);
  check_shells(sample, {{4 / std::sqrt(2.0), 12}, {4, 6}});
  for (Eigen::Index i = 0; i < sample.size(); ++i) {
    const tarn::Vec3 s = sample.cell.to_scaled(sample.positions.col(i));
    CHECK((s.minCoeff() > -1e-12 && s.maxCoeff() < 1));
  }
  const auto ordered = tarn::supercell(tarn::b2(3), {2, 2, 2}, {"Cu", "Zr"});
  CHECK(std::count(ordered.species.begin(), ordered.species.end(), 1) == 8);
  CHECK(ordered.element(1) == "Zr");
}

TEST_CASE("bad crystals are refused") {
  CHECK_THROWS_WITH((void)tarn::supercell(tarn::fcc(4), {2, 0, 1}, {"Ar"}),
                    "a crystal repeated 2 × 0 × 1 times: each must be 1 or more");
  CHECK_THROWS_WITH((void)tarn::supercell(tarn::b2(4), {1, 1, 1}, {"Cu"}),
                    "the crystal has a site of species 1, but 1 elements are named");
  CHECK_THROWS_WITH((void)tarn::supercell(tarn::fcc(0), 1, "Ar"),
                    "the cell is singular: its vectors lie in a plane or one is zero");
  CHECK_THROWS_WITH((void)tarn::supercell(tarn::fcc(4), 2000, "Ar"),
                    "the supercell would have more than 2^31 atoms: repeat it less often");
}

TEST_CASE("a composition becomes the closest whole numbers") {
  using Counts = std::vector<std::int64_t>;
  CHECK(tarn::counts_of_shares(10, {0.3, 0.7}) == Counts{3, 7});
  CHECK(tarn::counts_of_shares(256, {50, 50}) == Counts{128, 128});
  CHECK(tarn::counts_of_shares(3, {1, 1}) == Counts{2, 1});
  CHECK(tarn::counts_of_shares(100, {1, 1, 1}) == Counts{34, 33, 33});
  CHECK(tarn::counts_of_shares(19652, {0.489, 0.511}) == Counts{9610, 10042});
  CHECK(tarn::counts_of_shares(7, {0, 1}) == Counts{0, 7});
  CHECK_THROWS_WITH((void)tarn::counts_of_shares(7, {-1, 2}), "a share of the composition is -1: it must be 0 or more");
  CHECK_THROWS_WITH((void)tarn::counts_of_shares(7, {0, 0}),
                    "the shares of the composition add to 0: at least one must be positive");
}

TEST_CASE("a random alloy has its composition and no order") {
  const auto sites = tarn::supercell(tarn::fcc(4), 10, "X");
  const std::vector<std::pair<std::string, double>> composition{{"Cu", 50}, {"Zr", 50}};
  const auto alloy = tarn::random_alloy(sites, composition, tarn::RandomStream(5));
  CHECK(std::count(alloy.species.begin(), alloy.species.end(), 0) == 2000);
  CHECK(alloy.elements == std::vector<std::string>{"Cu", "Zr"});
  CHECK(alloy.positions == sites.positions);
  CHECK(alloy.species == tarn::random_alloy(sites, composition, tarn::RandomStream(5)).species);
  CHECK(alloy.species != tarn::random_alloy(sites, composition, tarn::RandomStream(6)).species);
  int unlike = 0;  // of atoms next to each other in the list: half, with a standard deviation of 32 in 4000
  for (std::size_t i = 1; i < alloy.species.size(); ++i) unlike += alloy.species[i] != alloy.species[i - 1];
  CHECK(std::abs(unlike - 2000) < 130);
}
