#include "tarn/atoms/order.hpp"

#include <doctest/doctest.h>

#include "support/samples.hpp"

using namespace tarn;

TEST_CASE("the curve visits every atom once, and its neighbours on the curve are near in space") {
  const Sample s = testing::random_triclinic({"P"}, 1000, 12, 0.1, 1);
  const auto order = morton_order(s.cell, s.positions);
  std::vector<int> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  double along = 0, before = 0;
  for (int i = 0; i < 1000; ++i) REQUIRE(sorted[static_cast<std::size_t>(i)] == i);
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    along += (s.positions.col(order[i]) - s.positions.col(order[i + 1])).norm();
    before += (s.positions.col(static_cast<Eigen::Index>(i)) - s.positions.col(static_cast<Eigen::Index>(i) + 1)).norm();
  }
  CHECK(along < before / 3);
}

TEST_CASE("the eight corners of a cube of bins follow Morton's order") {
  Vectors x(3, 8);
  x << 3, 1, 3, 1, 3, 1, 3, 1, 3, 3, 1, 1, 3, 3, 1, 1, 3, 3, 3, 3, 1, 1, 1, 1;  // the last first
  CHECK(morton_order(cubic(4), x) == std::vector<int>{7, 6, 5, 4, 3, 2, 1, 0});
}
