#include "tarn/relax/minimiser.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tarn/core/random.hpp"
#include "tarn/relax/conjugate_gradient.hpp"
#include "tarn/relax/fire.hpp"
#include "tarn/relax/lbfgs.hpp"

namespace {

using namespace tarn;

struct Rosenbrock {
  int evaluations = 0;
  double evaluate(const Vector& x, Vector& g) {
    ++evaluations;
    const double u = 1 - x[0], v = x[1] - x[0] * x[0];
    g[0] = -2 * u - 400 * v * x[0];
    g[1] = 200 * v;
    return u * u + 100 * v * v;
  }
};

struct MuellerBrown {
  double evaluate(const Vector& x, Vector& g) {
    constexpr double A[] = {-200, -100, -170, 15}, a[] = {-1, -1, -6.5, 0.7}, b[] = {0, 0, 11, 0.6}, c[] = {-10, -10, -6.5, 0.7};
    constexpr double x0[] = {1, 0, -0.5, -1}, y0[] = {0, 0.5, 1.5, 1};
    double energy = 0;
    g.setZero();
    for (int k = 0; k < 4; ++k) {
      const double dx = x[0] - x0[k], dy = x[1] - y0[k], e = A[k] * std::exp(a[k] * dx * dx + b[k] * dx * dy + c[k] * dy * dy);
      energy += e;
      g[0] += e * (2 * a[k] * dx + b[k] * dy);
      g[1] += e * (b[k] * dx + 2 * c[k] * dy);
    }
    return energy;
  }
};

struct Quadratic {  // eigenvalues `stiffness`, minimum at 1, 1, …
  Vector stiffness;
  int evaluations = 0;
  double evaluate(const Vector& x, Vector& g) {
    ++evaluations;
    const Vector d = x.array() - 1;
    g = stiffness.cwiseProduct(d);
    return 0.5 * d.dot(g);
  }
};

struct Cluster {  // Lennard-Jones, ε = σ = 1, no cut-off
  double evaluate(const Vector& x, Vector& g) {
    double energy = 0;
    g.setZero();
    for (Eigen::Index i = 0; i < x.size(); i += 3)
      for (Eigen::Index j = 0; j < i; j += 3) {
        const Vec3 d = x.segment<3>(i) - x.segment<3>(j);
        const double s = 1 / d.squaredNorm(), s3 = s * s * s;
        energy += 4 * (s3 * s3 - s3);
        const Vec3 f = 24 * (2 * s3 * s3 - s3) * s * d;
        g.segment<3>(i) -= f;
        g.segment<3>(j) += f;
      }
    return energy;
  }
  [[nodiscard]] double residual(const Vector& g) const { return largest_of_threes(g); }
  [[nodiscard]] double length(const Vector& step) const { return largest_of_threes(step); }
};

Vector of(std::initializer_list<double> x) {
  Vector v(static_cast<Eigen::Index>(x.size()));
  std::copy(x.begin(), x.end(), v.data());
  return v;
}

Vector shaken(std::vector<Vec3> sites, double spacing, double amplitude) {
  RandomStream stream(3, sites.size());
  Vector x(3 * static_cast<Eigen::Index>(sites.size()));
  for (std::size_t i = 0; i < sites.size(); ++i)
    for (int k = 0; k < 3; ++k)
      x[3 * static_cast<Eigen::Index>(i) + k] = spacing * sites[i][k] + stream.uniform(-amplitude, amplitude);
  return x;
}

}  // namespace

TEST_CASE_TEMPLATE("Rosenbrock's valley is followed to its end", M, Fire, ConjugateGradient, Lbfgs) {
  Rosenbrock f;
  const auto minimum = minimise(f, of({-1.2, 1}), M{}, Stop{.max_force = 1e-10});
  CHECK(minimum.converged());
  CHECK(minimum.point.residual < 1e-10);
  CHECK((minimum.point.x - of({1, 1})).norm() < 1e-9);
  CHECK(minimum.evaluations == f.evaluations);
}

