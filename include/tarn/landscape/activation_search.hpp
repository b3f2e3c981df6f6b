#pragma once
// One search for a saddle on any surface: way out of the basin, following to the loose and to the tight point, evidence of its order, both sides.

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "tarn/core/error.hpp"
#include "tarn/core/random.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/landscape/activation.hpp"
#include "tarn/landscape/energy_surface.hpp"
#include "tarn/landscape/lanczos.hpp"
#include "tarn/landscape/lowest_mode.hpp"
#include "tarn/landscape/mode_following.hpp"
#include "tarn/landscape/perpendicular_steps.hpp"
#include "tarn/landscape/saddle_order.hpp"
#include "tarn/landscape/way_out.hpp"
#include "tarn/relax/lbfgs.hpp"
#include "tarn/relax/minimiser.hpp"
#include "tarn/relax/quasi_newton.hpp"

namespace tarn {

/// Which minima are one and the same. Distances are those of the atom that differs most: a minimum in which two like atoms have changed places is another one, since
/// they went over a barrier.
struct BasinRule {
  double same_distance = 0.05;  ///< Å, and
  double same_energy = 1e-3;    ///< eV: the initial minimum itself
  double twin_distance = 0.8;   ///< Å, and
  double twin_energy = 0.05;    ///< eV: its soft twin
  double doubt_force = 1e-4;    ///< eV/Å: a twin is minimised as tightly as this before it is called so
};

namespace detail {
inline void positive(double value, const char* what) {
  if (!(value > 0 && std::isfinite(value))) throw Error("search for saddles: ", what, " must be positive, ", value, " given");
}
}  // namespace detail

/// Parameters of a search; the defaults of what the paper names are the paper's. Its method: how the lowest mode is found, and how it relaxes across it.
template <ModeFinder Finder = Lanczos, PerpendicularSteps Across = QuasiNewton>
struct SearchParams {
  double loose_force = 0.05;  ///< eV/Å, largest on an atom
  double tight_force = 1e-3;
  double side_force = 1e-3;
  SearchLimits limits;
  Following following;  ///< to the loose point
  Following refining{.max_up = 0.1, .max_step = 0.1, .yield = 2, .look_every = 24, .look_after = 0.12, .patience = 8};
  ModeAccuracy certain{.relative = 0.1, .absolute = 5e-3, .max_products = 20};  ///< of the mode at the tight saddle
  OrderTest order;
  int descents = 2;            ///< times that a point of higher order is left along its second mode
  double descent = 0.2;        ///< Å, length of that step
  double over = 0.3;           ///< Å, length of the step over the saddle to either side
  int side_evaluations = 600;  ///< at most, each
  Lbfgs minimiser{.memory = 20, .max_step = 0.3};
  BasinRule basin;
  Finder finder = Finder();
  Across across = Across();

