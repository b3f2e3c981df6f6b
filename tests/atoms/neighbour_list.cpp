#include "tarn/atoms/neighbour_list.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <tuple>

#include "support/samples.hpp"
#include "tarn/core/openmp.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {
// Distances of all pairs found, as a sorted list of (i, j, distance in 1e-6 Å), i ≤ j.
using Pairs = std::multimap<std::pair<int, int>, long>;

Pairs in_list(const Sample& s, const NeighbourList& list, double below = 1e9) {
  Pairs out;
  const std::size_t species = s.elements.size();
  for (const auto& block : list.blocks)
    for (std::size_t i = 0; i < block.own; ++i)
      for (std::size_t b = 0; b < species; ++b)
        for (std::uint32_t k = block.start[i * species + b]; k < block.start[i * species + b + 1]; ++k) {
          const std::size_t j = block.neighbour[k];
          CHECK(static_cast<std::size_t>(s.species[static_cast<std::size_t>(block.atom[j])]) == b);
          const auto at = [&](std::size_t l) -> Vec3 {
            return s.positions.col(block.atom[l]) + translation(s.cell.vectors, block.image[l]);
          };
          const double r = (at(j) - at(i)).norm();
          if (r < below) out.emplace(std::minmax(block.atom[i], block.atom[j]), std::lround(r * 1e6));
        }
  return out;
}

Pairs brute_force(const Sample& s, const Matrix& reach, int images) {
  Pairs out;
  for (int i = 0; i < s.size(); ++i)
    for (int j = i; j < s.size(); ++j)
      for (int x = -images; x <= images; ++x)
        for (int y = -images; y <= images; ++y)
          for (int z = -images; z <= images; ++z) {
            const Image image{x, y, z};
            if (i == j && !(image > Image{})) continue;
            bool there = true;
            for (std::size_t k = 0; k < 3; ++k) there = there && (s.cell.periodic[k] || image[k] == 0);
            if (!there) continue;
            const double r = (s.positions.col(j) - s.positions.col(i) + translation(s.cell.vectors, image)).norm();
            if (r < reach(s.species[static_cast<std::size_t>(i)], s.species[static_cast<std::size_t>(j)]))
              out.emplace(std::pair{i, j}, std::lround(r * 1e6));
          }
  return out;
}

bool same(const Pairs& a, const Pairs& b) {
  std::vector<std::tuple<int, int, long>> x, y;
  for (const auto& [ij, r] : a) x.emplace_back(ij.first, ij.second, r);
  for (const auto& [ij, r] : b) y.emplace_back(ij.first, ij.second, r);
  std::sort(x.begin(), x.end());
  std::sort(y.begin(), y.end());
  return x == y;
}
}  // namespace

TEST_CASE("every image of every pair, once: against a sum over images, from one atom in a tiny cell to many") {
  Matrix reach(2, 2);
  reach << 3.1, 4.0, 4.0, 5.3;
  for (int n : {1, 2, 5, 40, 150})
    for (unsigned seed : {1u, 2u}) {
      const Sample s = random_triclinic({"P", "Q"}, n, 14, 1.2, seed);
      const auto list = NeighbourList::build(s, reach);
      const auto want = brute_force(s, reach, n <= 5 ? 6 : 2);
      CHECK(want.size() > 0);
      CHECK(same(in_list(s, list), want));
    }
}

TEST_CASE("several blocks, and positions far outside of the cell") {
  Sample s = random_triclinic({"P", "Q"}, 1600, 30, 0.1, 3);
  Matrix reach = Matrix::Constant(2, 2, 4.0);
  reach(0, 0) = 2.5;
  const auto want = brute_force(s, reach, 1);
  auto list = NeighbourList::build(s, reach);
  CHECK(list.blocks.size() == 2);
  CHECK(same(in_list(s, list), want));
  for (Eigen::Index i = 0; i < s.size(); ++i)
    s.positions.col(i) += s.cell.vectors * Vec3(static_cast<double>(i % 3) - 1, static_cast<double>(i % 5) * 100, -7);
  list = NeighbourList::build(s, reach, OpenMP(3));
  CHECK(same(in_list(s, list), want));
}

