#include "tarn/vibration/hessian.hpp"

#include <doctest/doctest.h>

#include <Eigen/Eigenvalues>

#include "support/potentials.hpp"
#include "support/samples.hpp"
#include "tarn/atoms/lattice.hpp"
#include "tarn/vibration/assembled_hessian.hpp"
#include "tarn/vibration/dynamical_matrix.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {
double worst(const Matrix& a, const Matrix& b) { return (a - b).cwiseAbs().maxCoeff(); }

template <class P>
Matrix by_differences(Sample s, const P& potential, double step) {
  auto workspace = potential.workspace(s);
  Matrix out(3 * s.size(), 3 * s.size());
  for (Eigen::Index k = 0; k < out.cols(); ++k) {
    double& x = flat(s.positions)[k];
    const double start = x;
    x = start + step;
    const Vectors plus = potential.evaluate(s, workspace).forces;
    x = start - step;
    const Vectors minus = potential.evaluate(s, workspace).forces;
    x = start;
    out.col(k) = -(flat(plus) - flat(minus)) / (2 * step);
  }
  return out;
}

struct Eam : EamSplines<Double> {
  Eam() : EamSplines<Double>(Invented::setfl()) {}
};
// The invented functions by their terms alone.
struct Plain {
  EamFunctions<double> of{Invented::setfl()};
  std::vector<std::string> elements() const { return of.elements(); }
  double pair_reach(int a, int b) const { return of.pair_reach(a, b); }
  double density_reach(int a, int b) const { return of.density_reach(a, b); }
  double inner_reach() const { return of.inner_reach(); }
  template <int K>
  PairTerms<K> terms(int a, int b, double s) const {
    return of.terms<K>(a, b, s);
  }
  template <int K>
  Jet<K> embedding(int a, double rho) const {
    return of.embedding<K>(a, rho);
  }
};
struct Mixture : LennardJones<Double> {
  Mixture()
      : LennardJones<Double>(
            LennardJonesFunctions({"P", "Q"}, {20, 33}, {{0.1, 2, 5}, {0.15, 1.8, 4}, {0.15, 1.8, 4}, {0.05, 1.9, 4.5}})) {}
};
}  // namespace

TEST_CASE_TEMPLATE("the Hessian is the derivative of the forces, and operator, sparse and dense are one", P, Eam, Mixture) {
  const P potential;
  for (int n :
       {1, 2, 7, 40}) {  // the first cells are far smaller than the cut-off: images of one pair, an atom and its own image
    const Sample s = random_triclinic({"P", "Q"}, n, 15, 1.7, static_cast<unsigned>(n) + 30);
    const Hessian hessian(s, potential);
    const BlockSparse sparse = assemble(hessian);
    const Matrix dense = dense_hessian(s, potential);
    CHECK(worst(sparse.dense(), dense) < 1e-12 * (1 + dense.cwiseAbs().maxCoeff()));
    const double scale = 1 + dense.cwiseAbs().maxCoeff();
    CHECK(worst(dense, by_differences(s, potential, 1e-4)) < 1e-5 * scale);
    CHECK(worst(dense, dense.transpose()) < 1e-12 * scale);
    // translations cost nothing
    for (int k = 0; k < 3; ++k) {
      Vector t = Vector::Zero(3 * n);
      for (Eigen::Index i = 0; i < n; ++i) t[3 * i + k] = 1;
      CHECK((hessian * t).norm() < 1e-11 * scale);
      CHECK((dense * t).norm() < 1e-11 * scale);
    }
    Matrix v = Matrix::Random(3 * n, 27);  // sixteen and eight at once, and what is left over
    CHECK(worst(hessian * v, dense * v) < 1e-12 * scale);
    CHECK(worst(hessian * Vector(v.col(9)), dense * v.col(9)) < 1e-12 * scale);
    CHECK(worst(sparse * Vector(v.col(3)), dense * v.col(3)) < 1e-12 * scale);
  }
}

