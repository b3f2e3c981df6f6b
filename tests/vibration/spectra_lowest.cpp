#include "tarn/vibration/spectra_lowest.hpp"

#include <doctest/doctest.h>

#include "support/solvers.hpp"
#include "support/vibrating.hpp"
#include "tarn/vibration/modes.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

struct DenseOperator {
  using Scalar = double;
  Matrix a;
  [[nodiscard]] Eigen::Index rows() const { return a.rows(); }
  [[nodiscard]] Eigen::Index cols() const { return a.cols(); }
  void perform_op(const double* x, double* y) const {
    Eigen::Map<Vector>(y, a.rows()).noalias() = a * Eigen::Map<const Vector>(x, a.cols());
  }
};
static_assert(OperatorSolver<SpectraLowest, DenseOperator>);

void check_pairs(const Matrix& a, const Eigenpairs& pairs, const Vector& exact) {
  REQUIRE(pairs.values.size() == exact.size());
  const double scale = a.cwiseAbs().maxCoeff();
  CHECK((pairs.values - exact).cwiseAbs().maxCoeff() < 1e-9 * scale);
  CHECK(worst_residual(a, pairs.values, pairs.vectors) < 1e-7 * scale);
  CHECK(orthonormality(pairs.vectors) < 1e-9);
}

}  // namespace

TEST_CASE("the highly degenerate modes of a lattice are all found: lowest k and below, with the translations given or not") {
  const SpringLattice lattice{.n = 6};  // 648 modes, the lowest levels 3, 12, … times
  const DenseOperator op{lattice.dynamical_matrix()};
  const Vector exact = lattice.eigenvalues();
  for (const Matrix& null : {Matrix(), translations(lattice.sample().masses)}) {
    for (const int k : {1, 3, 4, 9, 50}) check_pairs(op.a, SpectraLowest{}(op, Lowest{k}, null), exact.head(k));
    for (const double omega : {1.0, 21.0, 25.0}) {
      const auto count = count_selected(exact, Below{omega});
      check_pairs(op.a, SpectraLowest{}(op, Below{omega}, null), exact.head(count));
    }
  }
}

TEST_CASE("a stage that has passed what was asked for, with copies of a degenerate value still to find, is not the last") {
  Vector values(120);  // one Lanczos run sees each value once
  for (Eigen::Index j = 0; j < values.size(); ++j) values[j] = j < 6 ? 1 : 9 + static_cast<double>(j);
  values[6] = 2;
  values[7] = 3;
  const DenseOperator op{values.asDiagonal()};
  // a single restart: what rounding would bring of the copies has no time to grow
  check_pairs(op.a, SpectraLowest{.stage = 12, .restarts = 1}(op, Below{2.5}), values.head(8));
  for (const int count : {5, 8}) check_pairs(op.a, SpectraLowest{.stage = 12}(op, Lowest{count}), values.head(count));
}

TEST_CASE("translations that were given come back as modes of frequency zero and are counted") {
  const SpringLattice lattice;
  const Sample sample = lattice.sample();
  const auto modes = to_modes(SpectraLowest{}(DenseOperator{lattice.dynamical_matrix()}, Lowest{8}, translations(sample.masses)));
  const auto census = classify_modes(modes, sample.masses);
  CHECK(census.zero == 3);
  CHECK(census.stable == 5);
}

TEST_CASE("unstable modes come first") {
  const SpringLattice lattice{.n = 5};
  Matrix a = lattice.dynamical_matrix();
  a(7, 7) -= 4000;
  a(50, 50) -= 3000;
  const Vector exact = solve_dense(a).values;
  REQUIRE(exact[1] < 0);
  check_pairs(a, SpectraLowest{}(DenseOperator{a}, Lowest{20}), exact.head(20));
  check_pairs(a, SpectraLowest{}(DenseOperator{a}, Below{1}), exact.head(count_selected(exact, Below{1})));
}

TEST_CASE("a random spectrum, down to the smallest size") {
  for (const int n : {12, 13, 60}) {
    const Matrix root = random_symmetric(n, 3);
    for (const Matrix& a : {Matrix(root * root), root}) {
      const Vector exact = solve_dense(a).values;
      for (const int k : {1, 2, n / 3}) check_pairs(a, SpectraLowest{}(DenseOperator{a}, Lowest{k}), exact.head(k));
    }
    CHECK(refuses([&] { (void)SpectraLowest{}(DenseOperator{root + 50 * Matrix::Identity(n, n)}, Lowest{2}); },
                  "too far up the spectrum"));
  }
}

TEST_CASE("the same seed gives the same bits, another one the same eigenvalues and other vectors of a degenerate one") {
  const SpringLattice lattice;
  const DenseOperator op{lattice.dynamical_matrix()};
  const auto first = SpectraLowest{}(op, Lowest{10}), second = SpectraLowest{}(op, Lowest{10});
  CHECK(first.values == second.values);
  CHECK(first.vectors == second.vectors);
  const auto other = SpectraLowest{.seed = 2}(op, Lowest{10});
  check_pairs(op.a, other, first.values);
  CHECK((other.vectors - first.vectors).cwiseAbs().maxCoeff() > 1e-3);
}

TEST_CASE("what the method is not for, and what is wrong, is refused with the remedy") {
  const SpringLattice lattice;
  const DenseOperator op{lattice.dynamical_matrix()};
  const auto n = op.rows();
  CHECK(refuses([&] { (void)SpectraLowest{}(op, all_modes); }, "use a dense solver"));
  CHECK(refuses([&] { (void)SpectraLowest{}(op, Lowest{n / 2}); }, "at most a third"));
  CHECK(refuses([&] { (void)SpectraLowest{}(op, Below{1000}); }, "use a dense solver"));
  CHECK(refuses([&] { (void)SpectraLowest{}(op, Lowest{0}); }, "the lowest 0 modes"));
  CHECK(refuses([&] { (void)SpectraLowest{}(op, Lowest{3}, Matrix(Matrix::Identity(n, 2))); }, "no eigenvectors"));
  CHECK(refuses([&] { (void)SpectraLowest{}(op, Lowest{3}, Matrix(Matrix::Identity(5, 2))); }, "null vectors of 5 rows"));
  CHECK(refuses([&] { (void)SpectraLowest{}(op, Lowest{3}, Matrix(2 * translations(lattice.sample().masses))); },
                "not orthonormal"));
  CHECK(refuses([&] { (void)SpectraLowest{.stage = 0}(op, Lowest{3}); }, "SpectraLowest: residual and amplification"));
  CHECK(refuses([&] { (void)SpectraLowest{.residual = 1e-17}(op, Lowest{3}); }, "did not converge"));
  CHECK(refuses([&] { (void)SpectraLowest{}(DenseOperator{Matrix::Zero(20, 20)}, Lowest{3}); }, "the operator gives zero"));
  CHECK(refuses([&] { (void)SpectraLowest{}(DenseOperator{Matrix::Constant(20, 20, std::nan(""))}, Lowest{3}); }, "not finite"));
  CHECK(refuses([&] { (void)SpectraLowest{}(DenseOperator{Matrix::Zero(20, 19)}, Lowest{3}); }, "square"));
}
