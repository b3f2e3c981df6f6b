#include "tarn/relax/minimise.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "relax/toy.hpp"
#include "tarn/atoms/lattice.hpp"
#include "tarn/relax/conjugate_gradient.hpp"
#include "tarn/relax/fire.hpp"

namespace {

using namespace tarn;
using namespace tarn::testing;

Sample crystal() { return supercell(fcc(3.6), {3, 3, 2}, {"X"}); }

/// The largest difference of two samples once the mean displacement is taken out.
double difference(const Sample& a, const Sample& b) {
  Vectors d = a.positions - b.positions;
  d.colwise() -= Vec3(d.rowwise().mean());
  return d.colwise().norm().maxCoeff();
}

struct Counted : Toy {
  int* count;
  explicit Counted(int* c) : count(c) {}
  [[nodiscard]] Evaluation evaluate(const Sample& sample, Workspace& workspace) const {
    ++*count;
    return Toy::evaluate(sample, workspace);
  }
};

}  // namespace

TEST_CASE("the toy's forces are the gradient of its energy") {
  const auto sample = rattled(crystal(), 0.2, RandomStream(1));
  const auto there = evaluate(sample, Toy{});
  for (const auto& [atom, k] : {std::pair{0, 0}, {5, 1}, {40, 2}}) {
    auto moved = sample;
    moved.positions(k, atom) += 1e-4;
    const double up = evaluate(moved, Toy{}).energy_eV;
    moved.positions(k, atom) -= 2e-4;
    CHECK((evaluate(moved, Toy{}).energy_eV - up) / 2e-4 == doctest::Approx(there.forces(k, atom)).epsilon(1e-6));
  }
}

TEST_CASE_TEMPLATE("a rattled crystal goes back to its sites", M, Fire, ConjugateGradient, Lbfgs) {
  const auto perfect = crystal();
  int count = 0;
  const auto result = minimise(rattled(perfect, 0.15, RandomStream(2)), Counted(&count), M{}, Stop{.max_force = 1e-10});
  CHECK(result.converged());
  CHECK(result.evaluations == count);
  CHECK(result.max_force < 1e-10);
  CHECK(result.max_force == result.last.max_force());
  CHECK(difference(result.sample, perfect) < 1e-9);
  const auto again = evaluate(result.sample, Toy{});
  CHECK(again.energy_eV == result.last.energy_eV);
  CHECK(again.forces == result.last.forces);
  CHECK(again.virial_eV == result.last.virial_eV);
  CHECK(again.energy_eV == doctest::Approx(evaluate(perfect, Toy{}).energy_eV).epsilon(1e-13));
  CHECK(result.sample.ids == perfect.ids);
  CHECK(result.sample.species == perfect.species);
  CHECK(result.sample.cell.vectors == perfect.cell.vectors);
}

TEST_CASE("order and place of the atoms do not matter") {
  // a vacancy, so that the atoms do move
  auto sample = crystal();
  sample.positions = Vectors(sample.positions.rightCols(sample.size() - 1));
  sample.species.pop_back();
  sample.ids.pop_back();
  sample = rattled(sample, 0.1, RandomStream(3));
  const auto n = static_cast<std::size_t>(sample.size());
  const auto plain = minimise(sample, Toy{}, Lbfgs{}, Stop{.max_force = 1e-9});
  REQUIRE(plain.converged());

  std::vector<Eigen::Index> order(n);
  std::iota(order.begin(), order.end(), 0);
  RandomStream(4).shuffle(order);
  auto permuted = sample;
  for (std::size_t i = 0; i < n; ++i) permuted.positions.col(static_cast<Eigen::Index>(i)) = sample.positions.col(order[i]);
  auto result = minimise(permuted, Toy{}, Lbfgs{}, Stop{.max_force = 1e-9});
  auto back = result.sample;
  for (std::size_t i = 0; i < n; ++i) back.positions.col(order[i]) = result.sample.positions.col(static_cast<Eigen::Index>(i));
  CHECK(result.last.energy_eV == doctest::Approx(plain.last.energy_eV).epsilon(1e-12));
  CHECK(difference(back, plain.sample) < 1e-7);

  auto moved = sample;
  moved.positions.colwise() += Vec3(3.1, -20.2, 0.7);
  moved.positions.col(7) += sample.cell.vectors * Vec3(1, -2, 0);
  result = minimise(moved, Toy{}, Lbfgs{}, Stop{.max_force = 1e-9});
  back = result.sample;
  back.positions.col(7) -= sample.cell.vectors * Vec3(1, -2, 0);
  CHECK(result.last.energy_eV == doctest::Approx(plain.last.energy_eV).epsilon(1e-12));
  CHECK(difference(back, plain.sample) < 1e-7);
}

TEST_CASE_TEMPLATE("the forces of a relaxed sample are where a displacement would cost energy", M, Fire, ConjugateGradient,
                   Lbfgs) {
  const auto result = minimise(rattled(crystal(), 0.3, RandomStream(5)), Toy{}, M{}, Stop{.max_force = 1e-9});
  REQUIRE(result.converged());
  RandomStream stream(6);
  for (int i = 0; i < 5; ++i) {
    auto moved = result.sample;
    for (double& x : flat(moved.positions)) x += 1e-3 * stream.normal();
    CHECK(evaluate(moved, Toy{}).energy_eV > result.last.energy_eV + 1e-7);
  }
}

TEST_CASE_TEMPLATE("a minimisation cut short says so, and its evaluation belongs to its sample", M, Fire, ConjugateGradient,
                   Lbfgs) {
  for (const int limit : {1, 2, 3, 4, 5, 6}) {
    int count = 0;
    const auto result = minimise(rattled(crystal(), 0.3, RandomStream(5)), Counted(&count), M{}, Stop{.max_evaluations = limit});
    CHECK(result.outcome == Outcome::evaluations);
    CHECK(result.evaluations == count);
    CHECK(count >= limit);
    CHECK(count <= limit + 1);
    CHECK(evaluate(result.sample, Toy{}).energy_eV == result.last.energy_eV);
  }
}

TEST_CASE("the same start gives the same end, bit for bit") {
  const auto start = rattled(crystal(), 0.3, RandomStream(5));
  const auto a = minimise(start, Toy{}), b = minimise(start, Toy{});
  CHECK(a.sample.positions == b.sample.positions);
  CHECK(a.evaluations == b.evaluations);
}

TEST_CASE("bad samples are refused, an observer can stop") {
  auto sample = crystal();
  CHECK_THROWS_AS((void)minimise(sample, Toy{}, Lbfgs{}, Stop{}, [](const Progress&) { return false; }), Cancelled);
  CHECK_THROWS_WITH((void)minimise(sample, Toy{}, Lbfgs{}, Stop{.max_force = 0}),
                    "the tolerance of the force is 0 eV/Å: it must be positive");
  sample.positions.col(1) = sample.positions.col(0);
  CHECK_THROWS_WITH((void)minimise(sample, Toy{}),
                    "evaluation 1 of the minimisation gave an energy or a force that is not a number: do two atoms coincide, or "
                    "have they flown apart?");
  sample.positions.resize(3, 0);
  CHECK_THROWS_WITH((void)minimise(sample, Toy{}), "the sample has no atoms");
}
