#include "tarn/vibration/participation.hpp"

#include <doctest/doctest.h>

#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

TEST_CASE("one atom alone, all alike, and half of them") {
  Matrix vectors = Matrix::Zero(24, 4);
  vectors(4, 0) = -0.7;
  vectors.col(1).setConstant(0.2);
  vectors.col(2).head(12).setConstant(1);
  for (Eigen::Index i = 0; i < 8; ++i) vectors(3 * i + i % 3, 3) = i % 2 ? 1 : -1;  // directions and signs do not count
  const Vector p = participation_ratio(vectors);
  CHECK(p[0] == doctest::Approx(1.0 / 8));
  CHECK(p[1] == doctest::Approx(1));
  CHECK(p[2] == doctest::Approx(0.5));
  CHECK(p[3] == doctest::Approx(1));
}

TEST_CASE("it lies between 1/N and 1 and does not depend on the norm") {
  const Matrix vectors = random_matrix(30, 50, 2);
  const Vector p = participation_ratio(vectors);
  CHECK(p.minCoeff() > 0.1);
  CHECK(p.maxCoeff() < 1);
  CHECK((participation_ratio(3 * vectors) - p).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("what is no eigenvector is refused") {
  CHECK(refuses([] { (void)participation_ratio(Matrix::Ones(4, 1)); }, "three rows an atom"));
  CHECK(refuses([] { (void)participation_ratio(Matrix(0, 1)); }, "at least one atom"));
  CHECK(refuses([] { (void)participation_ratio(Matrix::Zero(6, 1)); }, "mode 1 is zero"));
}
