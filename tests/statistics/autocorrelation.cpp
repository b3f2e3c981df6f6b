#include "tarn/statistics/autocorrelation.hpp"

#include <doctest/doctest.h>

#include "support/fields.hpp"
#include "support/vibrating.hpp"
#include "tarn/core/openmp.hpp"
#include "tarn/statistics/correlation.hpp"
#include "tarn/statistics/fit.hpp"

using namespace tarn;
using namespace tarn::testing;

TEST_CASE("C of two fields equals the sum over all pairs and images") {
  const Cell cell = skewed_cell(12);
  const Vectors atoms = random_points(cell, 70, 1);
  const Vector a = random_matrix(70, 1, 2), b = random_matrix(70, 1, 3);
  const auto found = pair_correlation(cell, atoms, a, b, {.width_A = 1});
  const auto bins = static_cast<Eigen::Index>(std::floor(half_box_A(cell)));
  Vector sum = Vector::Zero(bins), pairs = sum, distance = sum;
  const Vector da = a.array() - a.mean(), db = b.array() - b.mean();
  for (Eigen::Index i = 0; i < 70; ++i)
    over_images(cell, atoms, atoms.col(i), static_cast<double>(bins), [&](Eigen::Index j, double r) {
      if (r == 0) return;
      const auto bin = std::min(static_cast<Eigen::Index>(r), bins - 1);
      sum[bin] += da[i] * db[j], pairs[bin] += 1, distance[bin] += r;
    });
  REQUIRE(found.r_A.size() == bins + 1);
  CHECK(found.r_A[0] == 0);
  CHECK(found.correlation[0] == doctest::Approx(pearson(a, b)).epsilon(1e-12));
  CHECK(found.pairs[0] == 70);
  const double scale = da.norm() * db.norm() / 70;
  for (Eigen::Index k = 0; k < bins; ++k) {
    CHECK(found.pairs[static_cast<std::size_t>(k + 1)] == std::llround(pairs[k]));
    CHECK(found.r_A[k + 1] == doctest::Approx(distance[k] / pairs[k]).epsilon(1e-12));
    CHECK(found.correlation[k + 1] == doctest::Approx(sum[k] / pairs[k] / scale).epsilon(1e-9));
  }
  CHECK(autocorrelation(cell, atoms, a).correlation[0] == doctest::Approx(1).epsilon(1e-14));
  CHECK(pair_correlation(cell, atoms, a, b, {.width_A = 1}, {}, OpenMP(3)).correlation == found.correlation);
}

TEST_CASE("deviations from the element's mean take away what the elements make") {
  const Cell cell = cubic(20);
  const Vectors atoms = jittered_points(20, 8, 4);
  std::vector<int> species;
  Vector x = random_matrix(512, 1, 5);
  for (Eigen::Index i = 0; i < 512; ++i) {
    species.push_back(atoms(0, i) > 10);  // two halves of the box
    if (species.back()) x[i] += 5;
  }
  const auto plain = autocorrelation(cell, atoms, x), within = autocorrelation(cell, atoms, x, {}, species);
  CHECK(correlation_at(plain, 4).value > 0.5);
  CHECK(std::abs(correlation_at(within, 4).value) < 0.1);
}

TEST_CASE("fields of a known correlation length come out within their own errors") {
  const double edge = 36, xi = 2.5;
  const Cell cell = cubic(edge);
  const Vectors atoms = jittered_points(edge, 10, 6);
  const ExponentialFields fields(atoms, edge, xi);
  int covered = 0, covered_at = 0, covered_one = 0;
  double mean = 0;
  const int draws = 60;
  for (int draw = 0; draw < draws; ++draw) {
    RandomStream random(31, static_cast<std::uint64_t>(draw));
    const auto c = autocorrelation(cell, atoms, fields.draw(random), {.width_A = 1, .end_A = 12});
    const Eigen::Index n = c.r_A.size() - 1;
    const auto fit = [&](std::optional<double> amplitude) {
      return fit_exponential(c.r_A.tail(n), c.correlation.tail(n), c.error.tail(n), amplitude, c.without.rightCols(n));
    };
    const auto both = fit({}), one = fit(1.0);
    covered += std::abs(both.xi_A - xi) < 2 * both.xi_error_A;
    covered_one += std::abs(one.xi_A - xi) < 2 * one.xi_error_A;
    const auto at = correlation_at(c, 5);
    covered_at += std::abs(at.value - std::exp(-5 / xi)) < 2 * at.error;
    mean += one.xi_A / draws;
  }
  CHECK(covered >= 45);      // two parameters from noise that is correlated: their errors come out small, 49 of 60 are covered
  CHECK(covered_one >= 51);  // 57 ± 3 × 1.7, and the errors scatter
  CHECK(covered_at >= 51);
  CHECK(mean == doctest::Approx(xi).epsilon(0.06));
}

