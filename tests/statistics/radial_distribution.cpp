#include "tarn/statistics/radial_distribution.hpp"

#include <doctest/doctest.h>

#include "support/fields.hpp"
#include "support/vibrating.hpp"
#include "tarn/atoms/lattice.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

Sample gas(const Cell& cell, int n, std::vector<std::string> elements, std::uint64_t seed) {
  Sample s;
  s.cell = cell;
  s.positions = random_points(cell, n, seed);
  for (int i = 0; i < n; ++i) s.species.push_back(i % 3 % static_cast<int>(elements.size())), s.ids.push_back(i + 1);
  s.elements = std::move(elements);
  return s;
}

}  // namespace

TEST_CASE("an ideal gas has g = 1, in all pairs of elements, in a skewed cell") {
  const auto g = radial_distribution(gas(skewed_cell(20), 3000, {"A", "B"}, 1), 1);
  CHECK(g.pairs == std::vector<std::string>{"A-A", "A-B", "B-B"});
  CHECK(g.r_A[0] == 0.5);
  for (Eigen::Index k = 2; k < g.r_A.size(); ++k) {
    CHECK(g.total[k] == doctest::Approx(1).epsilon(0.03));
    for (Eigen::Index p = 0; p < 3; ++p) CHECK(g.partial(k, p) == doctest::Approx(1).epsilon(0.15));
  }
}

TEST_CASE("fcc: 12, 6, 24, 12, 24 neighbours at √½ √n of the lattice constant") {
  const Sample sample = supercell(fcc(4), 4, "Cu");
  const double width = 0.02;
  const auto g = radial_distribution(sample, width);
  const double density = 256 / sample.cell.volume_A3();
  Vector count = g.total;  // neighbours a bin: the N − 1 of the norm taken back
  for (Eigen::Index k = 0; k < count.size(); ++k)
    count[k] *= density * 255 / 256 * 4 * M_PI / 3 * (std::pow(g.r_A[k] + width / 2, 3) - std::pow(g.r_A[k] - width / 2, 3));
  const double shells[5] = {12, 6, 24, 12, 24};
  for (int n = 1; n <= 5; ++n) {
    const double r = 4 * std::sqrt(0.5 * n);
    double found = 0;
    for (Eigen::Index k = 0; k < count.size(); ++k)
      if (std::abs(g.r_A[k] - r) < 0.05) found += count[k];
    CHECK(found == doctest::Approx(shells[n - 1]).epsilon(1e-9));
  }
  const auto e = extrema(g.r_A, g.total, 0.1, 0.3);
  REQUIRE(e.maxima.size() >= 3);
  CHECK(e.maxima[0] == doctest::Approx(4 / std::sqrt(2)).epsilon(0.01));
  CHECK(e.maxima[1] == doctest::Approx(4).epsilon(0.01));
  CHECK(e.minima[0] > e.maxima[0]);
  CHECK(e.minima[0] < e.maxima[1]);
}

TEST_CASE("extrema of a damped wave are where its derivative says") {
  const Vector r = Vector::LinSpaced(600, 0.02, 12);
  const Vector g =
      1 + 0.6 * (2 * r.array()).cos() * (r.array() / -20).exp();  // maxima near nπ, minima between, both earlier by atan(1/40)/2
  const auto e = extrema(r, g, 0, 0.5);
  REQUIRE(e.maxima.size() == 3);
  CHECK(e.maxima[0] == doctest::Approx(M_PI - 0.0125).epsilon(0.005));
  CHECK(e.minima[0] == doctest::Approx(1.5 * M_PI - 0.0125).epsilon(0.005));
  CHECK(extrema(r, g + 0.02 * Vector::Random(600), 0.1, 0.5).maxima.size() == 3);
}

TEST_CASE("no period, one atom, no width are errors") {
  Sample open = gas(cubic(9), 30, {"A"}, 2);
  open.cell.periodic[0] = false;
  CHECK(refuses([&] { (void)radial_distribution(open); }, "periodic"));
  CHECK(refuses([] { (void)radial_distribution(gas(cubic(9), 1, {"A"}, 2)); }, "two or more"));
  CHECK(refuses([] { (void)radial_distribution(gas(cubic(9), 9, {"A"}, 2), 0); }, "bins of 0"));
  CHECK(refuses([] { (void)extrema(Vector::Ones(3), Vector::Ones(3)); }, "5 or more"));
}
