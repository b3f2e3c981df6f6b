#include "tarn/landscape/displacement.hpp"

#include <doctest/doctest.h>

#include "support/folder.hpp"
#include "support/samples.hpp"

using namespace tarn;
using tarn::testing::random_triclinic;
using tarn::testing::refusal;

TEST_CASE("the atoms that moved, apart from a shift of all") {
  const Sample minimum = random_triclinic({"A", "B"}, 40, 12, 1.8, 3);
  Vectors x = minimum.positions;
  x.col(7) += Vec3(0.3, -0.2, 0.1);
  x.col(31) += Vec3(0, 0, 0.021);
  x.col(12) += Vec3(0.019, 0, 0);
  x.colwise() += Vec3(1.5, -0.25, 3);
  const Displacement moved = displacement(minimum, x);
  REQUIRE(moved.size() == 2);
  CHECK(moved[0].atom == 7);
  CHECK((moved[0].vector() - Vec3(0.3, -0.2, 0.1)).norm() < 1e-7);
  CHECK(moved[1].atom == 31);

  const Displacement all = displacement(minimum, x, 0);
  REQUIRE(all.size() == 40);
  const Vectors shift = x - displaced(minimum, all);
  CHECK((shift.colwise() - Vec3(1.5, -0.25, 3)).cwiseAbs().maxCoeff() < 1e-7);
}

TEST_CASE("what does not fit is refused") {
  const Sample minimum = random_triclinic({"A"}, 5, 12, 1.8, 3);
  CHECK(refusal([&] { (void)displacement(minimum, Vectors::Zero(3, 4)); }).find("4 atoms") != std::string::npos);
  CHECK(refusal([&] { (void)displacement(minimum, Vectors::Constant(3, 5, std::nan(""))); }).find("not a number") !=
        std::string::npos);
  CHECK(refusal([&] { (void)displaced(minimum, {{5, {}}}); }).find("atom 5 of 5") != std::string::npos);
  CHECK(refusal([&] { (void)displaced(minimum, {{-1, {}}}); }).find("atom -1 of 5") != std::string::npos);
}
