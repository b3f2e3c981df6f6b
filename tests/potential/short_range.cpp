#include "tarn/potential/short_range.hpp"

#include <doctest/doctest.h>

#include <Eigen/Geometry>
#include <numeric>

#include "support/potentials.hpp"
#include "support/samples.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {
double worst(const Matrix& a, const Matrix& b) { return (a - b).cwiseAbs().maxCoeff(); }

// A toy: no table, no batch evaluation, a density that depends on both species.
struct Toy {
  std::vector<std::string> elements() const { return {"P", "Q"}; }
  double pair_reach(int a, int b) const { return 4 + 0.3 * (a + b); }
  double density_reach(int, int) const { return 3.7; }
  double inner_reach() const { return 0.1; }
  template <int K>
  PairTerms<K> terms(int a, int b, double s) const {
    PairTerms<K> t;
    t.pair = power<K>(s, pair_reach(a, b), 0.002 * (1 + a + b));
    t.density_first = power<K>(s, 3.7, 0.01 * (1 + 2 * b));
    t.density_second = power<K>(s, 3.7, 0.01 * (1 + 2 * a));
    return t;
  }
  template <int K>
  Jet<K> embedding(int, double rho) const {
    return jet<K>(Quintic{0, -0.2, 0.03, 0.01, 0, 0}, rho);
  }
  template <int K>
  static Jet<K> power(double s, double reach, double c) {  // c (reach² − s)⁴
    Jet<K> out{};
    const double x = reach * reach - s;
    if (x <= 0) return out;
    double f = c * 300 / std::pow(reach, 8);
    for (int k = 0; k <= K; ++k) {
      out[static_cast<std::size_t>(k)] = f * std::pow(x, 4 - k);
      f *= -(4 - k);
    }
    return out;
  }
};
static_assert(PairFunctions<Toy>);
using ToyPotential = ShortRange<Toy>;

struct Eam : EamSplines<Double> {
  Eam() : EamSplines<Double>(Invented::setfl()) {}
};
struct Alloy : EamSplines<Double> {
  Alloy() : EamSplines<Double>(Invented::setfl(true)) {}
};
struct RawEam : EamSplines<Double> {
  RawEam() : EamSplines<Double>(Invented::setfl(), Conditioning{.raw = true}) {}
};
struct Mixture : LennardJones<Double> {
  Mixture()
      : LennardJones<Double>(
            LennardJonesFunctions({"P", "Q"}, {20, 33}, {{0.1, 2, 5}, {0.15, 1.8, 4}, {0.15, 1.8, 4}, {0.05, 1.9, 4.5}})) {}
};
struct ToyMade : ToyPotential {
  ToyMade() : ToyPotential(Toy{}) {}
};
}  // namespace

TEST_CASE_TEMPLATE("forces and virial are derivatives of the energy, in triclinic cells smaller than the cut-off too", P, Eam,
                   Alloy, RawEam, Mixture, ToyMade) {
  const P potential;
  for (int n : {1, 3, 12, 40}) {
    const Sample s = random_triclinic({"P", "Q"}, n, 15, 1.7, static_cast<unsigned>(n));
    const auto e = evaluate(s, potential);
    CHECK(worst(e.forces, force_by_differences(s, potential, 1e-4)) < 2e-6);  // eV/Å
    CHECK(worst(e.virial_eV, virial_by_differences(s, potential, 1e-5)) < 2e-6 * (1 + e.virial_eV.norm()));
    CHECK(e.forces.rowwise().sum().norm() < 1e-11);
  }
}

