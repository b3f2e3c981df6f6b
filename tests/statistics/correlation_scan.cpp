#include "tarn/statistics/correlation_scan.hpp"

#include <doctest/doctest.h>

#include <numeric>

#include "support/fields.hpp"
#include "support/vibrating.hpp"
#include "tarn/core/openmp.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

constexpr double edge = 30;
const Cell box = cubic(edge);
const Vectors& atoms() {
  static const Vectors points = jittered_points(edge, 10, 1);
  return points;
}
std::vector<AtomGroup> groups() {
  std::vector<AtomGroup> out{{"all", {}}, {"odd", {}}};
  for (Eigen::Index i = 0; i < atoms().cols(); ++i) {
    out[0].atoms.push_back(i);
    if (i % 2) out[1].atoms.push_back(i);
  }
  return out;
}
Vector lengths(std::initializer_list<double> values) {
  return Eigen::Map<const Vector>(values.begin(), static_cast<Eigen::Index>(values.size()));
}

}  // namespace

TEST_CASE("b = 1/a is seen as r = 1 at every length where the inverse is taken before the average") {
  RandomStream random(1);
  Vector peak(atoms().cols());
  for (double& x : peak) x = std::exp(0.5 * random.normal());
  const Vector barrier = peak.cwiseInverse();
  for (const auto& scan : correlation_scan(box, atoms(), peak.cwiseInverse(), barrier, groups(), scan_lengths(box, 3), TopHat{},
                                           {.shifts = 20, .spearman_null = false}))
    for (const auto& at : scan.lengths) {
      CHECK(at.pearson.r == doctest::Approx(1).epsilon(1e-9));
      CHECK(at.spearman == doctest::Approx(1).epsilon(1e-3));
    }
  // not so where the average comes first
  const Vector after = coarse_grain(box, atoms(), peak.transpose(), 6).values.cwiseInverse().transpose();
  const Vector there = coarse_grain(box, atoms(), barrier.transpose(), 6).values.transpose();
  CHECK(pearson(after, there) < 0.98);
}

TEST_CASE("fields bound over a length are best there: white noise on top hides them below, the box above") {
  // a common field, smooth over 5 Å, under white noise of each its own
  RandomStream random(7);
  const Vector common = coarse_grain(box, atoms(), normal_numbers(1000, random).transpose(), 5.0).values.transpose();
  const double size = std::sqrt(common.squaredNorm() / 1000);
  const Vector a = common / size + 3 * normal_numbers(1000, random), b = common / size + 3 * normal_numbers(1000, random);
  const auto scans = correlation_scan(box, atoms(), a, b, groups(), lengths({0, 3, 6, 8, 15}), TopHat{}, {.shifts = 100});
  const auto& all = scans[0];
  CHECK(all.group == "all");
  CHECK(all.atoms == 1000);
  CHECK(scans[1].atoms == 500);
  CHECK(all.lengths[2].pearson.r > 2 * all.lengths[0].pearson.r);
  CHECK(all.null_share < 0.05);
  REQUIRE(all.best.has_value());
  CHECK(all.best->length_A >= 3);
  CHECK(all.best->low_A <= all.best->length_A);
  CHECK(all.best->high_A >= all.best->length_A);
  CHECK(all.best->low_A > 0);  // L = 0 is worse beyond its error
  CHECK(all.lengths[4].pearson.effective_samples < 30);
  CHECK(all.lengths[0].of_ranks.interval.covers(all.lengths[0].spearman));
}

TEST_CASE("shifts after which a sparse field is constant in a small group are left out at every length") {
  RandomStream random(9);
  const Vector a = normal_numbers(1000, random);
  Vector b(1000);
  for (double& x : b) x = random.uniform() < 0.03;
  AtomGroup twenty{"twenty", {}};
  for (Eigen::Index i = 0; i < 20; ++i) twenty.atoms.push_back(50 * i);
  b[0] = 1;
  const auto scan = correlation_scan(box, atoms(), a, b, {twenty}, lengths({0, 3}), TopHat{}, {.fewest_samples = 5})[0];
  CHECK(scan.lengths[0].pearson.undefined > 50);
  CHECK(scan.lengths[0].of_ranks.undefined == scan.lengths[0].pearson.undefined);
  for (const auto& at : scan.lengths) {
    CHECK(at.pearson.effective_samples <= 20);
    CHECK(at.of_ranks.effective_samples <= 20);
  }
  CHECK(std::isfinite(scan.null_share));
}

