#pragma once
// The energy of a sample as a surface to be searched: forces, products with the Hessian, some atoms frozen at will.
//
// The Hessian follows only when a product is asked for at a new point. What is remembered of earlier points (neighbour lists) is made anew by restart(),
// so that what a search gives, to the last bit, depends on nothing before it.

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "tarn/atoms/atoms_within.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/landscape/energy_surface.hpp"
#include "tarn/landscape/rigid_motions.hpp"
#include "tarn/relax/objective.hpp"
#include "tarn/vibration/hessian.hpp"

namespace tarn {

/// Of one thread; the potential must live longer.
template <TwiceDifferentiable P>
class AtomSurface {
 public:
  /// Rotations are left out where nothing is periodic, translations always. Throws Error for a sample that check() refuses or that the potential does not fit.
  AtomSurface(const Sample& sample, const P& potential, double hessian_skin_A = 1.0)
      : potential_(potential),
        home_(sample),
        sample_(sample),
        workspace_(potential.workspace(sample)),
        skin_(hessian_skin_A),
        rigid_(sample.cell.periodic[0] || sample.cell.periodic[1] || sample.cell.periodic[2]
                   ? RigidMotions::translations
                   : RigidMotions::translations_and_rotations) {
    sample.check();
  }

  AtomSurface(const Sample&, const P&&, double = 1.0) = delete;  // it would not live longer

  [[nodiscard]] Eigen::Index rows() const { return home_.positions.size(); }
  [[nodiscard]] const Sample& sample() const { return sample_; }
  [[nodiscard]] const P& potential() const { return potential_; }
  [[nodiscard]] Vector start() const { return flat(home_.positions); }

  /// All atoms mobile at the sample's own positions, nothing remembered.
  void restart() {
    sample_.positions = home_.positions;
    release();
  }

  double evaluate(const Vector& x, Vector& gradient) {
    flat(sample_.positions) = x;
    current_ = false;
    auto found = potential_.evaluate(sample_, workspace_);
    gradient = -flat(found.forces);
    return found.energy_eV;
  }
  void product(const Vector& v, Vector& out) {
    if (!current_) {
      if (hessian_)
        hessian_->update(sample_, potential_);
      else
        hessian_.emplace(sample_, potential_, potential_.executor(), skin_, frozen());
      current_ = true;
    }
    out.resize(v.size());
    if (frozen().none()) {
      hessian_->perform_op(v.data(), out.data());
      return;
    }
    Vector moving = v;
    hold(moving);
    hessian_->perform_op(moving.data(), out.data());
    hold(out);
  }
  [[nodiscard]] double residual(const Vector& gradient) const { return largest_of_threes(gradient); }
  [[nodiscard]] double length(const Vector& step) const { return largest_of_threes(step); }
  /// With frozen atoms none, but the motions of each of them, which nobody asks for: gradients and products have no part there.
  [[nodiscard]] Matrix rigid_motions() const {
    return tarn::rigid_motions(flat(sample_.positions), frozen().none() ? rigid_ : RigidMotions::none);
  }

  /// Only atoms nearer than `radius_A` to one that `push` (3N) moves stay mobile, the others where they are in the sample that it was made for.
  void freeze_beyond(const Vector& push, double radius_A) {
    if (!(radius_A > 0)) throw Error("a frozen surrounding begins beyond ", radius_A, " Å: the radius must be positive");
    std::vector<char> mobile(static_cast<std::size_t>(home_.size()), 0);
    for (Eigen::Index i = 0; i < home_.size(); ++i) {
      if (push.segment<3>(3 * i).isZero(0)) continue;
      for (const Eigen::Index j : atoms_within(home_, i, radius_A)) mobile[static_cast<std::size_t>(j)] = 1;
    }
    if (std::find(mobile.begin(), mobile.end(), 0) == mobile.end())
      release();
    else
      begin(potential_.freeze(home_, std::move(mobile)));
  }
  void release() { begin({}); }
  void hold(Vector& v) const {
    const std::vector<char>& mobile = frozen().mobile;
    for (std::size_t i = 0; i < mobile.size(); ++i)
      if (!mobile[i]) v.segment<3>(3 * static_cast<Eigen::Index>(i)).setZero();
  }

 private:
  void begin(FrozenAtoms frozen) {
    workspace_ = potential_.workspace(home_, std::move(frozen));
    hessian_.reset();
    current_ = false;
  }
  [[nodiscard]] const FrozenAtoms& frozen() const { return workspace_.frozen(); }

  const P& potential_;
  Sample home_, sample_;
  typename P::Workspace workspace_;
  double skin_;
  RigidMotions rigid_;
  using Operator = decltype(Hessian(std::declval<const Sample&>(), std::declval<const P&>()));
  std::optional<Operator> hessian_;
  bool current_ = false;
};

}  // namespace tarn
