// EigenDense, by way of the one place where the tests compile it.

#include <doctest/doctest.h>

#include "support/solvers.hpp"
#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

TEST_CASE("eigenpairs of random matrices have no residual and are orthonormal and ascending") {
  for (const int n : {1, 2, 3, 40, 101}) {
    const Matrix a = random_symmetric(n, static_cast<unsigned>(n));
    const auto pairs = solve_dense(a);
    REQUIRE(pairs.vectors.cols() == n);
    CHECK(worst_residual(a, pairs.values, pairs.vectors) < 1e-12);
    CHECK(orthonormality(pairs.vectors) < 1e-12);
    CHECK(std::is_sorted(pairs.values.begin(), pairs.values.end()));
    CHECK(pairs.values.sum() == doctest::Approx(a.trace()).epsilon(1e-10));
  }
}

TEST_CASE("a cubic lattice of springs has its analytic branches") {
  const SpringLattice lattice;
  CHECK((solve_dense(lattice.dynamical_matrix()).values - lattice.eigenvalues()).cwiseAbs().maxCoeff() < 1e-9);
}

TEST_CASE("a selection gives the first of all pairs") {
  const Matrix a = random_symmetric(60, 4) * 10;
  const auto all = solve_dense(a), lowest = solve_dense(a, Lowest{7}), below = solve_dense(a, Below{2});
  REQUIRE(lowest.values.size() == 7);
  CHECK(lowest.vectors == all.vectors.leftCols(7));
  REQUIRE(below.values.size() > 7);
  CHECK(below.values.maxCoeff() < 4);
  CHECK(all.values[below.values.size()] >= 4);
}

TEST_CASE("bad matrices and selections are refused") {
  CHECK(refuses([] { (void)solve_dense(Matrix::Zero(2, 3)); }, "square"));
  CHECK(refuses([] { (void)solve_dense(Matrix::Constant(2, 2, std::nan(""))); }, "not a number"));
  CHECK(refuses([] { (void)solve_dense(Matrix::Identity(3, 3), Lowest{4}); }, "the lowest 4 modes of 3"));
}
