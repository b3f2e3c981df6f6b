#pragma once
// Plane waves of a periodic cell, shell by shell, the weight of each mode in them, and the frequency of the lowest transverse phonons.
//
// The long waves of a finite box lie on the shells of its reciprocal lattice, |k| = 2π/L and up, and stand out of the spectrum of a small
// sample as narrow groups of modes that have nothing to do with disorder. A wave displaces atom i by ε cos(k·r_i) or ε sin(k·r_i); as a mode
// it is e_i = sqrt(m_i) ε cos(k·r_i). Longitudinal: ε ∥ k; transverse: two ε ⊥ k. In a glass the waves of a shell overlap a little (and with
// the rigid translations): so they are made orthonormal, without the translations, and a mode's weight is its squared projection.
// Waves of a lattice: M. Born, K. Huang, Dynamical Theory of Crystal Lattices (Oxford, 1954). In a glass they are no modes; what stands
// for ω₁ there is derived at lowest_transverse_phonons.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

#include <Eigen/Geometry>

#include "tarn/atoms/elements.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"
#include "tarn/vibration/modes.hpp"

namespace tarn {

/// Wave vectors of (nearly) one length; of ±k one is kept.
struct WaveShell {
  std::vector<std::array<int, 3>> indices;  ///< multiples of the three reciprocal vectors
  Vectors waves;                            ///< 3 × pairs, k in rad/Å
  double length = 0;                        ///< mean |k|, rad/Å
};

/// The first `count` shells of a cell of any shape: waves whose |k| exceeds the shell's shortest by less than `spread` of it. The default
/// holds the three pairs of a slightly strained cube together, and its shells apart. Directions that are not periodic carry no wave.
/// Throws Error where the cell is not a cell or not periodic at all, or the arguments make no sense.
[[nodiscard]] inline std::vector<WaveShell> wave_shells(const Cell& cell, int count, double spread = 0.08) {
  cell.check();
  if (count < 1 || count > 100) throw Error(count, " shells of plane waves: ask for 1 to 100");
  if (!(spread >= 0 && spread < 1)) throw Error("shells of plane waves with a spread of ", spread, ": 0 to 1 is expected");
  if (!cell.periodic[0] && !cell.periodic[1] && !cell.periodic[2])
    throw Error("plane waves of a cell that is not periodic in any direction");
  const Mat3 reciprocal = 2 * std::numbers::pi * cell.reciprocal();
  double shortest = std::numeric_limits<double>::infinity();
  for (int a = 0; a < 3; ++a)
    if (cell.periodic[static_cast<std::size_t>(a)]) shortest = std::min(shortest, reciprocal.col(a).norm());

  struct Wave {
    double length;
    std::array<int, 3> index;
  };
  for (double radius = shortest * 1.5;; radius *= 1.5) {
    std::array<int, 3> most{};  // |h_a| = |k·a|/2π ≤ |k||a|/2π
    for (int a = 0; a < 3; ++a)
      if (cell.periodic[static_cast<std::size_t>(a)])
        most[static_cast<std::size_t>(a)] = static_cast<int>(radius * cell.vectors.col(a).norm() / (2 * std::numbers::pi));
    std::vector<Wave> found;
    for (int h = 0; h <= most[0]; ++h)
      for (int k = -most[1]; k <= most[1]; ++k)
        for (int l = -most[2]; l <= most[2]; ++l) {
          const bool first_of_pair = h > 0 || (h == 0 && (k > 0 || (k == 0 && l > 0)));
          const double length = (reciprocal * Vec3(h, k, l)).norm();
          if (first_of_pair && length <= radius) found.push_back({length, {h, k, l}});
        }
    std::sort(found.begin(), found.end(),
              [](const Wave& a, const Wave& b) { return std::pair(a.length, a.index) < std::pair(b.length, b.index); });
    std::vector<WaveShell> shells;
    double begin = -1;
    for (const auto& [length, index] : found) {
      if (begin < 0 || length > begin * (1 + spread) * (1 + 1e-9)) {
        if (static_cast<int>(shells.size()) == count) break;
        shells.emplace_back();
        begin = length;
      }
      shells.back().indices.push_back(index);
    }
    // the last shell must end inside the radius
    if (static_cast<int>(shells.size()) < count || begin * (1 + spread) * (1 + 1e-9) > radius) continue;
    for (auto& shell : shells) {
      shell.waves.resize(3, static_cast<Eigen::Index>(shell.indices.size()));
      for (std::size_t w = 0; w < shell.indices.size(); ++w)
        shell.waves.col(static_cast<Eigen::Index>(w)) =
            reciprocal * Eigen::Map<const Eigen::Vector3i>(shell.indices[w].data()).cast<double>();
      shell.length = shell.waves.colwise().norm().mean();
    }
    return shells;
  }
}

/// Along the wave vector, across it, or both.
enum class Polarisation { longitudinal, transverse, both };

/// Orthonormal basis of the mass-weighted plane waves of `shells`, free of rigid translations: 3N × W, W = 2, 4 or 6 a pair ±k by
/// polarisation, fewer where waves coincide on the atoms (a wave shorter than the atoms' spacing).
/// Throws Error where the sample has no atoms or no masses.
[[nodiscard]] inline Matrix plane_waves(const Sample& sample, const std::vector<WaveShell>& shells,
                                        Polarisation polarisation = Polarisation::both) {
  require_masses(sample);
  const Eigen::Index atoms = sample.size();
  const Vector& masses = sample.masses;
  Eigen::Index pairs = 0;
  for (const auto& shell : shells) pairs += shell.waves.cols();
  const Matrix rigid = translations(masses);
  const Vector root = masses.cwiseSqrt();
  Matrix basis(3 * atoms, 6 * pairs);
  Eigen::Index used = 0;
  const auto add = [&](Vector wave) {
    wave.normalize();
    for (int pass = 0; pass < 2; ++pass) {  // the second pass removes what rounding left
      for (Eigen::Index c = 0; c < 3; ++c) wave -= rigid.col(c).dot(wave) * rigid.col(c);
      for (Eigen::Index c = 0; c < used; ++c) wave -= basis.col(c).dot(wave) * basis.col(c);
    }
    const double left = wave.norm();
    if (left > 1e-6) basis.col(used++) = wave / left;
  };
  for (const auto& shell : shells)
    for (Eigen::Index w = 0; w < shell.waves.cols(); ++w) {
      const Vec3 k = shell.waves.col(w);
      Eigen::Index least = 0;
      k.cwiseAbs().minCoeff(&least);
      const Vec3 along = k.normalized(), across = along.cross(Vec3::Unit(least)).normalized();
      std::vector<Vec3> directions;
      if (polarisation != Polarisation::transverse) directions.push_back(along);
      if (polarisation != Polarisation::longitudinal) directions.insert(directions.end(), {across, along.cross(across)});
      Vector phase(atoms);
      for (Eigen::Index i = 0; i < atoms; ++i) phase[i] = k.dot(sample.positions.col(i));
      for (const Vec3& direction : directions)
        for (const bool sine : {false, true}) {
          const Vector wave = sine ? Vector(phase.array().sin()) : Vector(phase.array().cos());
          const Vector amplitude = root.cwiseProduct(wave);
          // a sine that vanishes on every atom is no wave
          if (amplitude.squaredNorm() < 1e-12 * masses.sum()) continue;
          Vector displacement(3 * atoms);
          for (Eigen::Index i = 0; i < atoms; ++i) displacement.segment<3>(3 * i) = amplitude[i] * direction;
          add(std::move(displacement));
        }
    }
  basis.conservativeResize(Eigen::NoChange, used);
  return basis;
}

/// Weight of each mode in the space of `basis` (orthonormal columns, 3N × W): M values, 0 … 1. Over all modes they sum to W, so W/3N is
/// what a mode without any wave in it has on average. Throws Error where the rows differ.
[[nodiscard]] inline Vector weight_in(const Matrix& basis, const Modes& modes) {
  if (basis.rows() != modes.vectors.rows())
    throw Error("plane waves of ", basis.rows(), " rows and modes of ", modes.vectors.rows(), ": both are 3 an atom");
  const Matrix overlap = basis.transpose() * modes.vectors;
  return overlap.colwise().squaredNorm();
}

/// Weight of each mode in the plane waves, all polarisations, of the first `shells` shells: M values, 0 … 1; rigid translations have 0.
/// Throws Error as wave_shells and plane_waves.
[[nodiscard]] inline Vector phonon_weight(const Modes& modes, const Sample& sample, int shells = 3) {
  return weight_in(plane_waves(sample, wave_shells(sample.cell, shells)), modes);
}

/// The lowest transverse phonons of the box, from the modes.
struct LowestPhonons {
  double omega_1_rad_per_ps = 0;
  double low_rad_per_ps = 0;  ///< bounds that modes not computed leave open; both are ω₁ where all modes are there
  double high_rad_per_ps = 0;
  WaveShell shell;  ///< the shortest waves of the cell
  /// The four stable modes a pair ±k (12 in a cube) that resemble its transverse waves most, ascending.
  std::vector<Eigen::Index> modes;
  double weight = 0;  ///< share of those waves that these modes hold, 0 … 1: how far the phonons are single modes
};

/// ω₁ = 2π v_T/L as the modes show it: by the static response of the W transverse waves q of the first shell,
///   1/ω₁² = (1/W) Σ_q qᵀ D⁻¹ q = (1/W) Σ_j w_j/ω_j²,   w_j the weight of mode j in them (D⁻¹ = Σ_j e_j e_jᵀ/ω_j², w_j = Σ_q (e_j·q)²).
/// A small force q displaces the sample by D⁻¹q; an elastic medium of density ρ and relaxed shear modulus G = ρ v_T² answers by q/(v_T k)²,
/// so this compliance is the one that G describes at long waves. Disorder spreads a wave over many modes, and unlike the mean frequency of the
/// most similar modes (8 to 9 % lower in the glasses of 256 and 864 atoms that come with tarn) this sum does not mind. Still an estimate from
/// modes at a finite wave length (2 % below 2π v_T/L by the G of the same two glasses); elastic constants, where known, are the better source.
/// With the lowest modes alone, what they lack of the W waves is put at 1.3 times the highest one computed: in the same glasses, cut anywhere
/// between ω₁ and 3ω₁, it lies at 1.22 to 1.33 times that. The bounds put it at that one and at infinity. Unstable and marginal modes are left out.
/// Throws Error as wave_shells and plane_waves, and where no stable mode has weight in the waves.
[[nodiscard]] inline LowestPhonons lowest_transverse_phonons(const Modes& modes, const ModeCensus& census, const Sample& sample) {
  LowestPhonons phonons;
  phonons.shell = wave_shells(sample.cell, 1).front();
  const Matrix waves = plane_waves(sample, {phonons.shell}, Polarisation::transverse);
  const Vector weight = weight_in(waves, modes);
  const double total = static_cast<double>(waves.cols());
  double compliance = 0, missing = modes.complete() ? 0 : total;
  for (Eigen::Index j = 0; j < modes.count(); ++j) {
    missing = std::max(0.0, missing - weight[j]);
    if (!census.is(j, ModeKind::stable)) continue;
    compliance += weight[j] / (modes.omega_rad_per_ps[j] * modes.omega_rad_per_ps[j]);
    phonons.modes.push_back(j);
  }
  if (!(compliance > 0)) throw Error("no stable mode has weight in the lowest transverse waves of the cell: compute more modes");
  const auto frequency = [&](double reach) { return std::sqrt(total / (compliance + missing / (reach * reach))); };
  const double highest = modes.omega_rad_per_ps[modes.count() - 1];
  phonons.omega_1_rad_per_ps = frequency(1.3 * highest);
  phonons.low_rad_per_ps = frequency(highest);
  phonons.high_rad_per_ps = frequency(std::numeric_limits<double>::infinity());

  const auto taken = std::min(phonons.modes.size(), static_cast<std::size_t>(waves.cols()));
  std::partial_sort(phonons.modes.begin(), phonons.modes.begin() + static_cast<std::ptrdiff_t>(taken), phonons.modes.end(),
                    [&](auto a, auto b) { return weight[a] > weight[b]; });
  phonons.modes.resize(taken);
  std::sort(phonons.modes.begin(), phonons.modes.end());
  for (const auto j : phonons.modes) phonons.weight += weight[j] / total;
  return phonons;
}

}  // namespace tarn
