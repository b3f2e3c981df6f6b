#include "tarn/vibration/solver.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "support/vibrating.hpp"

using namespace tarn;
using tarn::testing::refuses;

namespace {
struct Identity {
  using Scalar = double;
  [[nodiscard]] Eigen::Index rows() const { return 3; }
  [[nodiscard]] Eigen::Index cols() const { return 3; }
  void perform_op(const double* x, double* y) const { std::copy(x, x + 3, y); }
};
struct Refuser {
  Eigenpairs operator()(Matrix, const Selection&) const { return {}; }
};
static_assert(SymmetricOperator<Identity> && !SymmetricOperator<Matrix>);
static_assert(DenseSolver<Refuser> && !DenseSolver<Identity> && !OperatorSolver<Refuser, Identity>);
}  // namespace

TEST_CASE("a selection counts what it takes: lowest k, below a frequency, all") {
  const Vector values = (Vector(5) << -4, 0, 1, 9, 9).finished();
  CHECK(count_selected(values, all_modes) == 5);
  CHECK(count_selected(values, Lowest{2}) == 2);
  CHECK(count_selected(values, Below{3}) == 3);       // 9 = 3² is not below
  CHECK(count_selected(values, Below{3.0001}) == 5);  // unstable ones included
}

TEST_CASE("a selection that no matrix of this size has is refused") {
  CHECK(refuses([] { check_selection(Lowest{0}, 6); }, "the lowest 0 modes of 6: ask for 1 to 6"));
  CHECK(refuses([] { check_selection(Lowest{7}, 6); }, "the lowest 7 modes of 6"));
  CHECK(refuses([] { check_selection(Below{0}, 6); }, "give a frequency above 0"));
  CHECK(refuses([] { check_selection(Below{std::numeric_limits<double>::quiet_NaN()}, 6); }, "give a frequency above 0"));
  CHECK_NOTHROW(check_selection(Lowest{6}, 6));
}

TEST_CASE("a matrix must be square, finite and symmetric, wherever it fails to be") {
  CHECK_NOTHROW(check_symmetric(testing::random_symmetric(150, 1)));
  CHECK(refuses([] { check_symmetric(Matrix(0, 0)); }, "a square one that is not empty"));
  CHECK(refuses([] { check_symmetric(Matrix::Zero(3, 4)); }, "3 × 4"));
  for (const auto& [i, j] : {std::pair{149, 0}, std::pair{0, 149}, std::pair{70, 69}, std::pair{3, 140}}) {
    Matrix a = testing::random_symmetric(150, 1);
    a(i, j) += 1e-3;
    CHECK(refuses([&] { check_symmetric(a); }, "not symmetric"));
    a(i, j) = std::numeric_limits<double>::quiet_NaN();
    CHECK(refuses([&] { check_symmetric(a); }, "not a number"));
  }
}

TEST_CASE("signs are fixed by the component of largest magnitude") {
  Matrix v(3, 2);
  v << 0.1, 0.5, -0.9, 0.8, 0.3, -0.2;
  const Matrix before = v;
  fix_signs(v);
  CHECK(v.col(0) == -before.col(0));
  CHECK(v.col(1) == before.col(1));
}

TEST_CASE("truncation keeps the first pairs") {
  Eigenpairs pairs{Vector::LinSpaced(4, 1, 4), Matrix::Identity(4, 4)};
  truncate(pairs, 2);
  CHECK(pairs.values == Vector::LinSpaced(2, 1, 2));
  CHECK(pairs.vectors == Matrix::Identity(4, 2));
}
