#include "tarn/statistics/partial_correlation.hpp"

#include <doctest/doctest.h>

#include "support/fields.hpp"
#include "support/samples.hpp"
#include "support/vibrating.hpp"
#include "tarn/atoms/lattice.hpp"

using namespace tarn;
using namespace tarn::testing;

TEST_CASE("one control: the formula of the three coefficients") {
  const Matrix x = random_matrix(3, 60, 2);
  const Vector c = x.row(2).transpose(), a = x.row(0).transpose() + 0.7 * c, b = x.row(1).transpose() - 1.3 * c;
  const double ab = pearson(a, b), ac = pearson(a, c), bc = pearson(b, c);
  const double expected = (ab - ac * bc) / std::sqrt((1 - ac * ac) * (1 - bc * bc));
  CHECK(partial_correlation(a, b, c.transpose()) == doctest::Approx(expected).epsilon(1e-12));
  CHECK(partial_correlation(a, b, Matrix(0, 60)) == doctest::Approx(ab).epsilon(1e-12));
}

TEST_CASE("what only the element makes is gone, given the element") {
  RandomStream random(4);
  Sample sample = random_alloy(supercell(fcc(4), 6, "Cu"), {{"Cu", 50}, {"Zr", 50}}, random);
  Vector a(sample.size()), b = a;
  for (Eigen::Index i = 0; i < sample.size(); ++i) {
    const double e = sample.species[static_cast<std::size_t>(i)];
    a[i] = 2 * e + random.normal(), b[i] = -3 * e + random.normal();
  }
  CHECK(pearson(a, b) < -0.4);
  CHECK(std::abs(partial_correlation(a, b, element_indicators(sample))) < 3 / std::sqrt(864));
  // and a common part stays
  const Vector common = normal_numbers(sample.size(), random);
  CHECK(partial_correlation(a + common, b + common, element_indicators(sample)) == doctest::Approx(0.5).epsilon(0.2));
}

TEST_CASE("neighbours of each element equal a count over all images") {
  const Sample sample = random_triclinic({"Cu", "Zr"}, 60, 15, 1.8, 3);
  const Matrix counts = neighbour_counts(sample, 5.3);
  for (Eigen::Index i = 0; i < sample.size(); ++i) {
    Vector expected = Vector::Zero(2);
    over_images(sample.cell, sample.positions, sample.positions.col(i), 5.3, [&](Eigen::Index j, double r) {
      if (r > 0) expected[sample.species[static_cast<std::size_t>(j)]] += 1;
    });
    CHECK(counts.col(i) == expected);
  }
  CHECK(composition_controls(sample, 5.3).rows() == 3);
  CHECK(element_indicators(supercell(fcc(4), 2, "Cu")).rows() == 0);
}

TEST_CASE("controls that explain all, or that are no numbers, are an error") {
  const Vector a = random_matrix(20, 1, 7);
  CHECK(refuses([&] { (void)regress_out(a, 2 * a.transpose()); }, "nothing is left"));
  CHECK(refuses([&] { (void)regress_out(Vector::Ones(20), Matrix(0, 20)); }, "nothing is left"));
  CHECK(refuses([&] { (void)regress_out(a, Matrix::Constant(1, 20, NAN)); }, "not a finite number"));
  CHECK(refuses([&] { (void)regress_out(a, Matrix::Ones(1, 3)); }, "3 values of the controls"));
}