TEST_CASE("of independent fields the scan tells no best length, but for one in twenty") {
  int told = 0;
  const Cell cell = cubic(18);
  const Vectors points = jittered_points(18, 6, 2);
  AtomGroup all{"all", AtomSelection(216)};
  std::iota(all.atoms.begin(), all.atoms.end(), Eigen::Index{0});
  for (std::uint64_t draw = 0; draw < 60; ++draw) {
    RandomStream random(23, draw);
    const Vector a = normal_numbers(216, random), b = normal_numbers(216, random);
    const auto scan = correlation_scan(cell, points, a, b, {all}, lengths({0, 3.5}), TopHat{},
                                       {.shifts = 60, .seed = draw, .spearman_null = false})[0];
    told += scan.null_share <= 0.05;
    if (scan.null_share > 0.05) CHECK(scan.word.find("cannot tell") != std::string::npos);
  }
  CHECK(told <= 8);  // 3 ± 3 × 1.7
}

TEST_CASE("where few samples are left, no length is the best") {
  RandomStream random(3);
  const Vector a = normal_numbers(1000, random);
  const auto scan = correlation_scan(box, atoms(), a, Vector(a + normal_numbers(1000, random)), {groups()[0]}, lengths({9, 15}),
                                     Gaussian{}, {.shifts = 20, .spearman_null = false})[0];
  CHECK(!scan.best);
  CHECK(scan.word.find("30 effective samples") != std::string::npos);
  CHECK(scan.lengths[1].ends_at_half_box);
}

TEST_CASE("threads do not change a bit, seeds do, and an observer can stop it") {
  const Matrix fields = random_matrix(2, 1000, 5);
  const Vector a = fields.row(0).transpose(), b = fields.row(1).transpose();
  const auto scan = [&](const auto& executor, std::uint64_t seed) {
    return correlation_scan(box, atoms(), a, b, {groups()[0]}, lengths({4}), TopHat{}, {.shifts = 20, .seed = seed}, executor)[0]
        .lengths[0]
        .pearson.sd;
  };
  CHECK(scan(Serial{}, 1) == scan(OpenMP(3), 1));
  CHECK(scan(Serial{}, 1) != scan(Serial{}, 2));
  const auto stop = [](const Progress&) { return false; };
  CHECK_THROWS_AS((void)correlation_scan(box, atoms(), a, b, groups(), lengths({4}), TopHat{}, {}, Serial{}, stop), Cancelled);
}

TEST_CASE("lengths go from 0 to half the box; what cannot be scanned is an error that names it") {
  const Vector l = scan_lengths(box, 1);
  CHECK(l.size() == 16);
  CHECK(l[0] == 0);
  CHECK(l[15] == 15);
  const Vector a = random_matrix(1000, 1, 5), b = random_matrix(1000, 1, 6);
  CHECK(refuses([&] { (void)scan_lengths(box, 0); }, "positive step"));
  const ScanParams named{.shifts = 10, .name_a = "1/I", .name_b = "loose barrier"};
  const auto says = [&](const Vector& x, const Vector& y, const std::vector<AtomGroup>& some, const Vector& at,
                        std::initializer_list<const char*> words) {
    for (const char* word : words)
      if (!refuses([&] { (void)correlation_scan(box, atoms(), x, y, some, at, TopHat{}, named); }, word)) return false;
    return true;
  };
  CHECK(says(a, b, {{"few", {1, 2}}}, l, {"1/I", "'few' has 2 atoms", "leave that group out"}));
  CHECK(says(a, b.head(9), groups(), l, {"loose barrier has 9 values for 1000 atoms", "one for each"}));
  CHECK(says(a, b, groups(), Vector(), {"no length", "scan_lengths", "loose barrier"}));
  AtomGroup beyond = groups()[1];
  beyond.atoms.back() = 1000;
  CHECK(says(a, b, {beyond}, l, {"'odd' names atom 1000 of 1000"}));
  Vector flat = b;
  for (Eigen::Index i = 1; i < 1000; i += 2) flat[i] = 0.25;
  CHECK(
      says(a, flat, groups(), l, {"loose barrier is 0.25 at all 500 atoms of group 'odd'", "constant", "leave that group out"}));
  Vector holed = a;
  holed[7] = NAN;
  CHECK(says(holed, b, groups(), l, {"1/I of atom 8 of 1000", "leave that atom out"}));
  CHECK(says(a, holed, groups(), l, {"loose barrier of atom 8 of 1000"}));
  // an average can be constant where the field is not: pairs of atoms that lie together
  AtomGroup pairs{"pairs", AtomSelection(20)};
  std::iota(pairs.atoms.begin(), pairs.atoms.end(), Eigen::Index{0});
  Vectors couples(3, 20);
  Vector turned(20);
  for (int i = 0; i < 20; ++i) {
    couples.col(i) = Vec3(7 * (i / 2 % 4), 7 * (i / 8), 0.1 * (i % 2));
    turned[i] = i % 2;
  }
  CHECK(refuses([&] { (void)correlation_scan(box, couples, Vector(a.head(20)), turned, {pairs}, lengths({1}), TopHat{}, named); },
                "loose barrier, averaged over 1 Å, is 0.5 at all atoms of group 'pairs'"));
}
