// Searches on landscapes whose saddles are known: all of them are found, and no other.

#include "tarn/landscape/activation_search.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <set>

#include "tarn/landscape/dimer.hpp"
#include "tarn/landscape/lanczos.hpp"
#include "tarn/landscape/lobpcg.hpp"
#include "tarn/landscape/perpendicular_steps.hpp"
#include "tarn/landscape/way_out.hpp"

namespace {

using namespace tarn;

using ByLobpcg = SearchParams<Lobpcg>;
using ByDimer = SearchParams<Dimer>;
using ByConjugateSteps = SearchParams<Lanczos, ConjugateSteps>;
using ByFireSteps = SearchParams<Lanczos, FireSteps>;
QuasiNewton of_stiffness(const QuasiNewton&, double k) { return QuasiNewton(20, k); }
template <class Steps>
Steps of_stiffness(const Steps&, double k) {
  return Steps(k);
}

// K. Müller, L. D. Brown, Theor. Chim. Acta 53, 75 (1979).
struct MullerBrown {
  std::array<double, 4> A{-200, -100, -170, 15}, a{-1, -1, -6.5, 0.7}, b{0, 0, 11, 0.6}, c{-10, -10, -6.5, 0.7},
      x0{1, 0, -0.5, -1}, y0{0, 0.5, 1.5, 1};
  Eigen::Matrix2d h;
  double evaluate(const Vector& x, Vector& gradient) {
    gradient = Vector::Zero(2);
    h.setZero();
    double energy = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const double u = x[0] - x0[k], v = x[1] - y0[k], e = A[k] * std::exp(a[k] * u * u + b[k] * u * v + c[k] * v * v);
      const Eigen::Vector2d d(2 * a[k] * u + b[k] * v, b[k] * u + 2 * c[k] * v);
      Eigen::Matrix2d dd;
      dd << 2 * a[k], b[k], b[k], 2 * c[k];
      energy += e, gradient += e * d, h += e * (d * d.transpose() + dd);
    }
    return energy;
  }
  void product(const Vector& v, Vector& out) const { out = h * v; }
};

// −Σ cos x_i − c Σ_{i<j} cos x_i cos x_j, c < 1/2: stationary only where each coordinate is 0 or π, with as many negative eigenvalues as there are π's.
struct Egg {
  double c = 0.2;
  Vector at;
  double evaluate(const Vector& x, Vector& gradient) {
    at = x;
    gradient.resize(3);
    double energy = 0;
    for (int i = 0; i < 3; ++i) {
      const double y = std::cos(x[(i + 1) % 3]), z = std::cos(x[(i + 2) % 3]);
      energy -= std::cos(x[i]) + c * std::cos(x[i]) * y;
      gradient[i] = std::sin(x[i]) * (1 + c * (y + z));
    }
    return energy;
  }
  void product(const Vector& v, Vector& out) const {
    out.resize(3);
    for (int i = 0; i < 3; ++i) {
      const int j = (i + 1) % 3, k = (i + 2) % 3;
      out[i] = std::cos(at[i]) * (1 + c * (std::cos(at[j]) + std::cos(at[k]))) * v[i] -
               c * std::sin(at[i]) * (std::sin(at[j]) * v[j] + std::sin(at[k]) * v[k]);
    }
  }
};

SearchParams<> muller_brown_params() {
  SearchParams p;
  p.loose_force = 1, p.tight_force = 1e-4, p.side_force = 1e-3;
  p.limits.max_energy = 300;
  p.across = QuasiNewton(20, 1000), p.minimiser.stiffness = 1000, p.minimiser.max_step = 0.1;
  p.following.max_up = p.following.max_step = p.refining.max_up = p.refining.max_step = 0.05;
  p.following.min_stiffness = p.refining.min_stiffness = 10;
  p.following.yield = p.refining.yield = 1000;
  p.over = 0.05;
  p.basin = {.same_distance = 0.01, .same_energy = 0.01, .twin_distance = 0.02, .twin_energy = 0.02, .doubt_force = 1e-4};
  return p;
}

}  // namespace

