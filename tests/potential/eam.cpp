#include "tarn/potential/eam.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/potentials.hpp"
#include "support/samples.hpp"
#include "tarn/io/csv.hpp"
#include "tarn/io/lammps_data.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {
// Energies and pressures that LAMMPS gave, from tests/data/cuzr256.json.
struct Reference {
  const char* name;
  double energy_eV;
  double pressure_bar[6];  // xx yy zz xy xz yz
};
const Reference references[] = {
    {"cuzr256_minimum",
     -1241.2683574427435,
     {3952.9728252455493, 2078.6506245276637, -6035.118620960625, 6670.271324328388, -1327.3067560511245, 2787.0165865520657}},
    {"cuzr256_strained",
     -1223.5693957472124,
     {-2009.2709854547793, 8066.977939567032, 15271.928733292294, -12853.136930046749, 14869.258092672055, -9616.834863141943}},
};
}  // namespace

TEST_CASE("energy, forces and pressure of a glass and of its strained copy are LAMMPS's") {
  const Setfl table = read_setfl(std::filesystem::path(data("CuZr_smooth.eam.fs")));
  const EamSplines<Double> raw(table, Conditioning{.raw = true}), conditioned(table);
  for (const Reference& ref : references) {
    const Sample s = read_lammps_data(data(std::string(ref.name) + ".data"), {"Cu", "Zr"});
    const auto forces = read_csv(data(std::string(ref.name) + ".forces.csv"));
    const auto compare = [&](const auto& potential, double energy_tolerance, double tolerance, double pressure_tolerance) {
      const auto e = evaluate(s, potential);
      CHECK(std::abs(e.energy_eV - ref.energy_eV) < energy_tolerance);
      const Mat3 p = e.pressure_bar(s.cell);
      const double got[6] = {p(0, 0), p(1, 1), p(2, 2), p(0, 1), p(0, 2), p(1, 2)};
      for (int k = 0; k < 6; ++k) CHECK(std::abs(got[k] - ref.pressure_bar[k]) < pressure_tolerance);  // bar
      const auto ids = forces.numbers("id");
      std::map<std::int64_t, Eigen::Index> at;
      for (std::size_t i = 0; i < s.ids.size(); ++i) at[s.ids[i]] = static_cast<Eigen::Index>(i);
      double worst = 0;
      for (int k = 0; k < 3; ++k) {
        const auto f = forces.numbers(std::string("f") + "xyz"[k] + "_ev_per_a");
        for (Eigen::Index i = 0; i < static_cast<Eigen::Index>(f.size()); ++i)
          worst = std::max(worst, std::abs(e.forces(k, at.at(static_cast<std::int64_t>(ids[i]))) - f[i]));
      }
      CHECK(worst < tolerance);
    };
    compare(raw, 1e-6, 2e-7, 0.01);  // LAMMPS interpolates with cubics, here a quintic spline
    compare(conditioned, 1e-6, 1e-6, 0.02);
    compare(EamSplines<Mixed>(table), 1e-5, 1e-5, 0.1);
  }
}

TEST_CASE("derivatives of the functions of r² are derivatives, everywhere up to the ends") {
  const EamFunctions<double> f(Invented::setfl());
  const double h = 1e-5;
  for (int a = 0; a < 2; ++a)
    for (int b = 0; b < 2; ++b)
      for (double r = 0.8; r < 5.3; r += 0.0173) {
        const double s = r * r;
        const auto at = f.terms<3>(a, b, s), up = f.terms<3>(a, b, s + h), down = f.terms<3>(a, b, s - h);
        for (std::size_t k = 0; k < 3; ++k)  // the third derivative too: it is continuous
          for (const auto part : {&PairTerms<3>::pair, &PairTerms<3>::density_first, &PairTerms<3>::density_second}) {
            const double slope = ((up.*part)[k] - (down.*part)[k]) / (2 * h), size = std::abs((at.*part)[k + 1]);
            CHECK(std::abs(slope - (at.*part)[k + 1]) < 1e-4 * size + 3e-5);
          }
      }
}

TEST_CASE_TEMPLATE("what the kernel reads is what the functions are, at both sides of every point of the table too", Real, float,
                   double) {
  const Setfl table = Invented::setfl();
  const double step = table.radius_step_A, eps = std::numeric_limits<Real>::epsilon();
  for (const bool raw : {false, true}) {
    CAPTURE(raw);
    const EamFunctions<Real> f(table, Conditioning{.raw = raw});
    for (int k = 1 + static_cast<int>(f.inner_reach() / step); k * step < f.density_reach(0, 1) - step; ++k) {
      const auto at = static_cast<Real>(k * step * k * step);
      Real s[8];
      std::int32_t key[8];
      for (int l = 0; l < 8; ++l) {
        s[l] = l == 7 ? static_cast<Real>((k + 0.5) * step * (k + 0.5) * step)
                      : at * (1 + static_cast<Real>(l - 3) * static_cast<Real>(eps));
        key[l] = f.key(0, 1);
      }
      Real t[8];
      std::copy(s, s + 8, t);
      f.locate(8, t, key);
      for (int l = 0; l < 8; ++l) {
        const auto want = f.template terms<1>(0, 1, static_cast<double>(s[l]));
        const auto got = f.lanes(t[l], key[l]).array();
        const auto near = [&](Real a, double b) { return std::abs(static_cast<double>(a) - b) <= 100 * eps * (1 + std::abs(b)); };
        CHECK(near(got[0], want.pair[0]));
        CHECK(near(got[1], want.density_first[0]));
        CHECK(near(got[2], want.density_second[0]));
        CHECK(near(got[3], 2 * want.pair[1]));
        CHECK(near(got[6], 2 * want.density_first[1]));
      }
    }
  }
}