TEST_CASE("C without a block is that of the other atoms, about their own mean") {
  const Cell cell = skewed_cell(24);
  const Vectors atoms = random_points(cell, 300, 9);
  const Vector a = random_matrix(300, 1, 10), b = random_matrix(300, 1, 11);
  const SpatialBlocks blocks = spatial_blocks(cell, atoms);
  for (const int elements : {1, 3}) {
    std::vector<int> species;
    for (Eigen::Index i = 0; i < 300; ++i) species.push_back(static_cast<int>(i) % elements);
    const auto all = pair_correlation(cell, atoms, a, b, {.width_A = 2}, species);
    REQUIRE(all.without.rows() == blocks.count);
    for (int block = 0; block < blocks.count; ++block) {
      std::vector<Eigen::Index> left;
      std::vector<int> left_species;
      for (Eigen::Index i = 0; i < 300; ++i)
        if (blocks.block[static_cast<std::size_t>(i)] != block) {
          left.push_back(i);
          left_species.push_back(species[static_cast<std::size_t>(i)]);
        }
      const auto some = pair_correlation(cell, Vectors(atoms(Eigen::all, left)), Vector(a(left)), Vector(b(left)), {.width_A = 2},
                                         left_species);
      CHECK((all.without.row(block).transpose() - some.correlation).cwiseAbs().maxCoeff() < 1e-11);
    }
  }
}

TEST_CASE("stated errors are the scatter of many draws, also where the correlation length is a ninth of the box") {
  const double edge = 36;
  const Cell cell = cubic(edge);
  const Vectors atoms = jittered_points(edge, 10, 6);
  const ExponentialFields fields(atoms, edge, 4);
  constexpr Eigen::Index draws = 300, first = 4, bins = 9;  // 4.5 to 12.5 Å
  Matrix found(draws, bins), stated = found;
  for (Eigen::Index draw = 0; draw < draws; ++draw) {
    RandomStream random(77, static_cast<std::uint64_t>(draw));
    const auto c = autocorrelation(cell, atoms, fields.draw(random), {.width_A = 1, .end_A = 14});
    found.row(draw) = c.correlation.segment(first, bins).transpose();
    stated.row(draw) = c.error.segment(first, bins).transpose();
  }
  const Vector scatter =
      ((found.rowwise() - found.colwise().mean()).colwise().squaredNorm() / (draws - 1.0)).cwiseSqrt().transpose();
  const Vector ratio = stated.colwise().mean().transpose().cwiseQuotient(scatter);
  CHECK(std::abs(ratio.mean() - 1) < 0.08);  // 0.97; 0.88 with blocks of 8 Å that keep the mean of all
  CHECK(ratio.minCoeff() > 0.88);
}

TEST_CASE("a bin that has no pairs without one of the blocks has no error and is left out") {
  const Cell cell = cubic(20);
  Vectors atoms = jittered_points(20, 4, 7);
  atoms.col(1) = atoms.col(0) + Vec3(0.3, 0, 0);  // the one pair of the first bin
  const auto c = autocorrelation(cell, atoms, random_matrix(64, 1, 8));
  CHECK(c.r_A[1] > 0.5);
  CHECK(c.without.allFinite());
  const SpatialBlocks blocks = spatial_blocks(cell, atoms);
  for (int block = 0; block < blocks.count; ++block) {
    std::vector<std::int64_t> left(c.pairs.size(), 0);
    for (Eigen::Index i = 0; i < 64; ++i)
      if (blocks.block[static_cast<std::size_t>(i)] != block)
        over_images(cell, atoms, atoms.col(i), 10, [&](Eigen::Index j, double r) {
          if (j == i || blocks.block[static_cast<std::size_t>(j)] == block) return;
          for (std::size_t k = 1; k < left.size(); ++k)
            left[k] += std::floor(r / 0.5) == std::floor(c.r_A[static_cast<Eigen::Index>(k)] / 0.5);
        });
    for (std::size_t k = 1; k < left.size(); ++k) CHECK(left[k] > 0);
  }
}

TEST_CASE("what has no correlation is an error that names it") {
  const Cell cell = cubic(20);
  const Vectors atoms = jittered_points(20, 4, 7);
  const Vector x = random_matrix(64, 1, 8);
  CHECK(refuses([&] { (void)autocorrelation(cell, atoms, Vector::Ones(64)); }, "constant"));
  CHECK(refuses([&] { (void)pair_correlation(cell, atoms, x, Vector::Constant(64, NAN)); }, "second field"));
  CHECK(refuses([&] { (void)autocorrelation(cell, atoms, Vector(x.head(3))); }, "64 atoms has 3"));
  CHECK(refuses([&] { (void)autocorrelation(cell, atoms.leftCols(5), Vector(x.head(5))); }, "10 or more"));
  CHECK(refuses([&] { (void)autocorrelation(cell, atoms, x, {.width_A = 0}); }, "positive width"));
  const Vector one = 0.1 + 0.3 * Vector::Unit(64, 5).array();
  CHECK(refuses([&] { (void)pair_correlation(cell, atoms, x, one); }, "second field: is constant without"));
  const auto c = autocorrelation(cell, atoms, x);
  CHECK(refuses([&] { (void)correlation_at(c, 30); }, "not known at 30"));
}