TEST_CASE("on the surface of Müller and Brown both saddles are found and no other, with the minima on their sides") {
  const std::array<Eigen::Vector2d, 3> minima{Eigen::Vector2d(-0.558224, 1.441726), {0.623499, 0.028038}, {-0.050011, 0.466694}};
  MullerBrown surface;
  std::set<int> found;
  int searches = 0, ended = 0;
  for (const auto& minimum : minima) {
    Vector gradient;
    const double energy = surface.evaluate(minimum, gradient);
    REQUIRE(gradient.norm() < 0.01);
    for (int k = 0; k < 12; ++k) {
      const double angle = 2 * std::numbers::pi * (k + 0.3) / 12;
      const auto r = search(surface, minimum, energy, Vector(Eigen::Vector2d(std::cos(angle), std::sin(angle)) * 0.05),
                            PlainWayOut{{.step = 0.05, .relaxing = 2, .max_step = 0.05, .threshold = -10, .steep = 1e9}},
                            muller_brown_params(), RandomStream(1, static_cast<std::uint64_t>(k)));
      ++searches;
      if (r.end != SearchEnd::saddle) continue;
      ++ended;
      const bool first = (r.saddle.x - Vector(Eigen::Vector2d(-0.822, 0.624))).norm() < 2e-3;
      const bool second = (r.saddle.x - Vector(Eigen::Vector2d(0.212, 0.293))).norm() < 2e-3;
      CHECK((first || second));
      CHECK(r.saddle.energy == doctest::Approx(first ? -40.665 : -72.249).epsilon(2e-5));
      CHECK(r.barrier == doctest::Approx(r.saddle.energy - energy));
      CHECK(r.lowest.value < 0);
      CHECK(r.second.value > 0);
      found.insert(first ? 1 : 2);
      for (const auto& side : *r.sides) {  // each ends in one of the minima
        double nearest = 1;
        for (const auto& m : minima) nearest = std::min(nearest, (side.x - Vector(m)).norm());
        CHECK(nearest < 1e-3);
        CHECK(side.converged);
      }
    }
  }
  CHECK(found.size() == 2);
  CHECK(ended >= searches / 2);
}

TEST_CASE_TEMPLATE("of a periodic landscape in three dimensions all six ways over are found and none invented, by each method",
                   Method, SearchParams<>, ByLobpcg, ByDimer, ByConjugateSteps, ByFireSteps) {
  Egg surface;
  const Vector minimum = Vector::Zero(3);
  Vector gradient;
  const double energy = surface.evaluate(minimum, gradient);
  Method p;
  p.across = of_stiffness(p.across, 1), p.tight_force = 1e-6;
  p.following.min_stiffness = p.refining.min_stiffness = 0.1;
  p.basin = {.same_distance = 0.01, .same_energy = 1e-3, .twin_distance = 0.1, .twin_energy = 1e-3, .doubt_force = 1e-5};
  std::set<std::array<int, 3>> found;
  for (int k = 0; k < 40; ++k) {
    RandomStream random(3, static_cast<std::uint64_t>(k));
    const Vector push = 0.1 * random.unit_vector();
    const auto r = search(surface, minimum, energy, push, PlainWayOut{{.relaxing = 1, .steep = 1e9}}, p, random);
    if (r.end != SearchEnd::saddle) continue;
    std::array<int, 3> place{};
    for (std::size_t i = 0; i < 3; ++i) {
      const double turns = r.saddle.x[static_cast<Eigen::Index>(i)] / std::numbers::pi;
      place[i] = static_cast<int>(std::lround(turns));
      CHECK(std::abs(turns - place[i]) < 1e-5);
    }
    CHECK(std::abs(place[0] % 2) + std::abs(place[1] % 2) + std::abs(place[2] % 2) == 1);
    CHECK(r.barrier == doctest::Approx(2 + 4 * surface.c));
    if ((*r.sides)[0].connection == Connection::initial) {
      CHECK((*r.sides)[1].connection == Connection::no);
      CHECK((*r.sides)[1].distance == doctest::Approx(2 * std::numbers::pi).epsilon(1e-2));
      found.insert(place);
    }
  }
  CHECK(found.size() == 6);
}

TEST_CASE("a search that runs out of evaluations stops at once and says so; its cost is what was allowed") {
  Egg surface;
  Vector gradient;
  const double energy = surface.evaluate(Vector::Zero(3), gradient);
  SearchParams p;
  for (const int allowed : {1, 5, 20}) {
    p.limits.max_evaluations = allowed;
    const auto r = search(surface, Vector(Vector::Zero(3)), energy, Vector(Eigen::Vector3d(0.1, 0.02, 0)), PlainWayOut{}, p,
                          RandomStream(1));
    CHECK(r.end == SearchEnd::not_converged);
    CHECK(r.cost.total().total() == allowed);
  }
}

TEST_CASE("a push of no length or of another size is refused") {
  Egg surface;
  CHECK_THROWS_AS(
      (void)search(surface, Vector(Vector::Zero(3)), -3.6, Vector(Vector::Zero(3)), PlainWayOut{}, {}, RandomStream(1)), Error);
  CHECK_THROWS_AS(
      (void)search(surface, Vector(Vector::Zero(3)), -3.6, Vector(Vector::Ones(2)), PlainWayOut{}, {}, RandomStream(1)), Error);
}
