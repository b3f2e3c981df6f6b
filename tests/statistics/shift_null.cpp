#include "tarn/statistics/shift_null.hpp"

#include <doctest/doctest.h>

#include "support/fields.hpp"
#include "support/vibrating.hpp"
#include "tarn/core/openmp.hpp"
#include "tarn/statistics/coarse_grain.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

constexpr double edge = 24.6;
const Vectors& atoms() {
  static const Vectors points = jittered_points(edge, 8, 1);
  return points;
}
struct Count {
  int covered = 0, called = 0, by_share = 0;
  double sum2 = 0, samples = 0;
};

// Pairs of fields at some points, one a row, coarse-grained: all draws go through the same shifts.
template <Kernel K>
Count count_of(const Vectors& points, const Matrix& a, const Matrix& b, double truth, double length, const K& kernel) {
  const Cell cell = cubic(edge);
  AtomGroup everybody{"all", {}};
  for (Eigen::Index i = 0; i < points.cols(); ++i) everybody.atoms.push_back(i);
  const auto averaged = [&](const Matrix& fields) { return coarse_grain(cell, points, fields, length, kernel).values; };
  const Matrix here = averaged(a), other = averaged(b);
  const Eigen::MatrixXi nearest = shifted_atoms(cell, points, random_shifts(cell, 100, 1));
  Count out;
  for (Eigen::Index m = 0; m < a.rows(); ++m) {
    const auto shifted =
        shifted_correlations(here.row(m).transpose(), averaged(shifted_field(b.row(m).transpose(), nearest)), {everybody});
    const ShiftNull null = shift_null(pearson(here.row(m), other.row(m)), shifted.pearson.col(0), everybody.atoms.size());
    out.covered += null.interval.covers(truth);
    out.called += !null.interval.covers(0);
    out.by_share += null.share <= 0.05;
    out.sum2 += null.r * null.r;
    out.samples += null.effective_samples;
  }
  return out;
}

// White fields whose correlation is rho.
template <Kernel K>
Count draws(double rho, double length, const K& kernel, Eigen::Index count) {
  RandomStream random(11);
  Matrix a(count, atoms().cols()), b = a;
  for (Eigen::Index m = 0; m < count; ++m) {
    a.row(m) = normal_numbers(atoms().cols(), random);
    b.row(m) = rho * a.row(m) + std::sqrt(1 - rho * rho) * normal_numbers(atoms().cols(), random).transpose();
  }
  return count_of(atoms(), a, b, rho, length, kernel);
}

}  // namespace

TEST_CASE("of two independent fields one in twenty is called correlated, however smooth they are") {
  const Count count = draws(0, 5.9, TopHat{}, 200);
  CHECK(count.called >= 2);  // 10 ± 3 × 3.1
  CHECK(count.called <= 20);
  CHECK(count.by_share <= 20);
  CHECK(count.by_share >= 2);
  // taken for independent atoms, most of them would be: r is larger than 1/√512 by far
  CHECK(std::sqrt(count.sum2 / 200) > 2.2 / std::sqrt(512));
  CHECK(count.samples / 200 == doctest::Approx(1 + 200 / count.sum2).epsilon(0.25));
}

TEST_CASE("the interval covers the truth in 95 of 100 draws") {
  const Count smooth = draws(0.5, 5.9, TopHat{}, 200);
  CHECK(smooth.covered >= 180);  // 190 ± 3.2 × 3.1
  const Count raw = draws(0.3, 0, TopHat{}, 200);
  CHECK(raw.covered >= 180);
  CHECK(raw.called > 180);
}

TEST_CASE("a Gaussian leaves so few samples that chance looks like a law") {
  const Count count = draws(0, 5.9, Gaussian{}, 60);
  CHECK(std::sqrt(count.sum2 / 60) > 0.2);
  CHECK(count.samples / 60 < 25);
  CHECK(count.called <= 9);  // 3 ± 3 × 1.7, and N_eff of few modes scatters
}