TEST_CASE_TEMPLATE("energy and forces know nothing of origin, images, order and orientation", P, Eam, Alloy, RawEam, Mixture,
                   ToyMade) {
  const P potential;
  const Sample s = random_triclinic({"P", "Q"}, 24, 15, 1.7, 9);
  const auto e = evaluate(s, potential);

  Sample moved = s;
  moved.positions.colwise() += Vec3(3.3, -20.1, 0.7);
  for (Eigen::Index i = 0; i < s.size(); ++i)
    moved.positions.col(i) += s.cell.vectors * Vec3(static_cast<double>(i % 3), -static_cast<double>(i % 2), 1);
  auto other = evaluate(moved, potential);
  CHECK(other.energy_eV == doctest::Approx(e.energy_eV).epsilon(1e-12));
  CHECK(worst(other.forces, e.forces) < 1e-10);
  CHECK(worst(other.virial_eV, e.virial_eV) < 1e-10);

  const Mat3 turn = Eigen::AngleAxisd(0.7, Vec3(1, 2, -1).normalized()).toRotationMatrix();
  Sample turned = s;
  turned.cell.vectors = turn * s.cell.vectors;
  turned.positions = turn * s.positions;
  other = evaluate(turned, potential);
  CHECK(other.energy_eV == doctest::Approx(e.energy_eV).epsilon(1e-12));
  CHECK(worst(other.forces, turn * e.forces) < 1e-10);
  CHECK(worst(other.virial_eV, turn * e.virial_eV * turn.transpose()) < 1e-10);

  Sample permuted = s;
  const auto n = s.size();
  for (Eigen::Index i = 0; i < n; ++i) {
    permuted.positions.col(i) = s.positions.col((7 * i + 5) % n);
    permuted.species[static_cast<std::size_t>(i)] = s.species[static_cast<std::size_t>((7 * i + 5) % n)];
  }
  other = evaluate(permuted, potential);
  CHECK(other.energy_eV == doctest::Approx(e.energy_eV).epsilon(1e-12));
  for (Eigen::Index i = 0; i < n; ++i) CHECK(worst(other.forces.col(i), e.forces.col((7 * i + 5) % n)) < 1e-10);

  Sample twice = s;  // two cells along b
  twice.cell.vectors.col(1) *= 2;
  twice.positions.resize(3, 2 * n);
  twice.positions << s.positions, s.positions.colwise() + s.cell.vectors.col(1);
  twice.species.insert(twice.species.end(), s.species.begin(), s.species.end());
  twice.ids.resize(static_cast<std::size_t>(2 * n));
  std::iota(twice.ids.begin(), twice.ids.end(), 1);
  twice.masses.resize(0);
  other = evaluate(twice, potential);
  CHECK(other.energy_eV == doctest::Approx(2 * e.energy_eV).epsilon(1e-12));
  CHECK(worst(other.forces.rightCols(n), e.forces) < 1e-10);
}

TEST_CASE("the energy is that of the analytic functions behind the table, cross densities in their places") {
  for (bool alloy : {false, true})
    for (int n : {2, 30}) {
      const Sample s = random_triclinic({"P", "Q"}, n, 15, 1.7, 21);
      const double want = Invented::energy(s, alloy);
      CHECK(evaluate(s, EamSplines<Double>(Invented::setfl(alloy))).energy_eV == doctest::Approx(want).epsilon(1e-8));
      CHECK(evaluate(s, EamSplines<Double>(Invented::setfl(alloy), Conditioning{.raw = true})).energy_eV ==
            doctest::Approx(want).epsilon(1e-8));
      Sample exchanged = s;  // elements in another order than the table's
      exchanged.elements = {"Q", "P"};
      for (int& a : exchanged.species) a = 1 - a;
      CHECK(evaluate(exchanged, EamSplines<Double>(Invented::setfl(alloy))).energy_eV == doctest::Approx(want).epsilon(1e-8));
    }
}

