#include "tarn/statistics/nearest_atom.hpp"

#include <doctest/doctest.h>

#include "support/fields.hpp"
#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

TEST_CASE("the nearest atom over all images in a skewed cell") {
  const Cell cell = skewed_cell(9);
  const Vectors atoms = random_points(cell, 40, 1);
  Vectors points = 3 * random_points(cell, 60, 2);  // outside of the cell too
  const auto found = NearestAtom(cell, atoms)(points);
  for (Eigen::Index i = 0; i < points.cols(); ++i) {
    Eigen::Index best = -1;
    double least = 1e9;
    over_images(cell, atoms, points.col(i), 20, [&](Eigen::Index j, double r) {
      if (r < least) least = r, best = j;
    });
    CHECK(found[static_cast<std::size_t>(i)] == best);
  }
}

TEST_CASE("a point in a large hole has a nearest atom, and so has one outside of a cluster") {
  Cell cell = cubic(30);
  Vectors atoms = random_points(cubic(3), 200, 4);
  CHECK(NearestAtom(cell, atoms)(Vectors(Vec3(16, 16, 16))).size() == 1);
  cell.periodic = {false, false, false};
  Eigen::Index best = 0;
  const Vec3 far(60, 1, 2);
  (atoms.colwise() - far).colwise().norm().minCoeff(&best);
  CHECK(NearestAtom(cell, atoms)(Vectors(far))[0] == best);
}

TEST_CASE("a slab that fills a third of a periodic box: the nearest atom of many points in the void") {
  const Cell cell = cubic(30);
  Vectors atoms = random_points(cell, 300, 5);
  atoms.row(2) /= 3;
  const Vectors points = random_points(cell, 200, 6);
  const auto found = NearestAtom(cell, atoms)(points);
  for (Eigen::Index i = 0; i < points.cols(); ++i) {
    double least = 1e9, mine = 0;
    over_images(cell, atoms, points.col(i), 40, [&](Eigen::Index j, double r) {
      least = std::min(least, r);
      if (j == found[static_cast<std::size_t>(i)]) mine = mine == 0 ? r : std::min(mine, r);
    });
    CHECK(mine == doctest::Approx(least).epsilon(1e-12));
  }
}

TEST_CASE("no atoms, or a point that is no number, is an error") {
  CHECK(refuses([] { (void)NearestAtom(cubic(3), Vectors(3, 0)); }, "no atoms"));
  const NearestAtom nearest(cubic(3), Vectors(Vec3::Zero()));
  CHECK(refuses([&] { (void)nearest(Vectors(Vec3(0, NAN, 0))); }, "not a number"));
}
