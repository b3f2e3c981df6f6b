#include "tarn/statistics/spatial_blocks.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "support/fields.hpp"
#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

TEST_CASE("blocks are whole, as wide as asked for, and images do not move an atom out of its own") {
  const Cell cell = skewed_cell(25);
  const Vectors atoms = random_points(cell, 2000, 1);
  const auto blocks = spatial_blocks(cell, atoms, {.edge_A = 8, .most = 4});
  int expected = 1;
  for (int k = 0; k < 3; ++k) expected *= std::clamp(static_cast<int>(cell.heights_A()[k] / 8), 2, 4);
  CHECK(blocks.count == expected);
  std::vector<int> atoms_of(static_cast<std::size_t>(blocks.count), 0);
  for (const int b : blocks.block) ++atoms_of[static_cast<std::size_t>(b)];
  CHECK(*std::min_element(atoms_of.begin(), atoms_of.end()) > 40);
  Vectors moved = atoms;
  for (Eigen::Index i = 0; i < 2000; i += 2) moved.col(i) += cell.vectors * Vec3(-1, 2, 1);
  CHECK(spatial_blocks(cell, moved, {.edge_A = 8, .most = 4}).block == blocks.block);
  CHECK(spatial_blocks(cubic(9), random_points(cubic(9), 300, 2)).count == 8);
  CHECK(spatial_blocks(cubic(100), random_points(cubic(100), 3000, 2)).count == 64);
}

TEST_CASE("the jackknife of a mean is its standard error") {
  const Vector x = random_matrix(11, 1, 3);
  Matrix without(11, 1);
  for (Eigen::Index i = 0; i < 11; ++i) without(i, 0) = (x.sum() - x[i]) / 10;
  const double expected = std::sqrt((x.array() - x.mean()).square().sum() / 10 / 11);
  CHECK(jackknife_error(without)[0] == doctest::Approx(expected).epsilon(1e-12));
}

TEST_CASE("one block, or no number, is an error") {
  CHECK(refuses([] { (void)spatial_blocks(cubic(30), Vectors::Zero(3, 5)); }, "one block"));
  CHECK(refuses([] { (void)spatial_blocks(cubic(30), Vectors::Constant(3, 5, NAN)); }, "not a number"));
  CHECK(refuses([] { (void)spatial_blocks(cubic(30), Vectors::Zero(3, 5), {.edge_A = 0}); }, "positive edge"));
  CHECK(refuses([] { (void)jackknife_error(Matrix(1, 3)); }, "two or more blocks"));
}
