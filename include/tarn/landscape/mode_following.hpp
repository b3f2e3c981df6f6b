#pragma once
// Uphill along the lowest mode, downhill across it: to a point where the force vanishes and one curvature is negative.
//
// With v the mode, λ its curvature and F the force, each step adds
//   along v     −(F·v)/|λ| v, at most `max_up`: against the force, to the top of the parabola; while λ ≥ 0, `max_up` further uphill and nothing across
//   across v    a step of the relaxation for F − (F·v) v, L-BFGS unless told otherwise, no atom further than `max_step`
// G. T. Barkema, N. Mousseau, Phys. Rev. Lett. 77, 4358 (1996); L. J. Munro, D. J. Wales, Phys. Rev. B 59, 3969 (1999). The mode is found anew, from the one before, when
// the atoms have moved by `look_after` or after `look_every` steps.

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <Eigen/Eigenvalues>

#include "tarn/core/random.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/landscape/energy_surface.hpp"
#include "tarn/landscape/lanczos.hpp"
#include "tarn/landscape/lowest_mode.hpp"
#include "tarn/landscape/perpendicular_steps.hpp"
#include "tarn/landscape/rigid_motions.hpp"
#include "tarn/landscape/saddle_order.hpp"
#include "tarn/relax/minimiser.hpp"
#include "tarn/relax/quasi_newton.hpp"

namespace tarn {

/// Parameters of a walk to a saddle.
struct Following {
  double max_up = 0.15;        ///< Å, length of a step along the mode, all atoms together
  double max_step = 0.05;      ///< Å, of any atom, across the mode: what relaxes faster than it climbs loses the mode
  double yield = 6;            ///< eV/Å: steps along the mode are halved where the force across it is as large as this
  double min_stiffness = 0.3;  ///< eV/Å²: a weaker |λ| counts as this
  int look_every = 6;          ///< steps
  double look_after = 0.1;     ///< Å, of any atom
  ModeAccuracy look{.relative = 0.4, .absolute = 0.02, .max_products = 5};
  int patience = 12;       ///< looks in a row at which λ may be positive
  double overshoot = 1.5;  ///< steps are halved where the force across the mode grows by more than this factor,
  double min_trust = 0.1;  ///< but not below this share; else they grow again
  int max_steps = 400;
};

/// Someone who walks on a surface: the point, its mode, what is known of the curvature across the mode.
template <EnergySurface S, ModeFinder Finder = Lanczos, PerpendicularSteps Across = QuasiNewton>
class Walker {
 public:
  Walker(WatchedSurface<S>& surface, const Finder& finder, Across across, RandomStream random)
      : surface_(surface), finder_(finder), random_(std::move(random)), across_(std::move(across)) {}

  [[nodiscard]] const Point& at() const { return at_; }
  [[nodiscard]] const LowestMode& mode() const { return mode_; }
  [[nodiscard]] WatchedSurface<S>& surface() { return surface_; }
  /// The direction in which the next mode is sought first.
  void expect(const Vector& direction) { mode_.vector = direction; }
  void forget() { across_.clear(); }
  /// Where, as far as the steps so far tell, the curvature across the mode is lowest: a direction among them; the gradient where there were none.
  [[nodiscard]] Vector softest_across() const {
    if constexpr (requires { across_.learnt(); })
      if (!across_.empty()) return softest(across_.learnt());
    return at_.gradient;
  }

  void go_to(Vector x) {
    at_.x = std::move(x);
    at_.gradient.resize(at_.x.size());
    at_.energy = surface_.evaluate(at_.x, at_.gradient);
    at_.residual = surface_.residual(at_.gradient);
  }

  /// The lowest mode here, its sign that of the one before.
  void look(const ModeAccuracy& accuracy) {
    const Vector before = mode_.vector;
    mode_ = mode_without(Matrix(at_.x.size(), 0), [&](auto& product, auto& confine) {
      return finder_(product, confine, before.size() ? before : Vector(at_.gradient), accuracy, random_);
    });
    if (before.size() && before.dot(mode_.vector) < 0) mode_.vector = -mode_.vector;
  }
  /// What find(product, confine) finds in the space orthogonal to columns that are orthonormal.
  template <class Find>
  [[nodiscard]] LowestMode mode_without(const Matrix& columns, Find&& find) {
    const Matrix rigid = surface_.rigid_motions();
    const auto confine = [&](Vector& v) {
      surface_.hold(v);
      project_out(rigid, v);
      project_out(columns, v);
    };
    const auto product = [&](const Vector& v, Vector& out) { surface_.product(v, out); };
    return find(product, confine);
  }
  /// The second mode, orthogonal to the first, by second_mode().
  [[nodiscard]] LowestMode second(const OrderTest& test) {
    const Matrix first = mode_.vector;
    const auto dimensions = static_cast<double>(first.rows() - surface_.rigid_motions().cols() - 1);
    return mode_without(first, [&](auto& product, auto& confine) {
      return second_mode(product, confine, softest_across(), dimensions, test, random_);
    });
  }