TEST_CASE("a sample so dense that the kernel's runs fill up many times: against a plain double sum of the same functions") {
  const Eam potential;
  const auto& f = potential.functions();
  const Sample s = random_triclinic({"P", "Q"}, 100, 2, 0.75, 17);
  double want = 0;
  std::size_t pairs = 0;
  for (Eigen::Index i = 0; i < s.size(); ++i) {
    double density = 0;
    const int a = s.species[static_cast<std::size_t>(i)];
    for (Eigen::Index j = 0; j < s.size(); ++j)
      for (int x = -2; x <= 2; ++x)
        for (int y = -2; y <= 2; ++y)
          for (int z = -2; z <= 2; ++z) {
            const double r2 = (s.positions.col(j) - s.positions.col(i) + s.cell.vectors * Vec3(x, y, z)).squaredNorm();
            if (r2 == 0 || r2 > 5.2 * 5.2) continue;
            const auto t = f.terms<0>(a, s.species[static_cast<std::size_t>(j)], r2);
            want += 0.5 * t.pair[0];
            density += t.density_first[0];
            ++pairs;
          }
    want += f.embedding<0>(a, density)[0];
  }
  CHECK(pairs > 16 * 1024);
  const auto e = evaluate(s, potential);
  CHECK(e.energy_eV == doctest::Approx(want).epsilon(1e-12));
  CHECK(worst(e.forces, force_by_differences(s, potential, 1e-5)) < 1e-7 * (1 + e.max_force()));
}

TEST_CASE("precisions agree to their digits") {
  const Sample s = random_triclinic({"P", "Q"}, 60, 15, 1.7, 4);
  const auto exact = evaluate(s, EamSplines<Double>(Invented::setfl()));
  const auto mixed = evaluate(s, EamSplines<Mixed>(Invented::setfl()));
  const auto single = evaluate(s, EamSplines<Single>(Invented::setfl()));
  CHECK(worst(mixed.forces, exact.forces) < 1e-5);
  CHECK(worst(mixed.forces, exact.forces) > 0);
  CHECK(worst(single.forces, exact.forces) < 5e-5);
  CHECK(mixed.energy_eV == doctest::Approx(exact.energy_eV).epsilon(1e-7));
  CHECK(single.energy_eV == doctest::Approx(exact.energy_eV).epsilon(1e-6));
  CHECK(worst(evaluate(s, LennardJones<Mixed>(LennardJonesFunctions(
                              {"P", "Q"}, {1, 1}, {{0.1, 2, 5}, {0.15, 1.8, 4}, {0.15, 1.8, 4}, {0.05, 1.9, 4.5}})))
                  .forces,
              evaluate(s, Mixture()).forces) < 1e-4);
}

TEST_CASE("any number of threads gives the same bits") {
  const Sample s = random_triclinic({"P", "Q"}, 3300, 15, 1.0, 8);
  const Setfl table = Invented::setfl();
  const auto one = evaluate(s, EamSplines<Double>(table));
  for (int threads : {1, 2, 3, 7}) {
    const auto many = evaluate(s, EamSplines<Double, OpenMP>(table, {}, OpenMP(threads)));
    CHECK(many.energy_eV == one.energy_eV);
    CHECK(many.forces == one.forces);
    CHECK(many.virial_eV == one.virial_eV);
  }
}

TEST_CASE("a workspace serves many configurations: as good as a new one") {
  Sample s = random_triclinic({"P", "Q"}, 50, 15, 1.7, 6);
  const Eam potential;
  auto workspace = potential.workspace(s);
  for (int t = 0; t < 30; ++t) {
    s.positions.col(t % 50) += Vec3(0.1, -0.2, 0.15);
    if (t % 4 == 0) s = strained(s, Mat3::Identity() * 0.01);
    REQUIRE(worst(potential.evaluate(s, workspace).forces, evaluate(s, potential).forces) < 1e-10);
  }
  CHECK(workspace.builds() < 25);
}

