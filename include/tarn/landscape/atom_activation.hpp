#pragma once
// Searches for saddles around the atoms of a sample: one object a thread, many searches.
//
// Each search starts with nothing remembered, its random numbers are those of its stream: what it finds, to the last bit, does not depend on what was searched before.

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "tarn/atoms/atoms_within.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/random.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/landscape/activation.hpp"
#include "tarn/landscape/activation_search.hpp"
#include "tarn/landscape/atom_surface.hpp"
#include "tarn/landscape/rigid_motions.hpp"
#include "tarn/landscape/way_out.hpp"
#include "tarn/vibration/participation.hpp"

namespace tarn {

/// The first displacement, and what makes a saddle the centre's own.
template <ModeFinder Finder = Lanczos, PerpendicularSteps Across = QuasiNewton>
struct AtomSearchParams {
  double push = 0.1;       ///< Å, length of the first displacement, all pushed atoms together
  double push_radius = 0;  ///< Å: neighbours nearer than this are pushed too; the paper's 2 Å are, in Cu-Zr, the atom alone
  double moved = 0.1;      ///< Å: less is not to have moved
  double minimum_force = 1e-3;  ///< eV/Å: a sample with a larger force is no minimum
  SearchParams<Finder, Across> search;
};

/// Finds saddles around atoms of one sample. The potential must live longer. For one thread at a time.
template <TwiceDifferentiable P, class Way = FrozenWayOut, ModeFinder Finder = Lanczos, PerpendicularSteps Across = QuasiNewton>
class AtomSearcher {
 public:
  /// Throws Error for parameters out of range, and for a sample that is not at a minimum.
  AtomSearcher(const Sample& minimum, const P& potential, AtomSearchParams<Finder, Across> params = {}, Way way = {})
      : params_(std::move(params)), way_(std::move(way)), surface_(minimum, potential), home_(surface_.start()) {
    using detail::positive;
    positive(params_.push, "the length of the push");
    positive(params_.moved, "the displacement that counts as moved");
    positive(params_.minimum_force, "the force of a minimum");
    params_.search.check();
    if (!(params_.push_radius >= 0 && std::isfinite(params_.push_radius)))
      throw Error("search for saddles: the radius of what is pushed must not be negative, ", params_.push_radius, " Å given");
    Vector gradient(home_.size());
    energy_ = surface_.evaluate(home_, gradient);
    const double force = surface_.residual(gradient);
    if (!(force < params_.minimum_force))
      throw Error("the sample is not at a minimum: an atom feels ", force, " eV/Å; minimise it first (below ",
                  params_.minimum_force, ")");
  }

  AtomSearcher(const Sample&, const P&&, AtomSearchParams<Finder, Across> = {}, Way = {}) = delete;  // it would not live longer

  [[nodiscard]] const Sample& minimum() const { return surface_.sample(); }
  [[nodiscard]] double minimum_energy() const { return energy_; }

  /// A search that begins with a random direction of the stream. Throws Error where there is no such atom.
  [[nodiscard]] AtomActivation find(Eigen::Index atom, RandomStream stream) {
    surface_.restart();
    Vector push = Vector::Zero(home_.size());
    for (const Eigen::Index j : atoms_within(surface_.sample(), atom, params_.push_radius))
      push.segment<3>(3 * j) = stream.unit_vector();
    return find(atom, push * (params_.push / push.norm()), std::move(stream));
  }
  /// The same with a given first displacement, 3N, Å.
  [[nodiscard]] AtomActivation find(Eigen::Index atom, const Vector& push, RandomStream stream) {
    if (atom < 0 || atom >= home_.size() / 3) throw Error("there is no atom ", atom, " of ", home_.size() / 3);
    surface_.restart();
    SearchResult found = search(surface_, home_, energy_, push, way_, params_.search, std::move(stream));
    AtomActivation out;
    out.end = found.end;
    out.detail = std::move(found.detail);
    out.cost = found.cost;
    out.loose_barrier = found.loose_barrier;
    if (!found.saddle.x.size()) return out;
    out.barrier = found.barrier;
    out.max_force = found.saddle.residual;
    out.lowest = found.lowest, out.second = found.second;
    out.saddle = Eigen::Map<const Vectors>(found.saddle.x.data(), 3, found.saddle.x.size() / 3);
    out.centre_moved = displacement(found.saddle.x, home_).col(atom).norm();
    if (!found.sides) return out;
    const auto& [near, far] = *found.sides;
    out.side_energy = {near.energy, far.energy}, out.side_distance = {near.distance, far.distance};
    out.sides_converged = near.converged && far.converged;
    out.connected = near.connection;
    const Vectors jump = displacement(far.x, near.x);
    out.atoms_moved = static_cast<int>((jump.colwise().norm().array() > params_.moved).count());
    if (jump.squaredNorm() > 0) out.jump_participation = participation_ratio(Matrix(flat(jump)))[0];
    out.own = out.sides_converged && near.connection != Connection::no && far.connection == Connection::no &&
              out.centre_moved > params_.moved;
    return out;
  }

 private:
  /// Of the atoms, rigid motions left out as for the sides of a search.
  [[nodiscard]] Vectors displacement(const Vector& to, const Vector& from) const {
    Vector d = to - from;
    project_out(surface_.rigid_motions(), d);
    return Eigen::Map<const Vectors>(d.data(), 3, d.size() / 3);
  }

  AtomSearchParams<Finder, Across> params_;
  Way way_;
  AtomSurface<P> surface_;
  Vector home_;
  double energy_ = 0;
};

}  // namespace tarn
