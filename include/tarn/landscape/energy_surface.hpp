#pragma once
// What is searched for saddles: a function of a flat vector with its gradient and the product of its Hessian with a vector.
//
// A sample, a sample of which some atoms are frozen, and an analytic test function all come in this form.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <string>
#include <utility>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/landscape/activation.hpp"
#include "tarn/relax/objective.hpp"

namespace tarn {

/// An Objective that also gives product(v, out): out = H v at the latest point evaluated. Members that may be added:
///   residual(gradient), length(step)  as for an Objective
///   rigid_motions()                   orthonormal columns along which the energy does not change at the latest point; the searches leave them out
///   hold(v)                           sets to zero what of a vector belongs to frozen coordinates
template <class S>
concept EnergySurface = Objective<S> && requires(S& surface, const Vector& v, Vector& out) {
  surface.product(v, out);
};

/// A surface of which a part can be held fast: what FrozenWayOut needs.
template <class S>
concept Freezable = EnergySurface<S> && requires(S& surface, const Vector& push) {
  surface.freeze_beyond(push, 6.0);  // Å: only what is nearer to what `push` moves stays mobile
  surface.release();                 // all of it is mobile again
};

/// Where a search has to give up.
struct SearchLimits {
  double max_energy = 20;        ///< eV above the minimum
  double max_displacement = 10;  ///< Å, of an atom from the minimum
  int max_evaluations = 4000;    ///< force calls and products of one search, all phases
};

/// Why a search ends before its time; thrown inside a search and caught there.
struct SearchStopped {
  SearchEnd end;
  std::string detail;
};

/// A surface whose evaluations are counted, in the phase that is named, and which stops a search that leaves its limits.
template <EnergySurface S>
class WatchedSurface {
 public:
  WatchedSurface(S& surface, const Vector& minimum, double minimum_energy, const SearchLimits& limits)
      : surface_(surface), minimum_(minimum), minimum_energy_(minimum_energy), limits_(limits) {}

  /// What is evaluated from now on is counted here.
  void count_in(Cost& phase) { phase_ = &phase; }
  [[nodiscard]] int left() const { return limits_.max_evaluations - spent_; }
  [[nodiscard]] S& surface() { return surface_; }
  [[nodiscard]] const Vector& minimum() const { return minimum_; }
  [[nodiscard]] double minimum_energy() const { return minimum_energy_; }

  /// Throws SearchStopped where the limits are passed, or the potential has no answer.
  double evaluate(const Vector& x, Vector& gradient) {
    pay(phase_->forces);
    double energy = 0;
    try {
      energy = surface_.evaluate(x, gradient);
    } catch (const Cancelled&) {
      throw;
    } catch (const Error& error) {
      throw SearchStopped{SearchEnd::explosion, error.what()};
    }
    if (!std::isfinite(energy) || !gradient.allFinite())
      throw SearchStopped{SearchEnd::explosion, "energy or force is not a number"};
    if (energy - minimum_energy_ > limits_.max_energy)
      throw SearchStopped{SearchEnd::explosion, "energy " + std::to_string(energy - minimum_energy_) + " eV above the minimum"};
    const double moved = length(x - minimum_);
    if (moved > limits_.max_displacement)
      throw SearchStopped{SearchEnd::explosion, "an atom " + std::to_string(moved) + " A from its place"};
    return energy;
  }
  void product(const Vector& v, Vector& out) {
    pay(phase_->products);
    try {
      surface_.product(v, out);
    } catch (const Cancelled&) {
      throw;
    } catch (const Error& error) {
      throw SearchStopped{SearchEnd::explosion, error.what()};
    }
    if (out.size() != v.size() || !out.allFinite())
      throw SearchStopped{SearchEnd::explosion, "a product with the Hessian is not a number"};
  }
  [[nodiscard]] double residual(const Vector& gradient) const {
    if constexpr (requires { surface_.residual(gradient); })
      return surface_.residual(gradient);
    else
      return gradient.cwiseAbs().maxCoeff();
  }
  [[nodiscard]] double length(const Vector& step) const {
    if constexpr (requires { surface_.length(step); })
      return surface_.length(step);
    else
      return step.cwiseAbs().maxCoeff();
  }
  void hold(Vector& v) const {
    if constexpr (requires { surface_.hold(v); }) surface_.hold(v);
  }
  [[nodiscard]] Matrix rigid_motions() const {
    if constexpr (requires { surface_.rigid_motions(); })
      return surface_.rigid_motions();
    else
      return Matrix(minimum_.size(), 0);
  }

 private:
  void pay(std::int64_t& counter) {
    if (left() <= 0) throw SearchStopped{SearchEnd::not_converged, "all evaluations spent"};
    ++counter, ++spent_;
  }

  S& surface_;
  const Vector& minimum_;
  double minimum_energy_;
  SearchLimits limits_;
  Cost unnamed_;
  Cost* phase_ = &unnamed_;
  int spent_ = 0;
};

}  // namespace tarn
