#pragma once
// The way out of a basin: from the minimum along a push until the curvature is negative. Policies, since the way decides what is found.
//
// The plain way lets everything relax across the push, as Yang, Wang and Zaccone (2022) do; a soft collective mode may then take over while the pushed atom falls back.
// The frozen way holds all beyond a radius until a saddle of what is mobile is near.

#include <algorithm>
#include <concepts>
#include <string>
#include <type_traits>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/landscape/mode_following.hpp"
#include "tarn/landscape/rigid_motions.hpp"

namespace tarn {

/// How a push goes on until the curvature is negative.
struct Pushing {
  double step = 0.1;        ///< Å, length of a push along the direction
  int relaxing = 3;         ///< steps across it after each
  double max_step = 0.1;    ///< Å, of any atom in such a step
  double threshold = -0.3;  ///< eV/Å²: the curvature that ends it
  double steep = 0.8;       ///< eV/Å²: while the force along the push grows faster than this no mode is looked for
  int max_pushes = 40;
  ModeAccuracy look{.relative = 0.3, .absolute = 0.05, .max_products = 4};
};

/// From the minimum by `push`, then on along it, what moves everything alike left out: relaxing across a push that holds some of it would carry the whole sample along
/// at no cost. Throws SearchStopped where no curvature falls below the threshold, or nothing of the push is left.
template <class W>
void push_out(W& walker, const Vector& push, const Pushing& how) {
  const double length = push.norm();
  Vector direction = push;
  project_out(walker.surface().rigid_motions(), direction);
  const double left = direction.norm();
  if (!(left > 1e-6 * length))
    throw SearchStopped{SearchEnd::no_negative_curvature, "the push moves or turns the whole sample and nothing in it"};
  direction /= left;
  walker.expect(direction);
  walker.forget();
  walker.go_to(walker.surface().minimum() + length * direction);
  double before = 0;
  for (int pushes = 0; pushes < how.max_pushes; ++pushes) {
    if (pushes > 0) walker.go_to(walker.at().x + how.step * direction);
    for (int k = 0; k < how.relaxing; ++k) walker.step(direction, 0, how.max_step);
    const double slope = walker.at().gradient.dot(direction), rise = (slope - before) / how.step;
    before = slope;
    if (pushes > 0 && rise > how.steep) continue;
    ModeAccuracy look = how.look;
    look.enough = how.threshold;
    walker.look(look);
    if (walker.mode().lowest.value < how.threshold) return;
  }
  throw SearchStopped{SearchEnd::no_negative_curvature,
                      "curvature " + std::to_string(walker.mode().lowest.value) + " eV/A^2 after the last push"};
}

/// A policy: way_out(walker, push) ends where the curvature is below the threshold, everything mobile.
template <class Way, class W>
concept WayOut = std::copyable<Way> && requires(const Way& way, W& walker, const Vector& push) {
  way(walker, push);
};

/// Everything mobile throughout.
struct PlainWayOut {
  Pushing pushing{.look{.relative = 0.3, .absolute = 0.05, .max_products = 15}};  // a mode of all atoms is found later
  template <class W>
  void operator()(W& walker, const Vector& push) const {
    push_out(walker, push, pushing);
  }
};

/// What is further than `radius` from what is pushed stays frozen until no force on the rest is above `release_force`.
struct FrozenWayOut {
  double radius = 6;           ///< Å
  double release_force = 0.2;  ///< eV/Å
  Pushing pushing;
  Following following{.patience = 1};  ///< where the mode is lost early: it is looked for again when all is released

  template <class W>
  void operator()(W& walker, const Vector& push) const {
    auto& surface = walker.surface().surface();
    static_assert(Freezable<std::remove_cvref_t<decltype(surface)>>,
                  "FrozenWayOut needs a surface of which a part can be frozen");
    surface.freeze_beyond(push, radius);
    push_out(walker, push, pushing);
    (void)walker.walk(release_force, following);  // where it is lost: what was frozen can only lower the curvature
    surface.release();
    walker.forget();
    walker.go_to(walker.at().x);  // the forces on what was frozen
  }
};

}  // namespace tarn
