#pragma once
// The options of searches for saddles: around which atoms, how often, and how.

#include <cstdint>
#include <string>
#include <vector>

#include "common/program.hpp"
#include "common/searchers.hpp"
#include "tarn/landscape/campaign.hpp"
#include "tarn/landscape/sqlite_sink.hpp"

namespace tarn::programs {

struct ActivationOptions {
  std::string atoms = "all", shard = "1/1";
  int searches = 20, successes = 0, attempts = 0;
  double minutes = 0;  ///< after which no search is begun; 0: no limit
  bool saddles = false, prefactors = false;
  SearchChoice search;

  void add_to(CLI::App& cli);
  [[nodiscard]] Json to_json() const;
  /// Throws Error where attempts are fewer than successes.
  [[nodiscard]] CampaignPlan plan() const;
  /// Those of the shard, in the sample's order, or, of random ones, in the order in which `seed` draws them. Throws Error for an id that the sample does not have.
  [[nodiscard]] std::vector<Eigen::Index> select(const Sample& sample, std::uint64_t seed) const;
  /// What decides what a search of the job finds.
  [[nodiscard]] Fingerprint fingerprint(const Job& job) const;
  /// Full positions of saddles are needed.
  [[nodiscard]] bool keep_saddles() const { return saddles || prefactors; }

 private:
  CLI::Option *searches_given_ = nullptr, *attempts_given_ = nullptr;
};

}  // namespace tarn::programs