  /// Throws Error for what no search can be made with.
  void check() const {
    using detail::positive;
    positive(loose_force, "the force of a loose saddle");
    positive(tight_force, "the force of a tight saddle");
    positive(side_force, "the force at which a side is minimised");
    positive(over, "the step over the saddle");
    if (!(order.miss > 0 && order.miss < 1))
      throw Error("search for saddles: a chance to miss of ", order.miss, " is not between 0 and 1");
    if (limits.max_evaluations < 1) throw Error("search for saddles: at least one evaluation must be allowed");
  }
};

/// Where a side of a saddle leads.
struct SaddleSide {
  Vector x;
  double energy = 0;    ///< above the initial minimum
  double distance = 0;  ///< from the initial minimum, of what moved most
  bool converged = false;
  Connection connection = Connection::no;
};

/// What a search came to. `second` is an upper bound; its sign is shown as saddle_order.hpp says.
struct SearchResult {
  SearchEnd end = SearchEnd::not_converged;
  std::string detail;
  SearchCost cost;
  std::optional<double> loose_barrier;
  Point saddle;  ///< its energy that of the surface; meaningless, as all below, where `end` is no saddle
  double barrier = 0;
  Vector mode;
  BoundedEigenvalue lowest, second;
  /// The one nearer to the initial minimum first; none where there is no saddle, or its evaluations were spent before both were known.
  std::optional<std::array<SaddleSide, 2>> sides;
};

namespace detail {

template <class S, class Params>
SaddleSide minimise_side(WatchedSurface<S>& surface, const Vector& start, const Params& params) {
  SaddleSide side;
  const Vector& home = surface.minimum();
  const auto take = [&](Minimum&& minimum) {
    side.x = std::move(minimum.point.x);
    side.energy = minimum.point.energy - surface.minimum_energy();
    side.converged = minimum.converged();
    Vector d = side.x - home;
    project_out(surface.rigid_motions(), d);
    side.distance = surface.length(d);
  };
  const auto run = [&](Vector from, double force) {
    take(minimise(surface, std::move(from), params.minimiser, Stop{force, params.side_evaluations}));
  };
  const BasinRule& basin = params.basin;
  const auto is = [&](double distance, double energy) { return side.distance < distance && std::abs(side.energy) < energy; };
  run(start, params.side_force);
  if (!is(basin.same_distance, basin.same_energy) && is(basin.twin_distance, basin.twin_energy)) run(side.x, basin.doubt_force);
  side.connection = is(basin.same_distance, basin.same_energy)   ? Connection::initial
                    : is(basin.twin_distance, basin.twin_energy) ? Connection::twin
                                                                 : Connection::no;
  return side;
}

}  // namespace detail

/// Searches a saddle from `minimum` (energy `minimum_energy`) in the direction of `push`. Throws Error where the arguments do not fit; a search that fails says so in its end.
template <EnergySurface S, class Way, class Finder = Lanczos, class Across = QuasiNewton>
[[nodiscard]] SearchResult search(S& surface, const Vector& minimum, double minimum_energy, const Vector& push, const Way& way,
                                  const SearchParams<Finder, Across>& params, RandomStream random) {
  static_assert(WayOut<Way, Walker<S, Finder, Across>>, "argument 5 must be callable as way(walker, push)");
  if (push.size() != minimum.size()) throw Error("the push has ", push.size(), " components, the minimum ", minimum.size());
  params.check();
  if (!(push.norm() > 0) || !push.allFinite()) throw Error("a search needs a push: a vector that is not zero");
  SearchResult out;
  WatchedSurface<S> watched(surface, minimum, minimum_energy, params.limits);
  Walker<S, Finder, Across> walker(watched, params.finder, params.across, std::move(random));
  try {
    watched.count_in(out.cost.way_out);
    way(walker, push);
    watched.count_in(out.cost.following);
    walker.follow(params.loose_force, params.following);
    out.loose_barrier = walker.at().energy - minimum_energy;
    LowestMode second;
    for (int descents = 0;; ++descents) {
      watched.count_in(out.cost.refining);
      walker.follow(params.tight_force, params.refining);
      watched.count_in(out.cost.order);
      walker.look(params.certain);
      if (!(walker.mode().lowest.value < 0)) walker.stop_lost();
      second = walker.second(params.order);
      second.lowest.residual = std::hypot(second.lowest.residual, walker.mode().lowest.residual);  // as one of the whole space
      if (second.accurate && !(second.lowest.value < 0)) break;
      if (descents >= params.descents || !(second.lowest.value < 0))
        throw SearchStopped{SearchEnd::higher_order, "the second eigenvalue is " + std::to_string(second.lowest.value) + " +- " +
                                                         std::to_string(second.lowest.residual) + " eV/A^2"};
      watched.count_in(out.cost.refining);
      walker.forget();
      walker.go_to(walker.at().x - std::copysign(params.descent, walker.at().gradient.dot(second.vector)) * second.vector);
    }
    out.saddle = walker.at();
    out.barrier = out.saddle.energy - minimum_energy;
    out.mode = walker.mode().vector;
    out.lowest = walker.mode().lowest;
    out.second = second.lowest;
    out.end = SearchEnd::saddle;
    watched.count_in(out.cost.sides);
    const auto side = [&](double over) { return detail::minimise_side(watched, out.saddle.x + over * out.mode, params); };
    std::array<SaddleSide, 2> sides{side(-params.over), side(params.over)};
    if (sides[1].distance < sides[0].distance) std::swap(sides[0], sides[1]);
    out.sides = std::move(sides);
  } catch (const SearchStopped& stopped) {
    if constexpr (Freezable<S>) surface.release();
    if (out.end != SearchEnd::saddle) out.end = stopped.end;
    out.detail = stopped.detail;
  } catch (...) {
    if constexpr (Freezable<S>) surface.release();
    throw;
  }
  return out;
}

}  // namespace tarn
