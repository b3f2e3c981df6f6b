#pragma once
// Which of the saddles around one minimum are the same: by their energy, and by where their atoms are, whichever of like atoms is where.
//
// In a periodic cell two saddles are one where each atom of the one has an atom of the same species of the other at its place. In a cluster, which may
// turn and whose mirror image has the same energy, where the sorted distances between atoms, by pair of species, agree one by one.
// What was found how often tells how much is still unseen: statistics/unseen.hpp.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/landscape/displacement.hpp"

namespace tarn {

/// How far apart two findings of one saddle may be: what a tolerance of 1e-3 eV/Å leaves open along the softest modes.
struct EventTolerance {
  double energy = 1e-3;        ///< eV, between barriers
  double displacement = 0.15;  ///< Å, of any atom; in a cluster between distances
};

/// A distinct saddle.
struct Event {
  double barrier = 0;  ///< eV, as it was first found
  int count = 0;       ///< how often it was found
  Displacement moved;  ///< as it was first found
};

/// The distinct saddles around one minimum, in the order in which they were added first.
class EventCatalogue {
 public:
  /// Throws Error for a sample that check() refuses or tolerances that are not positive.
  explicit EventCatalogue(Sample minimum, EventTolerance tolerance = {}) : minimum_(std::move(minimum)), tolerance_(tolerance) {
    minimum_.check();
    if (!(tolerance.energy > 0 && tolerance.displacement > 0))
      throw Error("the tolerances between events are ", tolerance.energy, " eV and ", tolerance.displacement,
                  " Å: both must be positive");
  }

  /// The number of the saddle, from 0: of the closest that is the same, or a new one. Throws Error for a barrier that is not a number or an unknown atom.
  std::size_t add(double barrier, const Displacement& moved) {
    if (!std::isfinite(barrier)) throw Error("a barrier is not a number");
    std::vector<float> distances;
    if (cluster()) distances = sorted_distances(moved);
    std::optional<std::size_t> same;
    double closest = tolerance_.displacement;
    for (auto at = by_barrier_.lower_bound(barrier - tolerance_.energy);
         at != by_barrier_.end() && at->first <= barrier + tolerance_.energy; ++at) {
      const auto apart = cluster() ? difference(distances, distances_[at->second]) : difference(moved, events_[at->second].moved);
      if (!apart || *apart > closest || (same && *apart == closest && at->second > *same)) continue;
      closest = *apart;
      same = at->second;
    }
    if (!same) {
      same = events_.size();
      by_barrier_.emplace(barrier, *same);
      events_.push_back({barrier, 0, moved});
      if (cluster()) distances_.push_back(std::move(distances));
    }
    ++events_[*same].count;
    return *same;
  }
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  [[nodiscard]] const Sample& minimum() const { return minimum_; }
  /// Whether rotations and mirror images are the same: no direction is periodic.
  [[nodiscard]] bool cluster() const { return minimum_.cell.periodic == std::array<bool, 3>{false, false, false}; }

 private:
  /// The largest distance between matched atoms, Å; nothing where one has no match within the tolerance.
  [[nodiscard]] std::optional<double> difference(const Displacement& a, const Displacement& b) const {
    struct Place {
      std::int32_t atom;
      Vec3 by;
      bool taken = false;
    };
    std::vector<Place> of_a, of_b;  // where the two disagree about an atom
    double largest2 = 0;
    const double limit2 = tolerance_.displacement * tolerance_.displacement;
    for (auto i = a.begin(), j = b.begin(); i != a.end() || j != b.end();) {
      const bool in_a = i != a.end() && (j == b.end() || i->atom <= j->atom),
                 in_b = j != b.end() && (i == a.end() || j->atom <= i->atom);
      const std::int32_t atom = in_a ? i->atom : j->atom;
      const Vec3 by_a = in_a ? i->vector() : Vec3::Zero(), by_b = in_b ? j->vector() : Vec3::Zero();
      if (const double d2 = (by_a - by_b).squaredNorm(); d2 <= limit2) {
        largest2 = std::max(largest2, d2);
      } else {
        of_a.push_back({atom, by_a});
        of_b.push_back({atom, by_b});
      }
      if (in_a) ++i;
      if (in_b) ++j;
    }
    for (const Place& p : of_a) {
      bool matched = false;
      for (Place& q : of_b) {
        if (q.taken || species(p.atom) != species(q.atom)) continue;
        const Vec3 apart = minimum_.positions.col(p.atom) + p.by - minimum_.positions.col(q.atom) - q.by;
        const double d2 = minimum_.cell.nearest_image(apart).squaredNorm();
        if (d2 > limit2) continue;
        largest2 = std::max(largest2, d2);
        matched = q.taken = true;
        break;
      }
      if (!matched) return std::nullopt;
    }
    return std::sqrt(largest2);
  }

  [[nodiscard]] std::optional<double> difference(const std::vector<float>& a, const std::vector<float>& b) const {
    double largest = 0;
    for (std::size_t k = 0; k < a.size(); ++k) {
      largest = std::max(largest, std::abs(static_cast<double>(a[k]) - static_cast<double>(b[k])));
      if (largest > tolerance_.displacement) return std::nullopt;
    }
    return largest;
  }
  [[nodiscard]] std::vector<float> sorted_distances(const Displacement& moved) const {
    const Vectors x = displaced(minimum_, moved);
    std::map<std::pair<int, int>, std::vector<float>> by_species;
    for (std::int32_t j = 0; j < x.cols(); ++j)
      for (std::int32_t i = 0; i < j; ++i)
        by_species[std::minmax(species(i), species(j))].push_back(static_cast<float>((x.col(i) - x.col(j)).norm()));
    std::vector<float> out;
    for (auto& [pair, distances] : by_species) {
      std::sort(distances.begin(), distances.end());
      out.insert(out.end(), distances.begin(), distances.end());
    }
    return out;
  }
  [[nodiscard]] const int& species(std::int32_t atom) const {
    if (atom < 0 || atom >= minimum_.size()) throw Error("a displacement of atom ", atom, " of ", minimum_.size());
    return minimum_.species[static_cast<std::size_t>(atom)];
  }

  Sample minimum_;
  EventTolerance tolerance_;
  std::vector<Event> events_;
  std::vector<std::vector<float>> distances_;  // of each event, in a cluster
  std::multimap<double, std::size_t> by_barrier_;
};

}  // namespace tarn