TEST_CASE_TEMPLATE("the three minima of Müller and Brown's surface", M, Fire, ConjugateGradient, Lbfgs) {
  MuellerBrown f;
  const struct {
    Vector start, end;
    double energy;
  } cases[] = {{of({-0.7, 1.3}), of({-0.558224, 1.441726}), -146.699517},
               {of({0.5, 0.1}), of({0.623499, 0.028038}), -108.166724},
               {of({-0.1, 0.5}), of({-0.050011, 0.466694}), -80.767818}};
  for (const auto& c : cases) {
    const auto minimum = minimise(f, c.start, M{.max_step = 0.05}, Stop{.max_force = 1e-9});
    CHECK(minimum.converged());
    CHECK((minimum.point.x - c.end).norm() < 2e-6);
    CHECK(minimum.point.energy == doctest::Approx(c.energy).epsilon(1e-8));
  }
}

TEST_CASE("conjugate gradients end after as many lines as there are different curvatures") {
  Quadratic f{Vector::Zero(300)};
  for (Eigen::Index i = 0; i < 300; ++i) f.stiffness[i] = std::pow(2.0, static_cast<double>(i % 8));  // condition number 128
  RandomStream stream(4);
  Vector start(300);
  for (double& x : start) x = stream.uniform(-1, 1);
  const auto exact = minimise(f, start, ConjugateGradient{.slope = 1e-6, .max_step = 100}, Stop{.max_force = 1e-8});
  CHECK(exact.converged());
  CHECK(exact.iterations <= 9);
  CHECK(exact.evaluations <= 1 + 3 * 9);
  const auto quasi = minimise(f, start, Lbfgs{.max_step = 100}, Stop{.max_force = 1e-8});
  CHECK(quasi.converged());
  CHECK(quasi.evaluations <= 40);
}

TEST_CASE_TEMPLATE("badly conditioned quadratics", M, Fire, ConjugateGradient, Lbfgs) {
  Quadratic f{Vector::LinSpaced(50, -2, 1).unaryExpr([](double p) { return std::pow(10.0, p); })};  // eV/Å², as a glass has
  const auto minimum = minimise(f, Vector::Zero(50), M{}, Stop{.max_force = 1e-10});
  CHECK(minimum.converged());
  CHECK((minimum.point.x.array() - 1).abs().maxCoeff() < 1e-8);
  CHECK(minimum.evaluations == f.evaluations);
  CHECK(minimum.evaluations < 4000);
}

// Global minima: D. J. Wales, J. P. K. Doye, J. Phys. Chem. A 101, 5111 (1997).
TEST_CASE_TEMPLATE("Lennard-Jones clusters of 13 and 38 atoms", M, Fire, ConjugateGradient, Lbfgs) {
  Cluster f;
  std::vector<Vec3> icosahedron{{0, 0, 0}}, octahedron;
  const double golden = 0.5 * (1 + std::sqrt(5.0));
  for (const double a : {-1.0, 1.0})
    for (const double b : {-golden, golden}) {
      icosahedron.push_back({0, a, b});
      icosahedron.push_back({a, b, 0});
      icosahedron.push_back({b, 0, a});
    }
  for (int i = -2; i <= 2; ++i)  // fcc sites around an octahedral hole: shells (1,0,0), (1,1,1), (2,1,0)
    for (int j = -2; j <= 2; ++j)
      for (int k = -2; k <= 2; ++k)
        if ((i + j + k) % 2 != 0 && i * i + j * j + k * k <= 5)
          octahedron.push_back({static_cast<double>(i), static_cast<double>(j), static_cast<double>(k)});
  REQUIRE(icosahedron.size() == 13);
  REQUIRE(octahedron.size() == 38);
  const auto small = minimise(f, shaken(icosahedron, 0.57, 0.05), M{}, Stop{.max_force = 1e-10});
  CHECK(small.converged());
  CHECK(small.point.energy == doctest::Approx(-44.326801).epsilon(1e-8));
  const auto large = minimise(f, shaken(octahedron, 0.78, 0.05), M{}, Stop{.max_force = 1e-10});
  CHECK(large.converged());
  CHECK(large.point.energy == doctest::Approx(-173.928427).epsilon(1e-8));
}

