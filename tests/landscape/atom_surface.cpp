// The seven-atom Lennard-Jones cluster: its four minima and twelve saddles, and no other. C. J. Tsai, K. D. Jordan, J. Phys. Chem. 97, 11227 (1993).

#include "tarn/landscape/atom_surface.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <numbers>
#include <vector>

#include "support/potentials.hpp"
#include "support/solvers.hpp"
#include "tarn/landscape/activation_search.hpp"
#include "tarn/landscape/atom_activation.hpp"
#include "tarn/relax/minimise.hpp"

namespace {

using namespace tarn;
using namespace tarn::testing;
using Lj = LennardJones<Double>;

constexpr double sigma = 2.5;  // with ε = 1 eV: atoms like those that the defaults of a search are made for

const Lj& lennard_jones() {  // the cut-off is far outside
  static const Lj potential(LennardJonesFunctions({"A"}, {1}, {{1, sigma, 25 * sigma}}, {.order = 0}));
  return potential;
}
Sample cluster(const Vectors& positions) {
  Sample s;
  s.cell = cubic(300);
  s.cell.periodic = {false, false, false};
  s.elements = {"A"};
  s.positions = positions;
  s.species.assign(static_cast<std::size_t>(positions.cols()), 0);
  for (Eigen::Index i = 0; i < positions.cols(); ++i) s.ids.push_back(i + 1);
  return s;
}
// Permutations and mirror images have the same energy, other stationary points of seven atoms another.
std::int64_t name_of(double energy) { return std::llround(energy * 1e5); }

// Of the Hessian, the six rigid motions left out.
int negative_eigenvalues(const Vectors& positions) {
  const Hessian hessian(cluster(positions), lennard_jones());
  const Vector values = solve_dense(hessian * Matrix(Matrix::Identity(21, 21))).values;
  return static_cast<int>((values.array() < -1e-3).count());
}

}  // namespace

TEST_CASE("seven Lennard-Jones atoms: four minima, and saddles of first order that are among the twelve") {
  std::map<std::int64_t, Vector> minima;
  for (std::uint64_t k = 0; k < 60; ++k) {
    RandomStream random(2, k);
    Vectors x(3, 7);
    for (Eigen::Index i = 0; i < 7; ++i) x.col(i) = random.unit_vector() * std::cbrt(random.uniform()) * 1.5 * sigma;
    bool apart = true;
    for (Eigen::Index i = 0; i < 7; ++i)
      for (Eigen::Index j = 0; j < i; ++j) apart = apart && (x.col(i) - x.col(j)).norm() > 0.7 * sigma;
    if (!apart) continue;
    const auto r = minimise(cluster(x), lennard_jones(), Lbfgs{}, Stop{1e-9});
    if (r.converged() && r.last.energy_eV < -15) minima.insert({name_of(r.last.energy_eV), Vector(flat(r.sample.positions))});
  }
  REQUIRE(!minima.empty());

  SearchParams p;
  p.tight_force = 1e-6, p.side_force = 1e-6;
  p.limits = {
      .max_energy = 30, .max_displacement = 10, .max_evaluations = 3000};  // the twelfth lies 4 eV up, and some ways to it higher
  std::map<std::int64_t, int> saddles;
  int searches = 0;
  // from every minimum known, those found on the way too
  for (std::map<std::int64_t, int> tried;;) {
    std::int64_t next = 0;
    const int most = saddles.size() < 12 ? 2000 : 600;  // from each: one of the twelve is found once in 800 searches
    int least = most;
    for (const auto& [name, x] : minima)
      if (tried[name] < least) next = name, least = tried[name];
    if (least >= most) break;
    ++tried[next], ++searches;
    const Vector home = minima.at(next);
    AtomSurface<Lj> surface(cluster(Eigen::Map<const Vectors>(home.data(), 3, 7)), lennard_jones());
    Vector gradient(21);
    const double energy = surface.evaluate(home, gradient);
    RandomStream random(7, static_cast<std::uint64_t>(searches));
    Vector push(21);
    for (double& c : push) c = random.normal();
    push *= random.uniform(0.3, 2.5) / push.norm();
    const auto r = search(surface, home, energy, push, PlainWayOut{{.relaxing = 1}}, p, random);
    if (r.end != SearchEnd::saddle) continue;
    const Vectors at = Eigen::Map<const Vectors>(r.saddle.x.data(), 3, 7);
    CHECK(negative_eigenvalues(at) == 1);
    ++saddles[name_of(r.saddle.energy)];
    for (const auto& side : *r.sides)
      if (side.converged) minima.insert({name_of(energy + side.energy), side.x});
  }
  const auto close = [](std::int64_t name, double energy) { return std::abs(static_cast<double>(name) * 1e-5 - energy) < 2e-5; };
  REQUIRE(minima.size() == 4);
  auto m = minima.begin();
  for (const double energy : {-16.505384, -15.935043, -15.593211, -15.533060}) CHECK(close((m++)->first, energy));
  CHECK(saddles.size() == 12);
}

TEST_CASE("a push of one atom does not carry the others along, with the defaults and everything mobile") {
  Vectors x(3, 7);  // a pentagon between two atoms, nearly
  for (int k = 0; k < 5; ++k)
    x.col(k) = 2.4 * Vec3(std::cos(0.4 * std::numbers::pi * k), std::sin(0.4 * std::numbers::pi * k), 0);
  x.col(5) = Vec3(0, 0, 1.5), x.col(6) = Vec3(0, 0, -1.5);
  const Sample minimum = minimise(cluster(x), lennard_jones(), Lbfgs{}, Stop{1e-8}).sample;
  int saddles = 0;
  for (const bool frozen : {false, true}) {  // all are nearer than what is frozen
    const auto count = [&](auto searcher) {
      for (Eigen::Index atom = 0; atom < 7; ++atom) {
        const AtomActivation found = searcher.find(atom, RandomStream(3, static_cast<std::uint64_t>(atom), 1));
        if (!found.found()) continue;
        ++saddles;
        CHECK(found.barrier > 0.1);
        CHECK(negative_eigenvalues(found.saddle) == 1);
      }
    };
    if (frozen)
      count(AtomSearcher<Lj, FrozenWayOut>(minimum, lennard_jones()));
    else
      count(AtomSearcher<Lj, PlainWayOut>(minimum, lennard_jones()));
  }
  CHECK(saddles >= 6);
}
