// Every parallel kernel on plain threads: the same bits as on one, and nothing that ThreadSanitizer, under which this file is built, would report.

#include "threads/executor.hpp"

#include <doctest/doctest.h>

#include "support/samples.hpp"
#include "tarn/potential/eam.hpp"
#include "tarn/potential/lennard_jones.hpp"
#include "tarn/relax/minimise.hpp"
#include "tarn/vibration/assembled_hessian.hpp"
#include "tarn/vibration/hessian.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {

// large enough for several tasks in every loop
const Sample& glass() {
  static const Sample sample = random_triclinic({"P", "Q"}, 2600, 15, 1.0, 8);
  return sample;
}

const Setfl& table() {
  static const Setfl table = Invented::setfl();
  return table;
}

LennardJonesFunctions mixture() {
  return {{"P", "Q"}, {20, 33}, {{0.1, 2, 5}, {0.15, 1.8, 4}, {0.15, 1.8, 4}, {0.05, 1.9, 4.5}}};
}

template <class One, class Many>
void check_evaluate(const One& one, const Many& many) {
  Sample s = glass();
  auto a = one.workspace(s);
  auto b = many.workspace(s);
  for (int step = 0; step < 4; ++step) {  // the list built, kept, built again, kept
    const Evaluation want = one.evaluate(s, a), got = many.evaluate(s, b);
    CHECK(got.energy_eV == want.energy_eV);
    CHECK(got.forces == want.forces);
    CHECK(got.virial_eV == want.virial_eV);
    s.positions.array() += 0.2;
  }
  CHECK(b.list().blocks.size() > 1);
  CHECK(b.builds() == 2);
}

template <class P>
void check_hessian(const P& one, const Threads& threads) {
  const Hessian want(glass(), one);
  const Hessian got(glass(), one, threads);
  REQUIRE(got.factors().blocks().size() > 2);
  const Matrix v = Matrix::Random(want.rows(), 25);  // sixteen, eight and one
  const Matrix product = want * v;
  CHECK(got * v == product);
  const BlockSparse a = assemble(want), b = assemble(got);
  CHECK(a.column == b.column);
  CHECK(a.block == b.block);
  // the factors of another configuration, with the neighbours kept and with new ones
  Hessian first(glass(), one, Serial{}, 0.6), second(glass(), one, threads, 0.6);
  Sample moved = glass();
  for (const double step : {0.05, 0.5}) {
    moved.positions.row(0).array() += step * moved.positions.row(1).array().sin();
    first.update(moved, one);
    second.update(moved, one);
    CHECK(second * Vector(v.col(0)) == first * Vector(v.col(0)));
  }
  // products from several threads at once
  std::vector<Vector> columns(4);
  threads.for_each(columns.size(), [&](std::size_t k) { columns[k] = want * Vector(v.col(static_cast<Eigen::Index>(k))); });
  for (std::size_t k = 0; k < columns.size(); ++k) CHECK(columns[k] == want * Vector(v.col(static_cast<Eigen::Index>(k))));
}

}  // namespace

TEST_CASE("the executor runs each task once, and hands on what one throws") {
  std::vector<int> runs(1000, 0);
  Threads(3).for_each(runs.size(), [&](std::size_t i) { ++runs[i]; });
  CHECK(runs == std::vector<int>(1000, 1));
  CHECK_THROWS_WITH_AS(Threads(3).for_each(5,
                                           [](std::size_t i) {
                                             if (i == 3) throw Error("task ", i);
                                           }),
                       "task 3", Error);
}

TEST_CASE("neighbour list, energy, forces and virial") {
  check_evaluate(EamSplines<Double>(table()), EamSplines<Double, Threads>(table(), {}, Threads(4)));
  check_evaluate(EamSplines<Mixed>(table()), EamSplines<Mixed, Threads>(table(), {}, Threads(3)));
  check_evaluate(LennardJones<Double>(mixture()), LennardJones<Double, Threads>(mixture(), Threads(4)));
}

TEST_CASE("one potential evaluated by several threads, each with its own workspace") {
  const EamSplines<Double> potential(table());
  const Evaluation want = evaluate(glass(), potential);
  std::vector<Evaluation> got(4);
  Threads(4).for_each(got.size(), [&](std::size_t k) { got[k] = evaluate(glass(), potential); });
  for (const Evaluation& e : got) CHECK(e.forces == want.forces);
}

TEST_CASE("atoms that are too close are told from a task") {
  Sample s = glass();
  s.positions.col(1) = s.positions.col(0) + Vec3(0.01, 0, 0);
  const EamSplines<Double, Threads> potential(table(), {}, Threads(4));
  CHECK_THROWS_WITH_AS((void)evaluate(s, potential), doctest::Contains("closer than the potential is known"), Error);
}

TEST_CASE("Hessian: factors, products, assembled") {
  check_hessian(EamSplines<Double>(table()), Threads(4));
  check_hessian(LennardJones<Double>(mixture()), Threads(3));
}
TEST_CASE("Hessian: dense") {
  const Sample s = random_triclinic({"P", "Q"}, 150, 15, 1.7, 9);
  const EamSplines<Double> potential(table());
  CHECK(dense(Hessian(s, potential, Threads(4))) == dense_hessian(s, potential));
}

TEST_CASE("a few steps of a minimiser") {
  const auto relaxed = [](const auto& potential) {
    return minimise(glass(), potential, DefaultMinimiser{}, {.max_evaluations = 10});
  };
  CHECK(relaxed(EamSplines<Double, Threads>(table(), {}, Threads(4))).sample.positions ==
        relaxed(EamSplines<Double>(table())).sample.positions);
}
