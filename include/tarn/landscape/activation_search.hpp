#pragma once
// One search for a saddle on any surface: way out of the basin, following to the loose and to the tight point, evidence of its order, both sides.
//
// Order: v with vᵀHv < 0 shows that there is a negative eigenvalue; the lowest of H in the space orthogonal to v lies at or below the second of H (Cauchy's interlacing),
// so where that is positive there is no other. What is claimed is θ − residual > 0 for its Ritz value, held
// for ModeAccuracy::doubt products more.

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

/// Parameters of a search; the defaults of what the paper names are the paper's. Its method: how the lowest mode is found, and how it relaxes across it.
template <ModeFinder Finder = Lanczos, PerpendicularSteps Across = QuasiNewton>
struct SearchParams {
  double loose_force = 0.05;  ///< eV/Å, largest on an atom
  double tight_force = 1e-3;
  double side_force = 1e-3;
  SearchLimits limits;
  Following following;  ///< to the loose point
  Following refining{.max_up = 0.1, .max_step = 0.1, .yield = 2, .look_every = 12, .look_after = 0.05, .patience = 8};
  ModeAccuracy certain{.relative = 0.05, .absolute = 5e-3, .max_products = 30};  ///< of the mode at the tight saddle
  ModeAccuracy order{
      .max_products = 400, .only_sign = true, .doubt = 8};  ///< of the sign of the second, which may be as small as 0.005 eV/Å²
  int descents = 2;                                         ///< times that a point of higher order is left along its second mode
  double descent = 0.2;                                     ///< Å, length of that step
  double over = 0.3;                                        ///< Å, length of the step over the saddle to either side
  int side_evaluations = 600;                               ///< at most, each
  Lbfgs minimiser{.memory = 20, .max_step = 0.3};
  BasinRule basin;
  Finder finder = Finder();
  Across across = Across();
};

/// Where a side of a saddle leads.
struct SaddleSide {
  Vector x;
  double energy = 0;    ///< above the initial minimum
  double distance = 0;  ///< from the initial minimum, of what moved most
  bool converged = false;
  Connection connection = Connection::no;
};

/// What a search came to. `second` is known by its sign alone: its value is an upper bound.
struct SearchResult {
  SearchEnd end = SearchEnd::not_converged;
  std::string detail;
  SearchCost cost;
  std::optional<double> loose_barrier;
  Point saddle;  ///< its energy that of the surface; meaningless, as all below, where `end` is no saddle
  double barrier = 0;
  Vector mode;
  BoundedEigenvalue lowest, second;
  std::array<SaddleSide, 2> side;  ///< the one nearer to the initial minimum first
};

namespace detail {

/// The second eigenvalue at the walker's point, in `second`; true where the mode is the only one that is negative.
template <class W, class Params>
bool shows_first_order(W& walker, const Params& params, LowestMode& second) {
  const Vector& v = walker.mode().vector;
  const double own = walker.mode().lowest.residual;
  if (!(walker.mode().lowest.value < 0)) return false;
  if (v.size() - walker.surface().rigid_motions().cols() <= 1) return true;
  second = walker.mode_without(v, walker.softest_across(), params.order);
  const bool shown =
      second.accurate && (second.lowest.value - second.lowest.residual > 0 || (second.exhausted && second.lowest.value > 0));
  second.lowest.residual = std::hypot(second.lowest.residual, own);  // as an eigenvector of the whole space
  return shown;
}

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
      if (detail::shows_first_order(walker, params, second)) break;
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
    for (int k = 0; k < 2; ++k)
      out.side[static_cast<std::size_t>(k)] =
          detail::minimise_side(watched, out.saddle.x + (k == 0 ? -params.over : params.over) * out.mode, params);
    if (out.side[1].distance < out.side[0].distance) std::swap(out.side[0], out.side[1]);
  } catch (const SearchStopped& stopped) {
    if constexpr (Freezable<S>) surface.release();
    if (out.end != SearchEnd::saddle) out.end = stopped.end;
    out.detail = stopped.detail;
  }
  return out;
}

}  // namespace tarn
