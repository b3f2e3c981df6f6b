#include "tarn/vibration/lapack_dense.hpp"

#include <doctest/doctest.h>

#include "support/solvers.hpp"
#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

TEST_CASE("eigenpairs of random matrices: all, the lowest, those below, by residual") {
  for (const int n : {1, 2, 3, 40, 101}) {
    const Matrix a = random_symmetric(n, static_cast<unsigned>(n)) * 10;
    const auto reference = solve_dense(a);
    for (const Selection& selection : {Selection(all_modes), Selection(Lowest{1}), Selection(Lowest{(n + 1) / 2}),
                                       Selection(Lowest{n}), Selection(Below{0.5}), Selection(Below{100})}) {
      const auto pairs = LapackDense{}(a, selection);
      const auto count = count_selected(reference.values, selection);
      REQUIRE(pairs.values.size() == count);
      REQUIRE(pairs.vectors.cols() == count);
      REQUIRE(pairs.vectors.rows() == n);
      if (count == 0) continue;
      CHECK((pairs.values - reference.values.head(count)).cwiseAbs().maxCoeff() < 1e-11);
      CHECK(worst_residual(a, pairs.values, pairs.vectors) < 1e-10);
      CHECK(orthonormality(pairs.vectors) < 1e-11);
    }
  }
}

TEST_CASE("none below the limit is no pair, not a failure") {
  const auto pairs = LapackDense{}(Matrix(Matrix::Identity(9, 9) * 4.0), Below{1.5});
  CHECK(pairs.values.size() == 0);
  CHECK(pairs.vectors.rows() == 9);
  CHECK(pairs.vectors.cols() == 0);
}

TEST_CASE("degenerate modes of a lattice are Eigen's as subspaces, and its analytic branches") {
  const SpringLattice lattice;
  const Matrix d = lattice.dynamical_matrix();
  const Vector exact = lattice.eigenvalues();
  const auto eigen = solve_dense(d);
  for (const Selection& selection :
       {Selection(all_modes), Selection(Lowest{60}), Selection(Below{std::sqrt(exact[60]) * 0.999})}) {
    const auto lapack = LapackDense{}(d, selection);
    const Eigen::Index count = lapack.values.size();
    CHECK((lapack.values - exact.head(count)).cwiseAbs().maxCoeff() < 1e-9);
    CHECK(worst_residual(d, lapack.values, lapack.vectors) < 1e-9);
    Eigen::Index first = 0, spaces = 0;
    for (Eigen::Index j = 1; j <= count; ++j)
      if (j == exact.size() || exact[j] - exact[j - 1] > 1e-6) {
        const Matrix difference =
            projector(lapack.vectors.middleCols(first, j - first)) - projector(eigen.vectors.middleCols(first, j - first));
        CHECK(difference.cwiseAbs().maxCoeff() < 1e-10);
        first = j;
        ++spaces;
      }
    CHECK(spaces >= 3);
  }
}

TEST_CASE("memory is known beforehand; what cannot fit is refused") {
  CHECK(LapackDense::bytes(12000) == doctest::Approx(2 * 8 * 12000.0 * 12000.0).epsilon(1e-3));
  CHECK(LapackDense::bytes(12000, Lowest{100}) < 3e7);
  CHECK(refuses([] { require_memory(1e4 * LapackDense::bytes(58956), "all modes", "fewer"); }, "GB of memory"));
}

TEST_CASE("bad matrices and selections are refused") {
  CHECK(refuses([] { (void)LapackDense{}(Matrix::Zero(2, 3)); }, "square"));
  CHECK(refuses([] { (void)LapackDense{}(Matrix::Constant(2, 2, std::nan(""))); }, "not a number"));
  CHECK(refuses([] { (void)LapackDense{}(Matrix{{1.0, 2.0}, {3.0, 1.0}}); }, "not symmetric"));
  CHECK(refuses([] { (void)LapackDense{}(Matrix::Identity(3, 3), Lowest{0}); }, "the lowest 0 modes"));
}
