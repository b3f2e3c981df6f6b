#include "tarn/vibration/density_of_states.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "support/solvers.hpp"
#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

/// Modes of a random network of springs on 20 atoms, two elements, translations included; 2 unstable modes with `unstable`.
struct Network {
  Vector masses = Vector::NullaryExpr(20, [](Eigen::Index i) { return i % 3 == 0 ? 91.224 : 63.546; });
  std::vector<int> species;
  Modes modes;
  ModeCensus census;

  explicit Network(bool unstable = false) {
    for (int i = 0; i < 20; ++i) species.push_back(i % 3 == 0);
    const Matrix t = translations(masses), free = Matrix::Identity(60, 60) - projector(t);
    const Matrix a = random_symmetric(60, 11) * 4;
    Matrix d = free * a * a * free;
    if (unstable) {
      const Vector v = (free * random_matrix(60, 1, 3)).normalized();
      d -= 900 * projector(v);
    }
    modes = dense_modes(0.5 * (d + d.transpose()));
    census = classify_modes(modes, masses);
  }
};

}  // namespace

TEST_CASE_TEMPLATE("g_i is eq. 1, summed by brute force", B, GaussianBroadening, HistogramBroadening) {
  const Network network;
  const Vector grid = frequency_grid(0.5, 20, 0.25);
  const B shape{};
  const Matrix g = projected_density_of_states(network.modes, network.census, shape, grid);
  double worst = 0;
  for (Eigen::Index i = 0; i < 20; ++i)
    for (Eigen::Index k = 0; k < grid.size(); ++k) {
      double sum = 0;
      for (Eigen::Index j = 3; j < 60; ++j)
        sum += shape(grid[k], network.modes.omega_rad_per_ps[j]) * network.modes.vectors.block<3, 1>(3 * i, j).squaredNorm() / 60;
      worst = std::max(worst, std::abs(sum - g(i, k)));
    }
  CHECK(worst < 1e-15);
  CHECK(g.maxCoeff() > 1e-3);
}

TEST_CASE("the atoms sum to the total, and so do the elements") {
  const Network network;
  const Vector grid = frequency_grid(0, 40, 0.05);
  const GaussianBroadening shape;
  const Matrix g = projected_density_of_states(network.modes, network.census, shape, grid);
  const auto dos = density_of_states(network.modes, network.census, network.species, 2, shape, grid);
  CHECK((g.colwise().sum().transpose() - dos.total_ps).cwiseAbs().maxCoeff() < 1e-15);
  CHECK((dos.by_element_ps.rowwise().sum() - dos.total_ps).cwiseAbs().maxCoeff() < 1e-15);
  Vector zirconium = Vector::Zero(grid.size());
  for (Eigen::Index i = 0; i < 20; ++i)
    if (network.species[static_cast<std::size_t>(i)] == 1) zirconium += g.row(i).transpose();
  CHECK((zirconium - dos.by_element_ps.col(1)).cwiseAbs().maxCoeff() < 1e-15);
}

TEST_CASE("the integral is 1 − 3/3N, also over more modes than a block holds") {
  const SpringLattice lattice{.n = 6};
  const auto modes = to_modes({lattice.eigenvalues().cwiseMax(0), Matrix::Identity(648, 648)});
  // no translations among unit vectors: say by hand which modes are zero
  ModeCensus census = classify_modes(modes, lattice.sample().masses);
  census.marginal = 0;
  census.zero = 3;
  const auto dos = density_of_states(modes, census, std::vector<int>(216, 0), 1, GaussianBroadening{.sigma = 0.5},
                                     frequency_grid(0, 100, 0.01));
  CHECK(dos.total_ps.sum() * 0.01 == doctest::Approx(1 - 3.0 / 648).epsilon(1e-9));
  CHECK(dos.weight == doctest::Approx(1 - 3.0 / 648));
  CHECK(dos.missing_weight == 0);
  // a histogram counts exactly
  const auto counts =
      density_of_states(modes, census, std::vector<int>(216, 0), 1, HistogramBroadening{.width = 1}, frequency_grid(0, 100, 1));
  CHECK(counts.total_ps.sum() == doctest::Approx(1 - 3.0 / 648).epsilon(1e-12));
}

TEST_CASE("unstable modes are left out of the spectrum and their weight is told") {
  const Network network(true);
  REQUIRE(network.census.unstable == 1);
  const auto dos =
      density_of_states(network.modes, network.census, network.species, 2, GaussianBroadening{}, frequency_grid(0, 60, 0.02));
  CHECK(dos.unstable_weight == doctest::Approx(1.0 / 60));
  CHECK(dos.weight + dos.unstable_weight + dos.marginal_weight + 3.0 / 60 == doctest::Approx(1));
}

TEST_CASE("the reduced density is g/ω², with the value at 0 told apart") {
  const DensityOfStates dos{.omega_rad_per_ps = (Vector(3) << 0, 2, 4).finished(),
                            .total_ps = (Vector(3) << 0.5, 0.4, 0).finished(),
                            .by_element_ps = Matrix(3, 0)};
  const Vector reduced = dos.reduced_ps3();
  CHECK(std::isinf(reduced[0]));
  CHECK(reduced[1] == doctest::Approx(0.1));
  CHECK(reduced[2] == 0);
}

