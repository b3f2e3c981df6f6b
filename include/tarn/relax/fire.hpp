#pragma once
// FIRE 2.0: molecular dynamics that is steered downhill and stopped when it goes uphill.
//
//   P = F·v
//   P > 0:  after `delay` such steps in a row Δt grows and α shrinks
//   P ≤ 0:  x ← x − ½Δt v with the Δt of the step that led uphill, cut as that one was; then v ← 0, and from step
//           `delay` on Δt shrinks and α is reset
//   v ← v + Δt F,   v ← (1 − α) v + α |v| F/|F|,   x ← x + Δt v   (semi-implicit Euler)
// J. Guénolé, W. G. Nöhring, A. Vaid, F. Houllé, Z. Xie, A. Prakash, E. Bitzek, Comput. Mater. Sci. 175, 109584 (2020). Every
// variable has mass 1: times are in Å/√eV (Cu: 1 ps is 12.3 of them).

#include <algorithm>
#include <cmath>
#include <utility>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/relax/minimiser.hpp"

namespace tarn {

/// FIRE 2.0, as above. The parameters have the paper's values; its time step is 2 fs of MD.
struct Fire {
  double time_step = 0.02;   ///< Å/√eV, at the start
  double max_factor = 10;    ///< largest time step over the first
  double min_factor = 0.02;  ///< smallest time step over the first
  int delay = 20;            ///< steps downhill before the time step grows; none is shrunk during the first ones
  double grow = 1.1;         ///< of the time step
  double shrink = 0.5;
  double alpha = 0.25;  ///< mixing of the velocity with the force, at the start
  double alpha_shrink = 0.99;
  int max_uphill = 2000;  ///< steps uphill in a row after which it gives up
  double max_step = 0.1;  ///< Å, of any atom in one step

  [[nodiscard]] Minimum minimise(AnyObjective& objective, Vector start, const Stop& stop,
                                 const ProgressFunction& observer) const {
    if (!(time_step > 0 && max_factor >= 1 && min_factor > 0 && min_factor <= 1))
      throw Error("FIRE with time step ", time_step, " and factors ", min_factor, " to ", max_factor,
                  ": they must be positive and hold 1 between them");
    if (!(grow >= 1 && shrink > 0 && shrink < 1 && alpha > 0 && alpha <= 1 && alpha_shrink > 0 && alpha_shrink <= 1 &&
          max_step > 0 && delay >= 0 && max_uphill > 0))
      throw Error("FIRE: needs grow ≥ 1, shrink in (0, 1), alpha and alpha_shrink in (0, 1], and max_step > 0");
    Evaluations evaluate(objective, stop, observer);
    Point at;
    at.x = std::move(start);
    int iterations = 0;
    evaluate(at);
    Vector velocity = Vector::Zero(at.x.size());
    double dt = time_step, mix = alpha, taken = 0;
    int downhill = 0, uphill = 0;
    while (!evaluate.converged(at) && !evaluate.spent() && !evaluate.stuck() && uphill <= max_uphill) {
      if (-at.gradient.dot(velocity) > 0) {
        uphill = 0;
        if (++downhill > delay) {
          dt = std::min(dt * grow, time_step * max_factor);
          mix *= alpha_shrink;
        }
      } else {
        downhill = 0;
        ++uphill;
        if (iterations >= delay) {
          if (dt * shrink >= time_step * min_factor) dt *= shrink;
          mix = alpha;
        }
        at.x -= 0.5 * taken * velocity;
        velocity.setZero();
      }
      velocity -= dt * at.gradient;
      velocity = (1 - mix) * velocity - (mix * velocity.norm() / at.gradient.norm()) * at.gradient;
      taken = std::min(dt, max_step / evaluate.length(velocity));
      at.x += taken * velocity;
      evaluate(at);
      ++iterations;
    }
    return evaluate.end(std::move(at), iterations);
  }
};
static_assert(Minimiser<Fire>);

}  // namespace tarn