TEST_CASE("each function has its own radius, and the roles of the species are exchanged with them") {
  const EamFunctions<double> f(Invented::setfl());
  CHECK(f.pair_reach(0, 0) == doctest::Approx(4.2).epsilon(1e-3));
  CHECK(f.pair_reach(0, 1) == doctest::Approx(4.9).epsilon(1e-3));
  CHECK(f.density_reach(0, 0) == doctest::Approx(4.4).epsilon(1e-3));
  CHECK(f.density_reach(1, 0) == doctest::Approx(4.1).epsilon(1e-3));
  const auto pq = f.terms<2>(0, 1, 9), qp = f.terms<2>(1, 0, 9);
  CHECK(pq.pair == qp.pair);
  CHECK(pq.density_first == qp.density_second);
  CHECK(pq.density_second == qp.density_first);
  CHECK(pq.density_first[0] == doctest::Approx(Invented::density(1, 0, 3)).epsilon(1e-8));
  CHECK(f.terms<0>(0, 1, 4.0 * 4.0).density_first[0] > 0);    // Q at P ends at 4.1 Å
  CHECK(f.terms<0>(0, 1, 4.0 * 4.0).density_second[0] == 0);  // P at Q at 3.9 Å
}

TEST_CASE("three elements, all functions different: each pair has its own") {
  const auto density = [](std::size_t from, std::size_t at, double r) {
    return (1 + 3 * static_cast<double>(from) + static_cast<double>(at)) * std::pow(1 - r / 5, 6);
  };
  const auto phi = [](std::size_t a, std::size_t b, double r) {
    return (7 + static_cast<double>((a + 1) * (b + 1))) * std::pow(1 - r / 5, 5);
  };
  Setfl t;
  t.elements = {"A", "B", "C"};
  t.masses = {1, 2, 3};
  t.density_step = 0.01;
  t.radius_step_A = 0.005;
  t.cutoff_A = 5;
  const auto row = [](double step, const auto& f) {
    std::vector<double> y;
    for (int k = 0; k <= 1000; ++k) y.push_back(f(k * step));
    return y;
  };
  for (std::size_t a = 0; a < 3; ++a) {
    t.embedding.push_back(row(0.01, [&](double rho) { return -0.1 * (1 + static_cast<double>(a)) * rho; }));
    for (std::size_t b = 0; b < 3; ++b) {
      t.density.push_back(row(0.005, [&](double r) { return density(a, b, r); }));
      t.pair.push_back(row(0.005, [&](double r) { return r * phi(a, b, r); }));
    }
  }
  const EamSplines<Double> potential(t);
  const double r = 2.3;
  Sample s;
  s.cell = cubic(50);
  s.elements = t.elements;
  s.ids = {1, 2};
  s.positions.resize(3, 2);
  s.positions << 1, 1 + r, 1, 1, 1, 1;
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = 0; b < 3; ++b) {
      const auto f = potential.functions().terms<0>(static_cast<int>(a), static_cast<int>(b), r * r);
      CHECK(f.pair[0] == doctest::Approx(phi(a, b, r)).epsilon(1e-8));
      CHECK(f.density_first[0] == doctest::Approx(density(b, a, r)).epsilon(1e-8));
      CHECK(f.density_second[0] == doctest::Approx(density(a, b, r)).epsilon(1e-8));
      s.species = {static_cast<int>(a), static_cast<int>(b)};
      const double embedded =
          -0.1 * ((1 + static_cast<double>(a)) * density(b, a, r) + (1 + static_cast<double>(b)) * density(a, b, r));
      CHECK(evaluate(s, potential).energy_eV == doctest::Approx(phi(a, b, r) + embedded).epsilon(1e-8));
    }
}

TEST_CASE("what conditioning did is told, function by function") {
  const EamFunctions<double> f(read_setfl(std::filesystem::path(data("CuZr_MKO2009.eam.fs"))));
  CHECK(f.residuals().size() == 3 + 4 + 2);
  for (const auto& r : f.residuals()) {
    CHECK(r.noise > 1e-12);
    CHECK(r.noise < 1e-8);
    CHECK(r.knots < 1500);
    if (r.what.starts_with("phi")) CHECK(r.worst_at < 2.4);  // the kinks where the pieces join at short range
    if (r.what.starts_with("the density")) CHECK(r.worst < 1e-9);
  }
}

TEST_CASE("tables too short to be a potential are refused") {
  Setfl t = Invented::setfl();
  for (auto& y : t.pair) y.resize(2);
  for (auto& y : t.density) y.resize(2);
  CHECK_THROWS_WITH_AS(EamFunctions<double>{t}, doctest::Contains("6 or more are needed"), Error);
  CHECK_THROWS_WITH_AS(EamFunctions<double>{Setfl{}}, doctest::Contains("a table without elements"), Error);
}