TEST_CASE("fields of a known correlation length, not coarse-grained") {
  const ExponentialFields fields(atoms(), edge, 2.5);
  RandomStream random(5);
  Matrix a(200, atoms().cols()), b = a;
  for (Eigen::Index m = 0; m < 200; ++m) a.row(m) = fields.draw(random), b.row(m) = fields.draw(random);
  const Count count = count_of(atoms(), a, b, 0, 0, TopHat{});
  CHECK(count.called <= 20);
  CHECK(std::sqrt(count.sum2 / 200) > 1.3 / std::sqrt(512));  // neighbours are alike
}

TEST_CASE("fields of which few atoms have a value are no more often called correlated") {
  RandomStream random(8);
  for (const double smooth : {0.0, 5.0}) {
    Vectors some(3, 64);
    for (Eigen::Index i = 0; i < some.cols(); ++i)
      some.col(i) = atoms().col(8 * i + static_cast<Eigen::Index>(8 * random.uniform()));
    Matrix fields(400, atoms().cols());
    for (Eigen::Index m = 0; m < fields.rows(); ++m) fields.row(m) = normal_numbers(atoms().cols(), random).transpose();
    const Matrix at_some = coarse_grain(cubic(edge), atoms(), fields, smooth, some).values;
    const Count count = count_of(some, at_some.topRows(200), at_some.bottomRows(200), 0, 5.9, TopHat{});
    CHECK(count.called <= 20);  // 10 ± 3 × 3.1; of averages that are shifted, 26
    CHECK(count.by_share <= 20);
    CHECK(count.samples / 200 == doctest::Approx(1 + 200 / count.sum2).epsilon(0.3));
  }
}

TEST_CASE("the verdict by hand") {
  Vector shifted(12);
  shifted << 0.1, -0.1, 0.3, -0.3, NAN, 0.1, -0.1, 0.3, -0.3, NAN, 0.1, -0.1;  // the two that are not defined do not count
  const ShiftNull null = shift_null(0.2, shifted, 100);
  CHECK(null.known);
  CHECK(null.undefined == 2);
  CHECK(null.mean == doctest::Approx(0));
  CHECK(null.sd == doctest::Approx(std::sqrt(0.42 / 9)));
  CHECK(null.share == doctest::Approx(5.0 / 11));
  const double samples = 1 + 9 / 0.42;
  CHECK(null.effective_samples == doctest::Approx(samples));
  CHECK(null.interval.high == doctest::Approx(std::tanh(std::atanh(0.2) + 1.959964 / std::sqrt(samples - 3))));
  const ShiftNull few = shift_null(0.2, shifted, 12);
  CHECK(few.effective_samples == 12);
  CHECK(few.interval.high == doctest::Approx(std::tanh(std::atanh(0.2) + 1.959964 / 3)));
}

TEST_CASE("a null of no width, or of fewer than 10 shifts, is none, and claims nothing") {
  Vector nine = Vector::Constant(200, NAN);
  nine.head(9) = Vector::LinSpaced(9, -0.2, 0.2);
  for (const Vector& shifted : {Vector(Vector::Zero(200)), Vector(Vector::Constant(200, NAN)), nine}) {
    const ShiftNull null = shift_null(0.1, shifted, 500);
    CHECK(!null.known);
    CHECK(null.effective_samples == 0);
    CHECK(null.share == 1);
    CHECK(null.interval.low == -1);
    CHECK(null.interval.high == 1);
  }
}

TEST_CASE("of a sparse field in a small group no more samples are claimed than there are atoms") {
  const Cell cell = cubic(edge);
  const Eigen::MatrixXi nearest = shifted_atoms(cell, atoms(), random_shifts(cell, 200, 1));
  AtomGroup twenty{"twenty", {}};
  for (Eigen::Index i = 0; i < 20; ++i) twenty.atoms.push_back(25 * i);
  RandomStream random(12);
  for (int draw = 0; draw < 20; ++draw) {
    const Vector a = normal_numbers(atoms().cols(), random);
    Vector b(atoms().cols());
    for (double& x : b) x = random.uniform() < 0.03;
    b[0] = 1;
    const auto shifted = shifted_correlations(a, shifted_field(b, nearest), {twenty});
    Eigen::Index constant = 0;
    for (const double x : shifted.pearson.col(0)) constant += std::isnan(x);
    const ShiftNull null = shift_null(pearson(pick(a, twenty.atoms), pick(b, twenty.atoms)), shifted.pearson.col(0), 20);
    CHECK(null.undefined == constant);
    CHECK(constant > 50);  // of 20 atoms of which 3 % are 1 more than half are often all 0
    CHECK(null.known);
    CHECK(null.effective_samples <= 20);
    CHECK(1 + 1 / (null.sd * null.sd) < 30);  // not 45, as with an r of 0 for these
  }
}