  /// A step `along` (in multiples of the unit vector v) and, across v, as the relaxation says, no further than max_step.
  void step(const Vector& v, double along, double max_step) {
    Vector across = at_.gradient - at_.gradient.dot(v) * v;
    Vector d = across_.step(across);
    d -= d.dot(v) * v;
    const double length = surface_.length(d);
    if (length > max_step) d *= max_step / length;
    const Vector gradient = at_.gradient;
    go_to(at_.x + d + along * v);
    Vector y = at_.gradient - gradient;
    y -= y.dot(v) * v;
    across_.add(std::move(d), std::move(y));
  }
  /// The largest force across v, as the surface measures it.
  [[nodiscard]] double force_across(const Vector& v) const { return surface_.residual(at_.gradient - at_.gradient.dot(v) * v); }

  /// Until the residual is below `tolerance` and λ < 0: true; false where the mode is lost. Throws SearchStopped where the steps are spent.
  [[nodiscard]] bool walk(double tolerance, const Following& how) {
    int since = how.look_every, lost = 0;
    double moved = 0, trust = 1;
    bool climbing = false;
    for (int steps = 0;; ++steps) {
      const bool there = at_.residual < tolerance;
      if (there && since == 0 && mode_.lowest.value < 0) return true;
      if (since >= how.look_every || moved >= how.look_after || (there && since > 0)) {
        look(how.look);
        since = 0, moved = 0;
        climbing = mode_.lowest.value >= 0;
        lost = climbing ? lost + 1 : 0;
        if (lost > how.patience) return false;
        if (there && lost == 0) return true;
      }
      if (steps >= how.max_steps)
        throw SearchStopped{SearchEnd::not_converged, "force " + std::to_string(at_.residual) + " eV/A"};
      const Vector from = at_.x;
      const double max_up = trust * how.max_up, max_step = trust * how.max_step;
      if (!climbing) {
        const double across = force_across(mode_.vector), slope = at_.gradient.dot(mode_.vector),
                     most = max_up / (1 + across / how.yield);
        const double along = std::clamp(slope / std::max(-mode_.lowest.value, how.min_stiffness), -most, most);
        step(mode_.vector, along, max_step);
        const double worse = force_across(mode_.vector) / across;
        trust = worse > how.overshoot ? std::max(0.5 * trust, how.min_trust) : std::min(1.25 * trust, 1.0);
      } else {
        go_to(at_.x + std::copysign(max_up, at_.gradient.dot(mode_.vector)) * mode_.vector);
      }
      moved += surface_.length(at_.x - from);
      ++since;
    }
  }

  /// The same; throws SearchStopped where the mode is lost too.
  void follow(double tolerance, const Following& how) {
    if (!walk(tolerance, how)) stop_lost();
  }

  /// Where the mode is lost: back, where the force points to the minimum, else over.
  [[noreturn]] void stop_lost() {
    const bool back = at_.gradient.dot(at_.x - surface_.minimum()) > 0;
    throw SearchStopped{back ? SearchEnd::back_in_basin : SearchEnd::other_basin,
                        "no negative curvature any more, " + std::to_string(at_.energy - surface_.minimum_energy()) + " eV up"};
  }

 private:
  /// Of the quadratic that the differences of gradients tell, in the space of their steps.
  [[nodiscard]] static Vector softest(const QuasiNewton::Learnt& learnt) {
    const auto& [s, y] = learnt;
    const Eigen::Index m = s.cols();
    // s = an orthonormal basis · a triangle, by the Gram matrix; what of it is nearly dependent is left out
    const Eigen::SelfAdjointEigenSolver<Matrix> gram(s.transpose() * s);
    Eigen::Index first = 0;
    while (first + 1 < m && gram.eigenvalues()[first] < 1e-3 * gram.eigenvalues()[m - 1]) ++first;
    const Matrix basis =
        gram.eigenvectors().rightCols(m - first) * gram.eigenvalues().tail(m - first).cwiseSqrt().cwiseInverse().asDiagonal();
    const Matrix h = basis.transpose() * (s.transpose() * y) * basis;
    const Eigen::SelfAdjointEigenSolver<Matrix> ritz(0.5 * (h + h.transpose()));
    const Vector u = s * (basis * ritz.eigenvectors().col(0));
    return u / u.norm();
  }
  WatchedSurface<S>& surface_;
  Finder finder_;
  RandomStream random_;
  Point at_;
  LowestMode mode_;
  Across across_;
};

}  // namespace tarn
