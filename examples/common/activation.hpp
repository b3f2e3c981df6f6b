#pragma once
// From a catalogue of searches to the tables and keys of tarn-activation.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "common/results.hpp"
#include "tarn/landscape/campaign.hpp"
#include "tarn/landscape/event_catalogue.hpp"
#include "tarn/landscape/sqlite_sink.hpp"

namespace tarn::programs {

inline constexpr const char* catalogue_file = "events.sqlite";

/// The catalogue in a folder: a new one, or the one that is there, if it belongs to these searches; with `force` one that does not is kept under
/// another name, which is said. Throws Error.
[[nodiscard]] std::unique_ptr<SqliteSink> open_catalogue(const ResultFolder& folder, const Sample& minimum,
                                                         const Fingerprint& fingerprint, bool saddles, bool force,
                                                         Console& console);

/// Whether the positions are kept at every saddle that the plan needs, of a catalogue that was opened to keep them.
[[nodiscard]] bool keeps_all_saddles(const SqliteSink& catalogue, const CampaignPlan& plan);

/// Called with each distinct saddle, when it is found first, where its positions were kept: its number, from 1.
using EventVisitor = std::function<void(std::size_t, const SavedSearch&)>;

/// Writes events.csv, atoms.csv, outcomes.csv and, where `saddles`, saddles.extxyz (of those whose positions were kept): of the searches around `atoms` (ids; empty:
/// all that there are) that the plan needs. Returns the keys of summary.json.
[[nodiscard]] Json write_activation(const ResultFolder& folder, const SqliteSink& catalogue,
                                    const std::vector<std::int64_t>& atoms, const CampaignPlan& plan, bool saddles,
                                    const EventVisitor& visit = {});

/// A line or two of what they say.
[[nodiscard]] std::vector<std::string> in_words(const Json& results, const std::string& energy_unit);

}  // namespace tarn::programs