TEST_CASE("the lowest modes give the same spectrum where they fill it, and no other") {
  const Network network;
  const Modes part{network.modes.omega_rad_per_ps.head(40), network.modes.vectors.leftCols(40)};
  const auto census = classify_modes(part, network.masses);
  const GaussianBroadening shape{.sigma = 0.1};
  const double reach = spectrum_reach(part, shape);
  CHECK(reach == doctest::Approx(part.omega_rad_per_ps[39] - 0.4));
  const Vector grid = Vector::LinSpaced(50, 0, reach);
  const auto whole = density_of_states(network.modes, network.census, network.species, 2, shape, grid);
  const auto some = density_of_states(part, census, network.species, 2, shape, grid);
  CHECK((whole.total_ps - some.total_ps).cwiseAbs().maxCoeff() < 1e-3 * whole.total_ps.maxCoeff());
  CHECK(some.missing_weight == doctest::Approx(20.0 / 60));
  const Vector beyond = Vector::LinSpaced(50, 0, reach + 0.1);
  CHECK(refuses([&] { (void)density_of_states(part, census, network.species, 2, shape, beyond); },
                "compute more modes or end the grid there"));
  CHECK(refuses([&] { (void)projected_density_of_states(part, census, shape, beyond); }, "from 40 of 60 modes"));
}

TEST_CASE("the grid of a spectrum goes as far as the modes fill it, and that spectrum can be made") {
  const Network network;
  const GaussianBroadening shape{.sigma = 0.1};
  const double highest = network.modes.omega_rad_per_ps[59];
  const Vector whole = spectrum_grid(network.modes, shape, 0.05);
  CHECK(whole[0] == 0.05);
  CHECK(whole[99] == doctest::Approx(5).epsilon(1e-15));
  CHECK(whole[whole.size() - 1] <= highest + shape.tail());
  CHECK(whole[whole.size() - 1] > highest + shape.tail() - 0.05);
  Modes part{network.modes.omega_rad_per_ps.head(40), network.modes.vectors.leftCols(40)};
  const auto census = classify_modes(part, network.masses);
  for (const double top : {part.omega_rad_per_ps[39], part.omega_rad_per_ps[39] + 0.123}) {
    part.omega_rad_per_ps[39] = top;
    const double reach = spectrum_reach(part, shape);
    // steps that divide the reach, but for rounding, must not step over it
    for (const double step : {0.05, reach / 3, reach / 7, reach / 49, reach / 103, reach / 1001}) {
      const Vector grid = spectrum_grid(part, shape, step);
      CHECK(grid[grid.size() - 1] > reach - 1.01 * step);
      CHECK_NOTHROW((void)density_of_states(part, census, network.species, 2, shape, grid));
    }
  }
  CHECK(spectrum_grid(part, shape, 100).size() == 0);
  CHECK(spectrum_grid(Modes{Vector(), Matrix(60, 0)}, shape, 0.1).size() == 0);
  CHECK(refuses([&] { (void)spectrum_grid(part, shape, 0); }, "a step above 0"));
  CHECK(refuses([&] { (void)spectrum_grid(part, shape, 1e-9); }, "take a larger step"));
}

TEST_CASE("a grid holds both its ends") {
  const Vector grid = frequency_grid(2, 15, 0.05);
  CHECK(grid.size() == 261);
  CHECK(grid[0] == 2);
  CHECK(grid[260] == doctest::Approx(15).epsilon(1e-15));
  CHECK(refuses([] { (void)frequency_grid(2, 15, 0.07); }, "does not divide the range"));
  CHECK(refuses([] { (void)frequency_grid(-1, 15, 0.5); }, "0 ≤ first < last"));
  CHECK(refuses([] { (void)frequency_grid(3, 3, 0.5); }, "0 ≤ first < last"));
  CHECK(refuses([] { (void)frequency_grid(0, 1, 0); }, "a step above 0"));
  CHECK(refuses([] { (void)frequency_grid(0, 1, 1e-9); }, "take a larger step"));
}

TEST_CASE("parts that do not fit are refused") {
  const Network network;
  const Vector grid = frequency_grid(0, 10, 1);
  const auto dos = [&](const ModeCensus& census, const std::vector<int>& species, const Vector& points, double sigma = 0.35) {
    (void)density_of_states(network.modes, census, species, 2, GaussianBroadening{sigma}, points);
  };
  CHECK(refuses([&] { dos({}, network.species, grid); }, "a census of 0 modes for 60 modes"));
  CHECK(refuses([&] { dos(network.census, {}, grid); }, "0 species for modes of 20 atoms"));
  CHECK(refuses([&] { dos(network.census, std::vector<int>(20, 2), grid); }, "species 2 of 2"));
  CHECK(refuses([&] { dos(network.census, network.species, Vector()); }, "without points"));
  CHECK(refuses([&] { dos(network.census, network.species, grid.reverse()); }, "ascending values"));
  CHECK(refuses([&] { dos(network.census, network.species, Vector(grid.array() - 1)); }, "point 1 of the frequency grid is -1"));
  CHECK(refuses([&] { dos(network.census, network.species, grid, 0); }, "must be positive"));
}