TEST_CASE("the steps of L-BFGS are those of the BFGS matrix, written out; what curves down is not remembered") {
  struct Wells {  // concave in u at the start; 0 at the minimum
    std::vector<Vector> x, g;
    std::vector<double> energy;
    double evaluate(const Vector& at, Vector& gradient) {
      const double u = at[0], v = at[1] - 0.4 * u, w = at[2] + 0.3 * at[1];
      gradient[0] = u * (u * u - 1) - 2.4 * v;
      gradient[1] = 6 * v + 1.2 * w;
      gradient[2] = 4 * w;
      x.push_back(at);
      g.push_back(gradient);
      energy.push_back(0.25 * (u * u - 1) * (u * u - 1) + 3 * v * v + 2 * w * w);
      return energy.back();
    }
  } wells;
  const Lbfgs lbfgs{.memory = 50, .max_step = 0.1, .stiffness = 2};
  const auto minimum = minimise(wells, Vector(Vec3(0.05, 0.03, 0)), lbfgs, Stop{.max_force = 1e-9});
  REQUIRE(minimum.converged());
  Matrix h = 0.5 * Matrix::Identity(3, 3);
  std::vector<std::pair<Vector, Vector>> kept;
  int forgotten = 0, steps = 0;
  for (std::size_t from = 0, to = 0; from + 1 < wells.x.size(); from = to, ++steps) {
    const Vector d = -h * wells.g[from], next = wells.x[from] + std::min(1.0, 0.1 / d.cwiseAbs().maxCoeff()) * d;
    REQUIRE((wells.x[from + 1] - next).cwiseAbs().maxCoeff() < 1e-6);
    for (to = from + 1; wells.energy[to] > wells.energy[from];) REQUIRE(++to < wells.x.size());  // shortened
    const Vector step = wells.x[to] - wells.x[from], change = wells.g[to] - wells.g[from];
    if (step.dot(change) <= 1e-4 * step.norm() * change.norm()) {
      ++forgotten;
      continue;
    }
    kept.emplace_back(step, change);
    h = step.dot(change) / change.squaredNorm() * Matrix::Identity(3, 3);
    for (const auto& [s, y] : kept) {
      const double rho = 1 / s.dot(y);
      const Matrix v = Matrix::Identity(3, 3) - rho * y * s.transpose();
      h = (v.transpose() * h * v + rho * s * s.transpose()).eval();
    }
  }
  CHECK(steps == minimum.iterations);
  CHECK(forgotten > 0);
  CHECK(kept.size() > 5);
}

TEST_CASE("FIRE goes half a step back where it has gone uphill, and starts from rest") {
  struct Well {
    std::vector<double> x;
    double evaluate(const Vector& at, Vector& gradient) {
      x.push_back(at[0]);
      gradient = at;
      return 0.5 * at[0] * at[0];
    }
  } well;
  const double dt = 0.1;
  (void)minimise(well, Vector(Vector::Constant(1, 1.0)), Fire{.time_step = dt, .delay = 1000, .max_step = 10}, Stop{1e-9, 60});
  std::size_t k = 2;
  while (k + 1 < well.x.size() && -well.x[k] * (well.x[k] - well.x[k - 1]) > 0) ++k;
  REQUIRE(k + 1 < well.x.size());
  CHECK(well.x[k + 1] == doctest::Approx(0.5 * (well.x[k - 1] + well.x[k]) - dt * dt * well.x[k]).epsilon(1e-12));
}

