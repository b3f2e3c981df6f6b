#include "tarn/atoms/cell.hpp"

#include <doctest/doctest.h>

#include <Eigen/Geometry>

using namespace tarn;

TEST_CASE("scaled coordinates, heights and reciprocal vectors of a triclinic cell") {
  Cell cell;
  cell.vectors << 4, 1, -0.5, 0, 5, 0.7, 0, 0, 6;
  cell.origin = Vec3(1, 2, 3);
  CHECK(cell.volume_A3() == doctest::Approx(120));
  const Vec3 s(0.2, 0.9, -1.3);
  CHECK((cell.to_scaled(cell.to_position(s)) - s).norm() < 1e-14);
  CHECK((cell.reciprocal().transpose() * cell.vectors - Mat3::Identity()).norm() < 1e-14);
  // a height is the volume over the area of the face
  CHECK(cell.heights_A()[0] == doctest::Approx(120 / cell.vectors.col(1).cross(cell.vectors.col(2)).norm()));
  CHECK(cell.heights_A()[2] == doctest::Approx(6));
}

TEST_CASE("the nearest image is the shortest of many, along what is periodic alone") {
  Cell cell;
  cell.vectors << 4, 1.9, -1.8, 0, 5, 2.4, 0, 0, 6;
  for (const auto& periodic : {std::array{true, true, true}, std::array{true, false, true}, std::array{false, false, false}}) {
    cell.periodic = periodic;
    for (int t = 0; t < 200; ++t) {
      const Vec3 d = 20 * Vec3::Random();
      double least = 1e300;
      const auto most = [&](std::size_t k) { return periodic[k] ? 12 : 0; };
      for (int x = -most(0); x <= most(0); ++x)
        for (int y = -most(1); y <= most(1); ++y)
          for (int z = -most(2); z <= most(2); ++z) least = std::min(least, (d + cell.vectors * Vec3(x, y, z)).norm());
      const Vec3 found = cell.nearest_image(d);
      CHECK(found.norm() == doctest::Approx(least));
      const Vec3 images = cell.vectors.inverse() * (found - d);
      CHECK((images - images.array().round().matrix()).norm() < 1e-12);
    }
  }
}

TEST_CASE("cells that are none are refused") {
  Cell cell = cubic(3);
  CHECK_NOTHROW(cell.check());
  cell.vectors.col(2) = cell.vectors.col(0) + cell.vectors.col(1);
  CHECK_THROWS_WITH_AS(cell.check(), "the cell is singular: its vectors lie in a plane or one is zero", Error);
  CHECK_THROWS_WITH_AS(cubic(1e300).check(), doctest::Contains("the cell is too large"), Error);
  cell = cubic(3);
  cell.vectors.col(0).swap(cell.vectors.col(1));
  CHECK_THROWS_WITH_AS(cell.check(), doctest::Contains("left-handed"), Error);
  cell.vectors(0, 0) = std::nan("");
  CHECK_THROWS_WITH_AS(cell.check(), doctest::Contains("not a number"), Error);
}
