// Searches around atoms: a vacancy whose barrier a constrained scan gives too, a glass, what must not change what is found, and what is refused.

#include "tarn/landscape/atom_activation.hpp"

#include <doctest/doctest.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <vector>

#include "support/data.hpp"
#include "support/potentials.hpp"
#include "support/solvers.hpp"
#include "tarn/atoms/lattice.hpp"
#include "tarn/io/sample.hpp"
#include "tarn/relax/minimise.hpp"
#include "tarn/vibration/hessian.hpp"

namespace {

using namespace tarn;
using namespace tarn::testing;
using Eam = EamSplines<Double>;

const Eam& smooth() {
  static const Eam potential(read_setfl(data("CuZr_smooth.eam.fs")), Conditioning{.raw = true});
  return potential;
}
const Sample& glass() {
  static const Sample sample =
      minimise(read_sample(data("cuzr256_minimum.data"), {"Cu", "Zr"}), smooth(), Lbfgs{}, Stop{1e-7}).sample;
  return sample;
}

// Without the random stir, so that a search turns with the sample.
AtomSearchParams<> plainly() {
  AtomSearchParams p;
  p.search.finder.stir = 0;
  return p;
}

Vector push_of(Eigen::Index atoms, Eigen::Index atom, const Vec3& direction) {
  Vector push = Vector::Zero(3 * atoms);
  push.segment<3>(3 * atom) = 0.1 * direction.normalized();
  return push;
}

// The first search of the glass that finds a saddle of its own, and its push.
struct Known {
  Eigen::Index atom = -1;
  Vec3 direction = Vec3::Zero();
  AtomActivation found;
};
const Known& known() {
  static const Known one = [] {
    AtomSearcher<Eam> searcher(glass(), smooth(), plainly());
    for (Eigen::Index atom = 3; atom < 250; atom += 7) {
      const Vec3 direction = RandomStream(11, static_cast<std::uint64_t>(atom)).unit_vector();
      auto found = searcher.find(atom, push_of(glass().size(), atom, direction), RandomStream(1));
      if (found.found() && found.own && found.connected == Connection::initial) return Known{atom, direction, std::move(found)};
    }
    throw std::runtime_error("no search of the glass found a saddle of its own");
  }();
  return one;
}

}  // namespace

TEST_CASE("a vacancy in copper: the same barrier in all twelve directions, that of a constrained scan") {
  Sample crystal = supercell(fcc(3.639094523557), 3, "Cu");
  const Vec3 hole = crystal.positions.col(0);
  Sample start = crystal;
  start.positions = crystal.positions.rightCols(107);
  start.species.pop_back(), start.ids.pop_back();
  const Relaxation relaxed = minimise(start, smooth(), Lbfgs{}, Stop{1e-7});
  REQUIRE(relaxed.converged());
  const Sample& sample = relaxed.sample;

  AtomSearcher<Eam> searcher(sample, smooth());
  std::vector<double> barriers;
  std::optional<Eigen::Index> jumper;
  Vec3 way = Vec3::Zero();
  for (Eigen::Index i = 0; i < sample.size(); ++i) {
    Vec3 d = sample.cell.vectors.inverse() * (hole - start.positions.col(i));
    d -= d.array().round().matrix().eval();
    d = sample.cell.vectors * d;
    if (d.norm() > 2.6) continue;
    const auto r = searcher.find(i, push_of(sample.size(), i, d), RandomStream(1, static_cast<std::uint64_t>(i)));
    CAPTURE(r.detail);
    CHECK(r.found());
    CHECK(r.own);
    CHECK(r.connected == Connection::initial);
    CHECK(r.side_energy[1] == doctest::Approx(0).epsilon(1e-4).scale(1));  // the same vacancy, one place further
    CHECK(r.reverse_barrier() == doctest::Approx(r.barrier).epsilon(1e-4));
    barriers.push_back(r.barrier);
    jumper = i, way = d;
  }
  REQUIRE(barriers.size() == 12);
  for (const double b : barriers) CHECK(b == doctest::Approx(barriers[0]).epsilon(1e-5));

  // The jumping atom held at a share of its way, the rest relaxed.
  struct Held {
    SampleObjective<Eam> all;
    Eigen::Index atom;
    double evaluate(const Vector& x, Vector& gradient) {
      const double energy = all.evaluate(x, gradient);
      gradient.segment<3>(3 * atom).setZero();
      return energy;
    }
  };
  const auto energy_at = [&](double share) {
    Sample s = sample;
    s.positions.col(*jumper) = start.positions.col(*jumper) + share * way;
    Held held{SampleObjective<Eam>(s, smooth()), *jumper};
    return minimise(held, Vector(flat(s.positions)), Lbfgs{}, Stop{1e-5}).point.energy - relaxed.last.energy_eV;
  };
  CHECK(energy_at(0.5) == doctest::Approx(barriers[0]).epsilon(1e-4));
  CHECK(energy_at(0.45) < barriers[0]);
  CHECK(energy_at(0.55) < barriers[0]);
}

TEST_CASE("a saddle of a glass is one of first order by its dense Hessian, with the eigenvalues within their residuals") {
  const auto& r = known().found;
  Sample at = glass();
  at.positions = r.saddle;
  const Evaluation here = evaluate(at, smooth());
  CHECK(here.max_force() < 1e-3);
  CHECK(r.max_force == doctest::Approx(here.max_force()).epsilon(1e-6));
  CHECK(r.barrier == doctest::Approx(here.energy_eV - evaluate(glass(), smooth()).energy_eV).epsilon(1e-8));
  const Hessian hessian(at, smooth());
  const Vector values = solve_dense(hessian * Matrix(Matrix::Identity(hessian.rows(), hessian.rows()))).values;
  CHECK(values[0] < -1e-4);
  CHECK((values.array() < -1e-6).count() == 1);
  CHECK(std::abs(r.lowest.value - values[0]) <= r.lowest.residual);
  CHECK(r.second.value > 0);
  CHECK((values.array() - r.second.value).abs().minCoeff() <= r.second.residual);
  CHECK(r.centre_moved > 0.1);
  CHECK(r.atoms_moved > 0);
  CHECK(r.jump_participation > 0);
  CHECK(r.jump_participation <= 1);
  CHECK(r.loose_barrier.has_value());
}