TEST_CASE("a short step of L-BFGS is taken where the slope at its end is at most 0.8 of that at its beginning, turned round") {
  for (const auto& [stiffness, taken] :
       {std::pair{170.0, true}, {190.0, false}, {2000.0, false}}) {  // times too far: 1.7, 1.9, 20
    Quadratic quadratic{Vector::Constant(1, stiffness)};
    const auto minimum = minimise(quadratic, Vector(Vector::Constant(1, 1 + 1e-6)), Lbfgs{.stiffness = 100}, Stop{1e-12, 2});
    CHECK(minimum.iterations == (taken ? 1 : 0));
    CHECK(minimum.point.residual <= stiffness * 1e-6 * (1 + 1e-9));
  }
}

TEST_CASE_TEMPLATE("a start that has converged costs one evaluation", M, Fire, ConjugateGradient, Lbfgs) {
  Rosenbrock f;
  const auto minimum = minimise(f, of({1, 1}), M{});
  CHECK(minimum.converged());
  CHECK(minimum.evaluations == 1);
  CHECK(minimum.iterations == 0);
  CHECK(minimum.point.x == of({1, 1}));
}

TEST_CASE_TEMPLATE("the limit on evaluations is kept to the letter, and said", M, Fire, ConjugateGradient, Lbfgs) {
  for (const int limit : {1, 2, 3, 7, 12}) {
    Rosenbrock f;
    const auto minimum = minimise(f, of({-1.2, 1}), M{}, Stop{.max_force = 1e-10, .max_evaluations = limit});
    CHECK(minimum.outcome == Outcome::evaluations);
    CHECK(name(minimum.outcome) == "evaluations");
    CHECK(minimum.evaluations == limit);
    CHECK(f.evaluations == limit);
    CHECK_FALSE(minimum.converged());
  }
}

TEST_CASE_TEMPLATE("the energy never rises from one accepted point to the next", M, ConjugateGradient, Lbfgs) {
  double before = std::numeric_limits<double>::infinity();
  for (int limit = 1; limit < 60; ++limit) {
    Rosenbrock f;
    const auto minimum = minimise(f, of({-1.2, 1}), M{}, Stop{.max_force = 1e-10, .max_evaluations = limit});
    CHECK(minimum.point.energy <= before);
    before = minimum.point.energy;
  }
}

TEST_CASE_TEMPLATE("no step is longer than was allowed", M, Fire, ConjugateGradient, Lbfgs) {
  struct Watched : Rosenbrock {
    std::vector<Vector> seen;
    double evaluate(const Vector& x, Vector& g) {
      seen.push_back(x);
      return Rosenbrock::evaluate(x, g);
    }
  } f;
  (void)minimise(f, of({-1.2, 1}), M{.max_step = 0.01}, Stop{.max_evaluations = 100});
  for (std::size_t i = 1; i < f.seen.size(); ++i) CHECK((f.seen[i] - f.seen[i - 1]).cwiseAbs().maxCoeff() < 0.02);
}

TEST_CASE_TEMPLATE("a tolerance below the rounding of the forces is told, not waited for", M, Fire, ConjugateGradient, Lbfgs) {
  struct Noisy : Quadratic {  // the minimum is out of reach: 1 is missed by rounding noise of 1e-13
    double evaluate(const Vector& x, Vector& g) {
      const double energy = Quadratic::evaluate(x, g);
      g.array() += (evaluations % 2 ? 1e-13 : -1e-13);
      return energy;
    }
  } f;
  f.stiffness = Vector::LinSpaced(10, 1, 20);
  const auto minimum = minimise(f, Vector::Zero(10), M{}, Stop{.max_force = 1e-20});
  CHECK(minimum.outcome == Outcome::at_rounding);
  CHECK(minimum.evaluations < 10000);
  CHECK((minimum.point.x.array() - 1).abs().maxCoeff() < 1e-10);
}

TEST_CASE_TEMPLATE("an energy in single precision does not mislead the last steps", M, Fire, ConjugateGradient, Lbfgs) {
  struct Rounded : Quadratic {  // forces are good to 1e-13, the energy to 6e-5
    double evaluate(const Vector& x, Vector& g) { return static_cast<float>(Quadratic::evaluate(x, g) - 1000); }
  } f;
  f.stiffness = Vector::LinSpaced(100, 0.5, 30);
  const auto minimum = minimise(f, Vector::Zero(100), M{}, Stop{.max_force = 1e-10});
  CHECK(minimum.converged());
}