TEST_CASE_TEMPLATE("with frozen atoms energy and forces on what moves are those of the whole", P, Eam, Alloy, RawEam, Mixture,
                   ToyMade) {
  const P potential;
  for (const int n : {1, 2, 9, 60, 2500}) {  // cells smaller than the cut-off, several blocks
    Sample s = random_triclinic({"P", "Q"}, n, 15, 1.7, static_cast<unsigned>(n));
    std::vector<char> mobile(static_cast<std::size_t>(n), 0);
    for (std::size_t i = 0; i<mobile.size(); i += n> 100 ? 40 : 3) mobile[i] = 1;
    auto whole = potential.workspace(s), part = potential.workspace(s, potential.freeze(s, mobile));
    for (int t = 0; t < 3; ++t) {
      const Evaluation all = potential.evaluate(s, whole), some = potential.evaluate(s, part);
      CHECK(some.energy_eV == doctest::Approx(all.energy_eV).epsilon(1e-12));
      CHECK(!std::isfinite(some.virial_eV.sum()));
      for (Eigen::Index i = 0; i < n; ++i) {
        if (mobile[static_cast<std::size_t>(i)]) {
          REQUIRE((some.forces.col(i) - all.forces.col(i)).norm() < 1e-10 * (1 + all.forces.col(i).norm()));
          s.positions.col(i) += 0.15 * Vectors::Random(3, 1);  // beyond the skin after some
        } else {
          REQUIRE(some.forces.col(i).isZero(0));
        }
      }
    }
    CHECK_THROWS_WITH_AS((void)potential.freeze(s, std::vector<char>(static_cast<std::size_t>(n) + 1)),
                         doctest::Contains("are said to move or not"), Error);
  }
  const Sample other = random_triclinic({"P", "Q"}, 4, 15, 1.7, 1), s = random_triclinic({"P", "Q"}, 3, 15, 1.7, 1);
  auto workspace = potential.workspace(s, potential.freeze(s, {1, 0, 1}));
  CHECK_THROWS_WITH_AS((void)potential.evaluate(other, workspace), doctest::Contains("freeze them in this one"), Error);
}

TEST_CASE("one atom, two atoms, and nothing near") {
  Sample s;
  s.cell = cubic(1000);
  s.elements = {"P", "Q"};
  s.species = {0};
  s.ids = {1};
  s.positions = Vec3(1, 2, 3);
  const Eam potential;
  CHECK(std::abs(evaluate(s, potential).energy_eV) < 1e-9);
  CHECK(evaluate(s, potential).max_force() == 0);
  s.species = {0, 1};
  s.ids = {1, 2};
  s.positions.resize(3, 2);
  s.positions << 999, 1, 5, 5, 5, 5;  // 2 Å apart, across the border
  const auto e = evaluate(s, potential);
  CHECK(e.energy_eV == doctest::Approx(Invented::phi(0, 1, 2) + Invented::embedding(0, Invented::density(1, 0, 2)) +
                                       Invented::embedding(1, Invented::density(0, 1, 2)))
                           .epsilon(1e-7));
  CHECK(e.forces(0, 0) == doctest::Approx(-e.forces(0, 1)));
}

TEST_CASE("what cannot be computed is said") {
  Sample s = random_triclinic({"P", "Q"}, 4, 15, 1.7, 2);
  const Eam potential;
  Sample wrong = s;
  wrong.elements = {"P", "Xx"};
  CHECK_THROWS_WITH_AS(static_cast<void>(evaluate(wrong, potential)),
                       doctest::Contains("the potential has no element Xx: it knows P, Q"), Error);
  wrong = s;
  wrong.positions.col(1) = wrong.positions.col(0) + Vec3(1e-9, 0, 0);
  CHECK_THROWS_WITH_AS(static_cast<void>(evaluate(wrong, potential)), doctest::Contains("atoms 100 and 107 are"), Error);
  wrong = s;
  wrong.positions(0, 0) = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(static_cast<void>(evaluate(wrong, potential)), "atom 100 has a position that is not a number", Error);
  wrong = s;
  wrong.ids.pop_back();
  CHECK_THROWS_AS(static_cast<void>(evaluate(wrong, potential)), Error);
  auto workspace = potential.workspace(s);
  wrong = s;
  for (const std::vector<std::string>& elements : {std::vector<std::string>{"P", "Q", "R"}, {"Q", "P"}, {"P", "Xx"}}) {
    wrong.elements = elements;
    CHECK_THROWS_WITH_AS(static_cast<void>(potential.evaluate(wrong, workspace)),
                         doctest::Contains("the workspace was made for a sample with other elements"), Error);
  }
}