TEST_CASE_TEMPLATE("with frozen atoms the products of what moves, in its rows, are those of the whole", P, Eam, Mixture) {
  const P potential;
  for (const int n : {2, 7, 60, 900}) {
    Sample s = random_triclinic({"P", "Q"}, n, 15, 1.7, static_cast<unsigned>(n));
    std::vector<char> mobile(static_cast<std::size_t>(n), 0);
    for (std::size_t i = 0; i<mobile.size(); i += n> 100 ? 40 : 3) mobile[i] = 1;
    const FrozenAtoms frozen = potential.freeze(s, mobile);
    Hessian part(s, potential, Serial{}, 0.5, frozen);
    for (int t = 0; t < 3; ++t) {
      Matrix v = Matrix::Zero(3 * n, 9);
      for (Eigen::Index i = 0; i < n; ++i)
        if (mobile[static_cast<std::size_t>(i)]) v.middleRows(3 * i, 3).setRandom();
      const Hessian whole(s, potential);
      const Matrix expected = whole * v, found = part * v, one = part * Vector(v.col(0));
      for (Eigen::Index i = 0; i < n; ++i)
        if (mobile[static_cast<std::size_t>(i)]) {
          REQUIRE(worst(found.middleRows(3 * i, 3), expected.middleRows(3 * i, 3)) <
                  1e-11 * (1 + expected.cwiseAbs().maxCoeff()));
          REQUIRE(worst(one.middleRows(3 * i, 3), expected.block(3 * i, 0, 3, 1)) < 1e-11 * (1 + expected.cwiseAbs().maxCoeff()));
          s.positions.col(i) += 0.15 * Vectors::Random(3, 1);
        }
      part.update(s, potential);
    }
  }
  const Sample s = random_triclinic({"P", "Q"}, 3, 15, 1.7, 1), other = random_triclinic({"P", "Q"}, 4, 15, 1.7, 1);
  Hessian part(s, potential, Serial{}, 0.5, potential.freeze(s, {1, 0, 1}));
  CHECK_THROWS_WITH_AS(part.update(other, potential), doctest::Contains("freeze them in this one"), Error);
}

TEST_CASE("updated to another configuration it is the Hessian of that one, near or far, in another cell too") {
  const Eam potential;
  Sample s = random_triclinic({"P", "Q"}, 40, 15, 1.7, 5);
  Hessian hessian(s, potential, Serial{}, 0.4);
  const Vector v = Vector::Random(3 * s.size());
  const Matrix many = Matrix::Random(3 * s.size(), 9);
  const auto check = [&] {
    hessian.update(s, potential);
    const Hessian fresh(s, potential);
    CHECK(worst(hessian * v, fresh * v) < 1e-12 * (fresh * v).norm());
    CHECK(worst(hessian * many, fresh * many) < 1e-12 * (fresh * many).norm());
    CHECK(worst(dense(hessian), dense(fresh)) < 1e-11);
  };
  check();
  for (const double step : {0.1, 0.1, 0.5}) {  // within the skin, beyond it by two steps, beyond it at once
    s.positions += step / 2 * Vectors::Random(3, s.size());
    check();
  }
  s = strained(s, 0.02 * Mat3::Identity());
  check();
  s.positions.col(3) += s.cell.vectors.col(1);
  check();
  s = random_triclinic({"P", "Q"}, 23, 15, 1.7, 6);  // other atoms altogether
  hessian.update(s, potential);
  CHECK(hessian.atoms() == 23);
  CHECK(worst(dense(hessian), dense_hessian(s, potential)) < 1e-11);
}

TEST_CASE("functions that know nothing of lanes, and a table that is not conditioned, have the Hessian of their forces too") {
  const Sample s = random_triclinic({"P", "Q"}, 40, 15, 1.7, 9);
  const EamSplines<Double> raw(Invented::setfl(), Conditioning{.raw = true});
  CHECK(worst(dense_hessian(s, raw), by_differences(s, raw, 1e-4)) < 1e-4);
  const ShortRange<Plain> plain(Plain{});
  CHECK(worst(dense_hessian(s, plain), by_differences(s, plain, 1e-4)) < 1e-5);
  CHECK(worst(dense_hessian(s, plain), dense_hessian(s, Eam())) < 1e-11);
}

TEST_CASE("atoms closer than the functions are known are refused, not extrapolated") {
  Sample s = random_triclinic({"P", "Q"}, 8, 15, 1.7, 9);
  s.positions.col(1) = s.positions.col(0) + Vec3(1e-9, 0, 0);
  const Eam potential;
  CHECK_THROWS_WITH_AS(Hessian(s, potential), doctest::Contains("closer than"), Error);
}