TEST_CASE("directions that are not periodic have no images") {
  Sample s = random_triclinic({"P"}, 60, 14, 1.0, 5);
  for (const std::array<bool, 3> periodic :
       {std::array{false, true, true}, std::array{true, false, false}, std::array{false, false, false}}) {
    s.cell.periodic = periodic;
    const Matrix reach = Matrix::Constant(1, 1, 6.0);
    CHECK(same(in_list(s, NeighbourList::build(s, reach)), brute_force(s, reach, 3)));
  }
}

TEST_CASE("copies lead from each atom to all of its local atoms") {
  const Sample s = random_triclinic({"P"}, 1600, 30, 0.1, 4);
  const auto list = NeighbourList::build(s, Matrix::Constant(1, 1, 4.0));
  std::size_t seen = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(s.size()); ++i)
    for (std::size_t k = list.copies.start[i]; k < list.copies.start[i + 1]; ++k, ++seen) {
      const std::size_t copy = list.copies.copy[k];
      std::size_t b = 0;
      while (copy >= list.copies.offset[b + 1]) ++b;
      REQUIRE(list.blocks[b].atom[copy - list.copies.offset[b]] == static_cast<int>(i));
    }
  CHECK(seen == list.copies.offset.back());
}

TEST_CASE("a Verlet list never misses a pair while atoms and cell move, and is not built more often than needed") {
  Sample s = random_triclinic({"P", "Q"}, 80, 20, 1.5, 11);
  const Matrix reach = Matrix::Constant(2, 2, 4.0);
  VerletList verlet(reach, 0.8);
  std::mt19937_64 random(7);
  std::normal_distribution<double> step(0, 0.03);
  for (int t = 0; t < 40; ++t) {
    for (Eigen::Index i = 0; i < s.size(); ++i)
      for (int k = 0; k < 3; ++k) s.positions(k, i) += step(random);
    if (t % 3 == 2) {
      Mat3 strain = Mat3::Zero();
      strain(0, 1) = strain(1, 0) = 0.01 * step(random) / 0.03;
      strain(2, 2) = -0.003;
      s = strained(s, strain);
    }
    verlet.update(s, Serial{});
    const auto want = brute_force(s, reach, 2);
    const auto found = in_list(s, verlet.list(), 4.0);
    REQUIRE(same(found, want));
  }
  CHECK(verlet.builds() > 3);
  CHECK(verlet.builds() < 40);
}

TEST_CASE("a Verlet list is built again where an atom has moved half the skin, not before") {
  Sample s = random_triclinic({"P"}, 20, 20, 1.5, 12);
  VerletList verlet(Matrix::Constant(1, 1, 4.0), 1.0);
  CHECK(verlet.update(s, Serial{}));
  s.positions(1, 3) += 0.499;
  CHECK_FALSE(verlet.update(s, Serial{}));
  s.positions(1, 3) += 0.002;
  CHECK(verlet.update(s, Serial{}));
  s.positions.array() += 0.28;  // 0.485 Å: less than half the skin
  CHECK_FALSE(verlet.update(s, Serial{}));
  s = strained(s, Mat3::Identity() * -0.2);
  CHECK(verlet.update(s, Serial{}));
}

TEST_CASE("a nearly empty cell of a million Å, a thin one, and bad reaches") {
  Sample s;
  s.cell = cubic(1e6);
  s.elements = {"P"};
  s.species = {0, 0};
  s.ids = {1, 2};
  s.positions.resize(3, 2);
  s.positions << 0.5, 999999.5, 5, 5, 5, 5;  // 1 Å apart across the border
  CHECK(in_list(s, NeighbourList::build(s, Matrix::Constant(1, 1, 4.0))).size() == 1);
  s.cell.vectors(2, 2) = 1e-4;
  CHECK_THROWS_WITH_AS(static_cast<void>(NeighbourList::build(s, Matrix::Constant(1, 1, 4.0))),
                       doctest::Contains("too many images"), Error);
  s.cell = cubic(10);
  CHECK_THROWS_WITH_AS(static_cast<void>(NeighbourList::build(s, Matrix::Constant(1, 1, -1.0))),
                       "a neighbour search needs a positive reach, -1 Å given", Error);
  CHECK_THROWS_AS(VerletList(Matrix::Constant(1, 1, 1.0), -0.1), Error);
  s.positions(0, 1) = std::nan("");
  CHECK_THROWS_WITH_AS(static_cast<void>(NeighbourList::build(s, Matrix::Constant(1, 1, 4.0))), "a position is not a number",
                       Error);
}