TEST_CASE("the shifts of Pearson and Spearman are those of the definition, whatever the threads") {
  const Cell cell = skewed_cell(10);
  const Vectors points = random_points(cell, 80, 3);
  const Matrix fields = random_matrix(2, 80, 4);
  const Vectors shifts = random_shifts(cell, 20, 9);
  const std::vector<AtomGroup> groups{{"first", {0, 1, 2, 3, 4, 5, 6, 7}}, {"odd", {1, 3, 5, 9, 77, 79}}};
  const Vector a = fields.row(0).transpose(), b = fields.row(1).transpose();
  const auto all = [&](const auto& executor) {
    const Matrix moved = shifted_field(b, shifted_atoms(cell, points, shifts, executor));
    return shifted_correlations(a, coarse_grain(cell, points, moved, 0.8, Gaussian{}, executor).values, groups, true, executor);
  };
  const auto found = all(Serial{});
  const NearestAtom nearest(cell, points);
  for (Eigen::Index s = 0; s < 20; ++s)
    for (Eigen::Index g = 0; g < 2; ++g) {
      const auto& some = groups[static_cast<std::size_t>(g)].atoms;
      Vector x(static_cast<Eigen::Index>(some.size())), y = x;
      for (Eigen::Index i = 0; i < x.size(); ++i) {
        double sum = 0, weights = 0;
        const Eigen::Index atom = some[static_cast<std::size_t>(i)];
        over_images(cell, points, points.col(atom), 0.8 * Gaussian{}.reach(), [&](Eigen::Index j, double r) {
          const double w = std::exp(-r * r / 1.28);
          sum += w * b[nearest(points.col(j) + shifts.col(s))[0]], weights += w;
        });
        x[i] = a[atom], y[i] = sum / weights;
      }
      CHECK(found.pearson(s, g) == doctest::Approx(pearson(x, y)).epsilon(1e-10));
      CHECK(found.spearman(s, g) == doctest::Approx(spearman(x, y)).epsilon(1e-10));
    }
  const auto threaded = all(OpenMP(3));
  CHECK(threaded.pearson == found.pearson);
  CHECK(threaded.spearman == found.spearman);
}

TEST_CASE("shifts fill the cell and need a periodic one") {
  const Cell cell = skewed_cell(10);
  const Vectors shifts = random_shifts(cell, 4000, 2);
  const Vectors scaled = cell.vectors.inverse() * shifts;
  CHECK((scaled.rowwise().mean().array() - 0.5).abs().maxCoeff() < 0.02);
  CHECK(scaled.minCoeff() > 0);
  CHECK(scaled.maxCoeff() < 1);
  CHECK(random_shifts(cell, 10, 2) == shifts.leftCols(10));
  Cell open = cell;
  open.periodic[1] = false;
  CHECK(refuses([&] { (void)random_shifts(open, 100, 1); }, "periodic in all directions"));
  CHECK(refuses([&] { (void)random_shifts(cell, 5, 1); }, "5 shifts"));
  CHECK(refuses([&] { (void)shift_null(NAN, Vector::Zero(20), 20); }, "a correlation of nan"));
  CHECK(refuses([&] { (void)shift_null(0, Vector::Constant(20, INFINITY), 20); }, "not between"));
  CHECK(refuses([&] { (void)shifted_correlations(Vector(2), Matrix::Ones(1, 512), {}); }, "2 values against fields of 512"));
  CHECK(refuses([&] { (void)shifted_field(Vector(2), shifted_atoms(cell, atoms(), random_shifts(cell, 10, 1))); },
                "2 values is to be"));
}