TEST_CASE("assigned another Hessian it is that one, whatever was multiplied before") {
  const Eam potential;
  const Sample small = random_triclinic({"P", "Q"}, 12, 15, 1.7, 3), large = random_triclinic({"P", "Q"}, 90, 15, 1.7, 4);
  Hessian one(small, potential);
  const Hessian two(large, potential);
  const Vector v = Vector::Random(two.rows());
  const Vector want = two * v;
  (void)(one * Vector(v.head(one.rows())));
  one = two;
  CHECK(one * v == want);
}

TEST_CASE("a failed update leaves no Hessian to multiply with, until the next") {
  const Eam potential;
  Sample s = random_triclinic({"P", "Q"}, 40, 15, 1.7, 3);
  Hessian hessian(s, potential, Serial{}, 0.4);
  const Vector v = Vector::Random(hessian.rows()), want = hessian * v;
  Sample bad = s;
  bad.positions.col(7) = bad.positions.col(8);
  CHECK_THROWS_AS(hessian.update(bad, potential), Error);
  CHECK_THROWS_WITH_AS((void)(hessian * v), doctest::Contains("update failed"), Error);
  CHECK_THROWS_WITH_AS((void)(hessian * Matrix(Matrix::Random(v.size(), 16))), doctest::Contains("update failed"), Error);
  hessian.update(s, potential);
  CHECK((hessian * v - want).norm() < 1e-12 * want.norm());
}

// Pair functions and something else: no sum of pair functions.
struct InAWell : Eam {
  Evaluation evaluate(const Sample& sample, Workspace& workspace) const {
    Evaluation e = Eam::evaluate(sample, workspace);
    e.forces -= 0.5 * sample.positions;
    return e;
  }
};
struct Renamed : Eam {};
static_assert(TwiceDifferentiable<Eam> && TwiceDifferentiable<Renamed> && TwiceDifferentiable<Mixture>);
static_assert(Potential<InAWell> && !TwiceDifferentiable<InAWell>);

TEST_CASE("several blocks, any number of threads: the same bits") {
  const Sample s = random_triclinic({"P", "Q"}, 2400, 15, 1.0, 8);
  const Setfl table = Invented::setfl();
  const Vector v = Vector::Random(3 * s.size());
  const Hessian one(s, EamSplines<Double>(table));
  REQUIRE(one.factors().blocks().size() > 2);
  const Matrix block = Matrix::Random(v.size(), 24);
  const Vector product = one * v;
  const Matrix products = one * block;
  const BlockSparse sparse = assemble(one);
  for (int threads : {2, 5}) {
    const Hessian many(s, EamSplines<Double, OpenMP>(table, {}, OpenMP(threads)));
    CHECK(many * v == product);
    CHECK(many * block == products);
    const BlockSparse other = assemble(many);
    CHECK(other.block == sparse.block);
    CHECK(other.column == sparse.column);
  }
  CHECK(worst(sparse * v, product) < 1e-10);
}

