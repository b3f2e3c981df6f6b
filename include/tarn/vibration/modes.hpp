#pragma once
// Vibrational modes, and which of them are rigid translations, unstable, or marginal.
//
// A periodic sample has three modes of zero frequency, the rigid translations, e ∝ M^{1/2} (the same displacement of every atom).
// They are told by that shape and by their frequency: a soft mode that happens to lie near zero has no translational weight, so it is
// never taken for one, whatever the threshold.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "tarn/core/error.hpp"
#include "tarn/core/units.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/vibration/solver.hpp"

namespace tarn {

namespace detail {
/// Throws Error unless the rows are three an atom.
inline void check_rows(const Matrix& vectors) {
  if (vectors.rows() == 0 || vectors.rows() % 3 != 0)
    throw Error("modes with ", vectors.rows(), " rows: three rows an atom are expected, at least one atom");
}
}  // namespace detail

/// M modes of N atoms, ascending. ω = −sqrt(|λ|) marks an unstable mode.
struct Modes {
  Vector omega_rad_per_ps;  ///< M
  Matrix vectors;           ///< 3N × M, orthonormal eigenvectors of the dynamical matrix (mass-weighted convention)

  [[nodiscard]] Eigen::Index count() const { return omega_rad_per_ps.size(); }
  [[nodiscard]] Eigen::Index atoms() const { return vectors.rows() / 3; }
  /// Whether these are all 3N.
  [[nodiscard]] bool complete() const { return count() == vectors.rows(); }
  /// No mode is missing up to this frequency; infinity where all are there.
  [[nodiscard]] double reach_rad_per_ps() const {
    if (complete()) return std::numeric_limits<double>::infinity();
    return count() == 0 ? 0.0 : std::max(0.0, omega_rad_per_ps[count() - 1]);
  }
  /// Throws Error where the parts do not fit together or the order is not ascending.
  void check() const {
    detail::check_rows(vectors);
    if (vectors.cols() != count())
      throw Error(count(), " frequencies and ", vectors.cols(), " eigenvectors: one each is expected");
    for (Eigen::Index j = 0; j < count(); ++j) {
      if (!std::isfinite(omega_rad_per_ps[j])) throw Error("mode ", j + 1, " has a frequency that is not a number");
      if (j > 0 && omega_rad_per_ps[j] < omega_rad_per_ps[j - 1])
        throw Error("mode ", j + 1, " lies below the one before: modes are expected in ascending order");
    }
  }
  /// The same, and that there is a mass for each atom.
  void check(const Vector& masses) const {
    check();
    if (masses.size() != atoms()) throw Error(masses.size(), " masses for modes of ", atoms(), " atoms");
  }
};

/// The modes of a dynamical matrix in (rad/ps)², from its eigenpairs. Throws Error as Modes::check.
[[nodiscard]] inline Modes to_modes(Eigenpairs pairs) {
  Modes modes{pairs.values.unaryExpr([](double value) { return units::signed_frequency(value); }), std::move(pairs.vectors)};
  modes.check();
  return modes;
}

/// Mass-weighted rigid translations along x, y, z: 3N × 3, orthonormal. `masses`: N, u. Throws Error where a mass is not positive.
[[nodiscard]] inline Matrix translations(const Vector& masses) {
  if (masses.size() == 0) throw Error("translations of no atoms");
  Matrix t = Matrix::Zero(3 * masses.size(), 3);
  for (Eigen::Index i = 0; i < masses.size(); ++i) {
    if (!(masses[i] > 0 && std::isfinite(masses[i])))
      throw Error("atom number ", i + 1, " has mass ", masses[i], " u: it must be positive");
    for (Eigen::Index a = 0; a < 3; ++a) t(3 * i + a, a) = std::sqrt(masses[i]);
  }
  return t / std::sqrt(masses.sum());
}

/// What a mode is.
enum class ModeKind : std::uint8_t {
  zero,      ///< a rigid translation: more than half of it, and |ω| within the tolerance
  unstable,  ///< ω below −tolerance
  marginal,  ///< |ω| within the tolerance, and no translation
  stable     ///< all others
};

/// Each mode's kind, and how many there are of each.
struct ModeCensus {
  std::vector<ModeKind> kinds;  ///< M
  Vector translational_weight;  ///< M, share of the mode in the rigid translations, 0 … 1
  double tolerance_rad_per_ps = 0;
  Eigen::Index zero = 0, unstable = 0, marginal = 0, stable = 0;

  [[nodiscard]] bool is(Eigen::Index mode, ModeKind kind) const { return kinds[static_cast<std::size_t>(mode)] == kind; }
  /// Throws Error where it is not of as many modes as these.
  void check(const Modes& modes) const {
    if (kinds.size() != static_cast<std::size_t>(modes.count()))
      throw Error("a census of ", kinds.size(), " modes for ", modes.count(), " modes: classify these modes");
  }
};

/// Tells the modes apart. `masses`: N, u; `tolerance_rad_per_ps`: |ω| that counts as zero.
/// Throws Error where masses and modes do not fit, a vector is not finite or the tolerance is not positive.
[[nodiscard]] inline ModeCensus classify_modes(const Modes& modes, const Vector& masses, double tolerance_rad_per_ps = 2e-2) {
  modes.check(masses);
  if (!(tolerance_rad_per_ps > 0))
    throw Error("a tolerance of ", tolerance_rad_per_ps, " rad/ps for zero modes: it must be positive");
  ModeCensus census;
  census.tolerance_rad_per_ps = tolerance_rad_per_ps;
  const Matrix overlap = translations(masses).transpose() * modes.vectors;
  census.translational_weight = overlap.colwise().squaredNorm();
  if (!census.translational_weight.allFinite()) throw Error("an eigenvector has a component that is not a number");

  // the three modes with the greatest translational weight are the candidates
  std::vector<Eigen::Index> order(static_cast<std::size_t>(modes.count()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  const auto candidates = std::min<std::size_t>(3, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(candidates), order.end(),
                    [&](auto a, auto b) { return census.translational_weight[a] > census.translational_weight[b]; });
  const auto kind_of = [&](double omega) {
    if (omega < -tolerance_rad_per_ps) return ModeKind::unstable;
    return omega <= tolerance_rad_per_ps ? ModeKind::marginal : ModeKind::stable;
  };
  for (Eigen::Index j = 0; j < modes.count(); ++j) census.kinds.push_back(kind_of(modes.omega_rad_per_ps[j]));
  for (std::size_t c = 0; c < candidates; ++c) {
    auto& kind = census.kinds[static_cast<std::size_t>(order[c])];
    if (kind == ModeKind::marginal && census.translational_weight[order[c]] > 0.5) kind = ModeKind::zero;
  }
  const auto count = [&](ModeKind kind) { return std::count(census.kinds.begin(), census.kinds.end(), kind); };
  census.zero = count(ModeKind::zero);
  census.unstable = count(ModeKind::unstable);
  census.marginal = count(ModeKind::marginal);
  census.stable = count(ModeKind::stable);
  return census;
}

}  // namespace tarn
