#pragma once
// What the searches around an atom say of it: for each of the three barriers mean, standard deviation and minimum; how searches ended, what they cost.
//
// Two ways to count. Tries: the first N searches, whatever came of them; the mean over all successes weighs an atom by how often it succeeds. Retry until
// success, as Yang, Wang and Zaccone (2022) do: of each atom the first S searches with a loose point; each atom weighs the same, and how often it failed is forgotten.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

#include "tarn/landscape/activation.hpp"
#include "tarn/landscape/campaign.hpp"

namespace tarn {

/// Mean, standard deviation and least of numbers as they come; the same bits for the same order.
class Moments {
 public:
  void add(double x) {
    ++count_;
    const double from_mean = x - mean_;
    mean_ += from_mean / static_cast<double>(count_);
    squares_ += from_mean * (x - mean_);  // B. P. Welford, Technometrics 4, 419 (1962)
    if (count_ == 1 || x < least_) least_ = x;
  }
  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] std::optional<double> mean() const { return count_ > 0 ? std::optional(mean_) : std::nullopt; }
  [[nodiscard]] std::optional<double> minimum() const { return count_ > 0 ? std::optional(least_) : std::nullopt; }
  /// Of the distribution that they are drawn from (n − 1); none of fewer than two.
  [[nodiscard]] std::optional<double> sd() const {
    return count_ > 1 ? std::optional(std::sqrt(squares_ / static_cast<double>(count_ - 1))) : std::nullopt;
  }

 private:
  std::int64_t count_ = 0;
  double mean_ = 0, squares_ = 0, least_ = 0;
};

/// The three barriers; see activation.hpp.
enum class BarrierKind { loose, tight, own };
inline constexpr std::array<BarrierKind, 3> barrier_kinds{BarrierKind::loose, BarrierKind::tight, BarrierKind::own};
inline constexpr std::array<std::string_view, 3> barrier_names{"loose", "tight", "own"};
[[nodiscard]] constexpr std::string_view name(BarrierKind kind) { return barrier_names[static_cast<std::size_t>(kind)]; }
/// A search's barrier of that kind, eV; none where it has none.
[[nodiscard]] inline std::optional<double> barrier(const AtomActivation& found, BarrierKind kind) {
  if (kind == BarrierKind::loose) return found.loose_barrier;
  if (!found.found() || (kind == BarrierKind::own && !found.own)) return std::nullopt;
  return found.barrier;
}

/// Of the searches around one atom, or around all of them.
struct ActivationStatistics {
  std::int64_t searches = 0;
  std::array<Moments, 3> barriers;  ///< by BarrierKind, eV
  std::array<std::int64_t, search_ends.size()> ends{};
  std::set<std::size_t> events;  ///< the distinct tight saddles
  SearchCost cost;

  /// `event`: the number of its saddle, where it has one.
  void add(const AtomActivation& found, std::optional<std::size_t> event = {}) {
    ++searches;
    for (const BarrierKind kind : barrier_kinds)
      if (const auto height = barrier(found, kind)) barriers[static_cast<std::size_t>(kind)].add(*height);
    ++ends[static_cast<std::size_t>(found.end)];
    if (event) events.insert(*event);
    cost += found.cost;
  }
  [[nodiscard]] const Moments& of(BarrierKind kind) const { return barriers[static_cast<std::size_t>(kind)]; }
};

/// Both ways to count over one campaign; the searches come atom by atom, each from 1 on.
class TriesAndRetry {
 public:
  /// Tries: the first `tries` searches. Retry: of the first `attempts` those until `successes` have a loose point.
  TriesAndRetry(int tries, int successes, int attempts) : tries_(tries), retry_{0, successes, attempts} {}

  void add(std::int64_t atom, int search, const AtomActivation& found) {
    if (!begun_ || atom != atom_) {
      end_atom();
      begun_ = true;
      atom_ = atom;
    }
    const bool in_tries = search <= tries_, in_retry = retry_.needs(search, successes_);
    for (const BarrierKind kind : barrier_kinds) {
      const auto k = static_cast<std::size_t>(kind);
      const auto height = barrier(found, kind);
      if (height && in_tries) tried_[k].add(*height);
      if (height && in_retry) of_atom_[k].add(*height);
    }
    successes_ += is_success(found);
  }
  /// After the last search: over all successes of the tries; and over the atoms' means, by retry.
  [[nodiscard]] const Moments& tries(BarrierKind kind) const { return tried_[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] const Moments& retry(BarrierKind kind) {
    end_atom();
    return retried_[static_cast<std::size_t>(kind)];
  }

 private:
  void end_atom() {
    for (std::size_t k = 0; k < 3; ++k)
      if (const auto mean = of_atom_[k].mean()) retried_[k].add(*mean);
    of_atom_ = {};
    successes_ = 0;
    begun_ = false;
  }
  int tries_;
  CampaignPlan retry_;
  bool begun_ = false;
  std::int64_t atom_ = 0;
  int successes_ = 0;
  std::array<Moments, 3> tried_, of_atom_, retried_;
};

}  // namespace tarn