// D(q) of fcc with one atom a cell, from r-derivatives of analytic functions; every wave that fits the supercell is an eigenvector of its Hessian.
template <class Pair, class Density, class Embed, class P>
void check_fcc_branches(double a, double reach, const Pair& phi, const Density& f, const Embed& embed, const P& potential,
                        const std::string& element, double tolerance) {
  constexpr double h = 2e-3;  // fourth order: errors of 1e-9
  const auto d1 = [](const auto& g, double r) { return (8 * (g(r + h) - g(r - h)) - (g(r + 2 * h) - g(r - 2 * h))) / (12 * h); };
  const auto d2 = [](const auto& g, double r) {
    return (16 * (g(r + h) + g(r - h)) - (g(r + 2 * h) + g(r - 2 * h)) - 30 * g(r)) / (12 * h * h);
  };
  const int repeats = 3;
  const Sample s = supercell(fcc(a), repeats, element);
  const Hessian hessian(s, potential);
  double rho = 0;
  std::vector<Vec3> shell;
  const int far = static_cast<int>(reach / a) + 1;
  for (int x = -2 * far; x <= 2 * far; ++x)
    for (int y = -2 * far; y <= 2 * far; ++y)
      for (int z = -2 * far; z <= 2 * far; ++z) {
        const Vec3 r = 0.5 * a * Vec3(x, y, z);
        if ((x + y + z) % 2 != 0 || r.norm() < 1e-9 || r.norm() >= reach) continue;
        shell.push_back(r);
        rho += f(r.norm());
      }
  const double slope = d1(embed, rho), curvature = d2(embed, rho);
  int waves = 0;
  for (int x = 0; x < repeats; ++x)
    for (int y = 0; y <= x; ++y)
      for (int z = 0; z <= y; ++z) {
        const Vec3 q = 2 * std::numbers::pi / (repeats * a) * Vec3(x, y, z);
        Mat3 d = Mat3::Zero();
        Vec3 sine = Vec3::Zero();
        for (const Vec3& r : shell) {
          const double length = r.norm();
          const auto psi = [&](double at) { return phi(at) + 2 * slope * f(at); };
          const Vec3 n = r / length;
          const double t = d1(psi, length) / length;
          d += (1 - std::cos(q.dot(r))) * ((d2(psi, length) - t) * n * n.transpose() + t * Mat3::Identity());
          sine += d1(f, length) * std::sin(q.dot(r)) * n;
        }
        d += curvature * sine * sine.transpose();
        const Eigen::SelfAdjointEigenSolver<Mat3> branches(d);
        for (int b = 0; b < 3; ++b) {
          Vector wave(3 * s.size());
          for (Eigen::Index i = 0; i < s.size(); ++i)
            wave.segment<3>(3 * i) = std::cos(q.dot(s.positions.col(i)) + 0.3) * branches.eigenvectors().col(b);
          CHECK((hessian * wave - branches.eigenvalues()[b] * wave).cwiseAbs().maxCoeff() < tolerance);
          ++waves;
        }
      }
  CHECK(waves == 30);
}

TEST_CASE("fcc phonons lie on the analytic branches: Lennard-Jones") {
  const LennardJones<Double> potential(LennardJonesFunctions({"P"}, {20}, {{1, 1, 2.5}}, {-1}));
  const auto phi = [](double r) { return 4 * (std::pow(r, -12) - std::pow(r, -6)); };
  check_fcc_branches(
      1.56, 2.5, phi, [](double) { return 0.0; }, [](double) { return 0.0; }, potential, "P", 2e-3);
}

TEST_CASE("fcc phonons lie on the analytic branches: Finnis-Sinclair") {
  const EamSplines<Double> potential(Invented::setfl());
  check_fcc_branches(
      3.7, 4.4, [](double r) { return Invented::phi(0, 0, r); }, [](double r) { return Invented::density(0, 0, r); },
      [](double rho) { return Invented::embedding(0, rho); }, potential, "P", 1e-4);
}

TEST_CASE("the dynamical matrix is the Hessian between the roots of the masses, in (rad/ps)²") {
  const Sample s = random_triclinic({"P", "Q"}, 12, 15, 1.7, 5);
  const Eam potential;
  const Matrix h = dense_hessian(s, potential), d = dense_dynamical_matrix(s, potential);
  for (Eigen::Index i = 0; i < h.rows(); i += 5)
    for (Eigen::Index j = 0; j < h.rows(); j += 7)
      CHECK(d(i, j) == doctest::Approx(9648.53321233 * h(i, j) / std::sqrt(s.masses[i / 3] * s.masses[j / 3])));
  const Vector v = Vector::Random(h.rows());
  Vector y(h.rows());
  dynamical_operator(s, potential).perform_op(v.data(), y.data());
  CHECK(worst(y, d * v) < 1e-9 * d.norm());
  CHECK(worst(sparse_dynamical_matrix(s, potential).dense(), d) < 1e-9);
  Sample no_masses = s;
  no_masses.masses.resize(0);
  CHECK_THROWS_WITH_AS(static_cast<void>(dense_dynamical_matrix(no_masses, potential)),
                       doctest::Contains("the sample has no masses"), Error);
  CHECK_THROWS_WITH_AS(static_cast<void>(Hessian(s, potential) * Vector(Vector::Zero(5))),
                       "the Hessian has 36 rows, the vector has 5", Error);
}