TEST_CASE("a search gives the same bits whatever was searched before") {
  const auto same = [](const AtomActivation& a, const AtomActivation& b) {
    return a.end == b.end && a.barrier == b.barrier && a.saddle == b.saddle && a.cost.total().total() == b.cost.total().total() &&
           a.side_energy == b.side_energy && a.loose_barrier == b.loose_barrier;
  };
  AtomSearchParams params;
  params.search.limits.max_evaluations = 600;
  AtomSearcher<Eam> one(glass(), smooth(), params), other(glass(), smooth(), params);
  const auto alone = one.find(31, RandomStream(5, 31, 0));
  (void)other.find(200, RandomStream(5, 200, 0));
  (void)other.find(17, RandomStream(5, 17, 3));
  CHECK(same(other.find(31, RandomStream(5, 31, 0)), alone));
  CHECK(!same(other.find(31, RandomStream(5, 31, 1)), alone));
}

TEST_CASE("the barrier does not depend on the orientation of the sample, on images or on the order of its atoms") {
  const auto& first = known();
  const Mat3 turn = Eigen::AngleAxisd(0.7, Vec3(1, 2, -1).normalized()).toRotationMatrix();
  Sample turned = glass();
  turned.cell.vectors = turn * turned.cell.vectors;
  turned.cell.origin = turn * turned.cell.origin;
  turned.positions = turn * turned.positions;

  Sample moved = glass();
  for (Eigen::Index i = 0; i < moved.size(); i += 3) moved.positions.col(i) += moved.cell.vectors * Vec3(1, -2, 3);

  Sample reversed = glass();
  reversed.positions = glass().positions.rowwise().reverse();
  std::reverse(reversed.species.begin(), reversed.species.end());

  struct Case {
    const char* name;
    const Sample& sample;
    Eigen::Index atom;
    Vec3 direction;
  };
  for (const Case& c :
       {Case{"turned", turned, first.atom, turn * first.direction}, Case{"images", moved, first.atom, first.direction},
        Case{"reversed", reversed, glass().size() - 1 - first.atom, first.direction}}) {
    CAPTURE(c.name);
    AtomSearcher<Eam> searcher(c.sample, smooth(), plainly());
    const auto r = searcher.find(c.atom, push_of(c.sample.size(), c.atom, c.direction), RandomStream(1));
    CHECK(r.found());
    CHECK(r.barrier == doctest::Approx(first.found.barrier).epsilon(1e-4));
    CHECK(r.own == first.found.own);
  }
}

TEST_CASE("twice the box: the barrier changes by no more than the images do to each other") {
  const auto& first = known();
  const Sample& one = glass();
  const Eigen::Index n = one.size();
  Sample two = one;
  two.cell.vectors.col(0) *= 2;
  two.positions.resize(3, 2 * n);
  two.positions << one.positions, one.positions.colwise() + one.cell.vectors.col(0);
  two.species.insert(two.species.end(), one.species.begin(), one.species.end());
  two.masses.resize(0);
  two.ids.resize(static_cast<std::size_t>(2 * n));
  std::iota(two.ids.begin(), two.ids.end(), 1);
  // from where the small box has its saddle, so that it is the same event that is compared
  AtomSurface<Eam> surface(two, smooth());
  Vector gradient(6 * n);
  const double energy = surface.evaluate(surface.start(), gradient);
  Vector push = Vector::Zero(6 * n);
  push.head(3 * n) = flat(first.found.saddle) - flat(one.positions);
  const auto r = search(surface, surface.start(), energy, push, PlainWayOut{{.relaxing = 0, .look{.max_products = 40}}},
                        SearchParams{}, RandomStream(1));
  CAPTURE(r.detail);
  CHECK(r.end == SearchEnd::saddle);
  CHECK(std::abs(r.barrier - first.found.barrier) < 0.1);
}

TEST_CASE("what is no minimum, no atom or no sensible parameter is refused in words") {
  const Sample shaken = [] {
    Sample s = glass();
    s.positions(0, 0) += 0.05;
    return s;
  }();
  CHECK_THROWS_WITH_AS((AtomSearcher<Eam>(shaken, smooth())), doctest::Contains("minimise it first"), Error);
  for (const auto& spoil : std::vector<std::function<void(AtomSearchParams<>&)>>{
           [](AtomSearchParams<>& p) { p.push = 0; },
           [](AtomSearchParams<>& p) { p.push = std::numeric_limits<double>::quiet_NaN(); },
           [](AtomSearchParams<>& p) { p.push_radius = -1; }, [](AtomSearchParams<>& p) { p.search.tight_force = 0; },
           [](AtomSearchParams<>& p) { p.search.limits.max_evaluations = 0; }}) {
    AtomSearchParams p;
    spoil(p);
    CHECK_THROWS_AS((AtomSearcher<Eam>(glass(), smooth(), p)), Error);
  }
  AtomSearcher<Eam> searcher(glass(), smooth());
  CHECK_THROWS_AS((void)searcher.find(256, RandomStream(1)), Error);
  CHECK_THROWS_AS((void)searcher.find(-1, RandomStream(1)), Error);
  CHECK_THROWS_AS((void)searcher.find(0, Vector(Vector::Zero(3)), RandomStream(1)), Error);
}