TEST_CASE_TEMPLATE("an observer sees every evaluation and can end the work", M, Fire, ConjugateGradient, Lbfgs) {
  Rosenbrock f;
  int calls = 0;
  CHECK_THROWS_AS((void)minimise(f, of({-1.2, 1}), M{}, Stop{.max_evaluations = 50},
                                 [&](const Progress& p) {
                                   CHECK(p.what == "minimising");
                                   CHECK(p.done == ++calls);
                                   CHECK(p.total == 50);
                                   return calls < 5;
                                 }),
                  Cancelled);
  CHECK(calls == 5);
  CHECK(f.evaluations == 5);
}

TEST_CASE_TEMPLATE("an energy that is not a number ends the minimisation", M, Fire, ConjugateGradient, Lbfgs) {
  struct Cliff : Rosenbrock {
    double evaluate(const Vector& x, Vector& g) { return Rosenbrock::evaluate(x, g) + (evaluations == 4 ? std::nan("") : 0.0); }
  } f;
  CHECK_THROWS_WITH((void)minimise(f, of({-1.2, 1}), M{}),
                    "evaluation 4 of the minimisation gave an energy or a force that is not a number: do two atoms coincide, or "
                    "have they flown apart?");
}

TEST_CASE_TEMPLATE("a gradient of another length is refused", M, Fire, ConjugateGradient, Lbfgs) {
  struct Short {
    double evaluate(const Vector& x, Vector& gradient) {
      gradient = Vector::Ones(2);
      return x.squaredNorm();
    }
  } objective;
  CHECK_THROWS_WITH_AS(static_cast<void>(minimise(objective, Vector(Vector::Ones(3)), M{})),
                       "the objective gave a gradient of 2 components for 3 variables", Error);
}

TEST_CASE_TEMPLATE("bad limits are refused", M, Fire, ConjugateGradient, Lbfgs) {
  Rosenbrock f;
  CHECK_THROWS_WITH((void)minimise(f, of({0, 0}), M{}, Stop{.max_force = -1e-8}),
                    "the tolerance of the force is -1e-08 eV/Å: it must be positive");
  CHECK_THROWS_WITH((void)minimise(f, of({0, 0}), M{}, Stop{.max_force = std::nan("")}),
                    "the tolerance of the force is nan eV/Å: it must be positive");
  CHECK_THROWS_WITH((void)minimise(f, of({0, 0}), M{}, Stop{.max_evaluations = 0}),
                    "a limit of 0 evaluations: at least one is needed");
  CHECK_THROWS_WITH((void)minimise(f, Vector(), M{}), "there is nothing to minimise: the starting point has no components");
  CHECK(f.evaluations == 0);
}

TEST_CASE("bad parameters are refused") {
  Rosenbrock f;
  const Vector x = of({0, 0});
  CHECK_THROWS_WITH((void)minimise(f, x, Fire{.time_step = 0}),
                    "FIRE with time step 0 and factors 0.02 to 10: they must be positive and hold 1 between them");
  CHECK_THROWS_WITH((void)minimise(f, x, Fire{.shrink = 1}),
                    "FIRE: needs grow ≥ 1, shrink in (0, 1), alpha and alpha_shrink in (0, 1], and max_step > 0");
  CHECK_THROWS_WITH((void)minimise(f, x, ConjugateGradient{.slope = 1}),
                    "conjugate gradients: needs slope in (0, 1), max_step and stiffness > 0, and short_step ≥ 0");
  CHECK_THROWS_WITH((void)minimise(f, x, Lbfgs{.memory = 0}),
                    "L-BFGS: needs memory ≥ 1, stiffness > 0, and min_curvature in (0, 1)");
  CHECK(f.evaluations == 0);
}
