#include "common/activation.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "common/atom_table.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/file.hpp"
#include "tarn/io/csv.hpp"
#include "tarn/io/write_extended_xyz.hpp"
#include "tarn/landscape/activation_statistics.hpp"
#include "tarn/statistics/unseen.hpp"

namespace tarn::programs {

std::unique_ptr<SqliteSink> open_catalogue(const ResultFolder& folder, const Sample& minimum, const Fingerprint& fingerprint,
                                           bool saddles, bool force, Console& console) {
  const auto path = folder.path() / catalogue_file;
  const CatalogueOptions options{saddles, "give another folder with --out, or --force to begin again here"};
  try {
    return std::make_unique<SqliteSink>(path, minimum, fingerprint, options);
  } catch (const OtherSearches& other) {
    if (!force) throw;
    // hours of searches: kept, under a name that is free
    std::filesystem::path kept = path.string() + ".old";
    for (int k = 2; std::filesystem::exists(kept); ++k) kept = path.string() + ".old" + std::to_string(k);
    for (const char* part : {"", "-wal", "-shm"})
      if (std::filesystem::exists(path.string() + part)) std::filesystem::rename(path.string() + part, kept.string() + part);
    console.note(std::string(other.what()) + "; it is kept as " + kept.filename().string());
  }
  return std::make_unique<SqliteSink>(path, minimum, fingerprint, options);
}

namespace {

using Column = std::vector<std::optional<double>>;
using Whole = std::vector<std::optional<std::int64_t>>;

/// events.csv, row by row.
struct EventRows {
  std::vector<std::int64_t> atom, search, evaluations;
  std::vector<std::string> status, connected;
  Column loose, barrier, force, lowest, second, moved, other;
  std::vector<bool> own;
  Whole atoms_moved, event;

  void add(const SavedSearch& s, std::optional<std::size_t> number) {
    const AtomActivation& f = s.found;
    const bool saddle = f.found(), sides = f.sides_known();
    const auto where = [](bool there, double value) { return there ? std::optional(value) : std::nullopt; };
    atom.push_back(s.atom);
    search.push_back(s.search);
    status.emplace_back(name(f.end));
    loose.push_back(f.loose_barrier);
    barrier.push_back(where(saddle, f.barrier));
    force.push_back(where(saddle, f.max_force));
    lowest.push_back(where(saddle, f.lowest.value));
    second.push_back(where(saddle, f.second.value));
    connected.emplace_back(sides ? name(f.connected) : "");
    own.push_back(saddle && f.own);
    moved.push_back(where(saddle, f.centre_moved));
    atoms_moved.push_back(sides ? std::optional<std::int64_t>(f.atoms_moved) : std::nullopt);
    other.push_back(where(sides, f.side_energy[1]));
    event.push_back(number ? std::optional(static_cast<std::int64_t>(*number + 1)) : std::nullopt);
    evaluations.push_back(f.cost.total().total());
  }
  [[nodiscard]] CsvTable table() const {
    CsvTable out;
    out.add("atom", atom).add("search", search).add("status", status).add("loose_barrier_eV", loose).add("barrier_eV", barrier);
    out.add("max_force_eV_per_A", force).add("lowest_eigenvalue_eV_per_A2", lowest).add("second_eigenvalue_eV_per_A2", second);
    out.add("connected", connected).add("own", own).add("centre_moved_A", moved).add("atoms_moved", atoms_moved);
    return out.add("other_side_eV", other).add("event", event).add("evaluations", evaluations);
  }
};

using ByAtom = std::map<std::int64_t, ActivationStatistics>;

/// One value of each atom of the sample, in its order.
template <class Value>
auto of_atoms(const Sample& sample, const ByAtom& by_atom, const Value& value) {
  const ActivationStatistics none;
  std::vector<decltype(value(none))> out;
  for (const std::int64_t id : sample.ids) {
    const auto at = by_atom.find(id);
    out.push_back(value(at == by_atom.end() ? none : at->second));
  }
  return out;
}

CsvTable atom_table(const Sample& sample, const ByAtom& by_atom) {
  CsvTable out = table_of_atoms(sample);
  out.add("searches", of_atoms(sample, by_atom, [](const auto& s) { return s.searches; }));
  for (const BarrierKind kind : barrier_kinds) {
    const std::string is(name(kind));
    out.add(is + "_eV", of_atoms(sample, by_atom, [&](const auto& s) { return s.of(kind).mean(); }));
    out.add(is + "_sd_eV", of_atoms(sample, by_atom, [&](const auto& s) { return s.of(kind).sd(); }));
    out.add(is + "_count", of_atoms(sample, by_atom, [&](const auto& s) { return s.of(kind).count(); }));
  }
  return out;
}

CsvTable outcome_table(const Sample& sample, const ByAtom& by_atom) {
  CsvTable out;
  out.add("id", sample.ids).add("searches", of_atoms(sample, by_atom, [](const auto& s) { return s.searches; }));
  for (const auto& [end, end_name] : search_ends)
    out.add(std::string(end_name),
            of_atoms(sample, by_atom, [e = end](const auto& s) { return s.ends[static_cast<std::size_t>(e)]; }));
  out.add("distinct_saddles", of_atoms(sample, by_atom, [](const auto& s) { return s.events.size(); }));
  for (const BarrierKind kind : barrier_kinds)
    out.add(std::string(name(kind)) + "_minimum_eV",
            of_atoms(sample, by_atom, [&](const auto& s) { return s.of(kind).minimum(); }));
  return out.add("evaluations", of_atoms(sample, by_atom, [](const auto& s) { return s.cost.total().total(); }));
}

/// Visits the searches around `atoms` (ids; empty: all) that the plan needs, in the order of the catalogue.
template <class Visit>
void for_each_needed(const SqliteSink& catalogue, const std::vector<std::int64_t>& atoms, const CampaignPlan& plan,
                     bool with_saddles, const Visit& visit) {
  const std::set<std::int64_t> asked(atoms.begin(), atoms.end());
  std::optional<std::int64_t> atom;
  int before = 0;
  catalogue.for_each(
      [&](const SavedSearch& s) {
        if (!asked.empty() && asked.count(s.atom) == 0) return;
        if (atom != s.atom) before = 0;
        atom = s.atom;
        if (!plan.needs(s.search, before)) return;
        before += is_success(s.found);
        visit(s);
      },
      with_saddles);
}

Json optional_json(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json phases(const SearchCost& cost) {
  Json out;
  const auto add = [&](std::string_view phase, const Cost& c) {
    out[std::string(phase)] = {{"forces", c.forces}, {"products", c.products}, {"total", c.total()}};
  };
  for (const auto& [phase_name, phase] : SearchCost::phases) add(phase_name, cost.*phase);
  add("all", cost.total());
  return out;
}

Json unseen(const EventCatalogue& catalogue) {
  std::vector<int> counts;
  for (const Event& e : catalogue.events()) counts.push_back(e.count);
  if (counts.empty()) return {{"distinct", 0}};
  const UnseenEstimate u = estimate_unseen(counts);
  return {{"distinct", u.kinds},         {"found", u.draws},          {"once", u.once},        {"twice", u.twice},
          {"unseen_at_least", u.unseen}, {"sd", optional_json(u.sd)}, {"coverage", u.coverage}};
}

}  // namespace

bool keeps_all_saddles(const SqliteSink& catalogue, const CampaignPlan& plan) {
  std::set<std::pair<std::int64_t, int>> kept;
  for (const FinishedSearch& d : catalogue.done()) kept.emplace(d.atom, d.search);
  bool all = true;
  for_each_needed(catalogue, {}, plan, false, [&](const SavedSearch& s) { all = all && kept.count({s.atom, s.search}) > 0; });
  return all;
}

Json write_activation(const ResultFolder& folder, const SqliteSink& catalogue, const std::vector<std::int64_t>& atoms,
                      const CampaignPlan& plan, bool saddles, const EventVisitor& visit) {
  const Sample& minimum = catalogue.minimum();
  EventRows rows;
  EventCatalogue events(minimum);
  ByAtom by_atom;
  ActivationStatistics all;
  std::array<int, connections.size()> connected{};
  // of a fixed number of tries, retry until the first success; of a retry until S, the first S tries
  const int tries = plan.searches > 0 ? plan.searches : plan.successes;
  const int successes = plan.attempts > 0 ? plan.successes : 1, attempts = plan.attempts > 0 ? plan.attempts : plan.searches;
  TriesAndRetry both(tries, successes, attempts);
  std::optional<OutputFile> frames;
  if (saddles) frames.emplace(folder / "saddles.extxyz");
  Sample frame = minimum;
  frame.fields.clear();

  for_each_needed(catalogue, atoms, plan, saddles || visit, [&](const SavedSearch& s) {
    std::optional<std::size_t> event;
    if (s.found.found()) {
      // not where it was saved without, and --minutes ended the run before it was found again
      const bool kept = s.found.saddle.cols() > 0;
      const std::size_t known = events.events().size();
      event = events.add(s.found.barrier, s.moved);
      if (visit && *event == known && kept) visit(*event + 1, s);
      if (s.found.sides_known()) ++connected[static_cast<std::size_t>(s.found.connected)];
      if (frames && kept) {
        frame.positions = s.found.saddle;
        std::string barrier;
        append_number(barrier, s.found.barrier);
        frames->write(format_extended_xyz(frame, {{"atom", std::to_string(s.atom)},
                                                  {"search", std::to_string(s.search)},
                                                  {"barrier_eV", barrier},
                                                  {"event", std::to_string(*event + 1)},
                                                  {"own", s.found.own ? "1" : "0"}}));
      }
    }
    rows.add(s, event);
    by_atom[s.atom].add(s.found, event);
    all.add(s.found, event);
    both.add(s.atom, s.search, s.found);
  });
  write_csv(folder / "events.csv", rows.table());
  write_csv(folder / "atoms.csv", atom_table(minimum, by_atom));
  write_csv(folder / "outcomes.csv", outcome_table(minimum, by_atom));
  if (frames) frames->commit();

  Json out = {{"searches", all.searches}, {"atoms_searched", by_atom.size()}};
  for (const auto& [end, end_name] : search_ends)
    out["outcomes"][std::string(end_name)] = all.ends[static_cast<std::size_t>(end)];
  for (std::size_t k = connections.size(); k-- > 0;) out["connected"][std::string(connections[k])] = connected[k];
  out["evaluations"] = phases(all.cost);
  out["counting"] = {{"tries", tries}, {"retry_successes", successes}, {"retry_attempts", attempts}};
  for (const BarrierKind kind : barrier_kinds) {
    const Moments &m = all.of(kind), &t = both.tries(kind), &r = both.retry(kind);
    const auto count = static_cast<double>(m.count()), searches = static_cast<double>(all.searches);
    out["barriers"][std::string(name(kind))] = {
        {"count", m.count()},
        {"share_of_searches", all.searches > 0 ? Json(count / searches) : Json()},
        {"evaluations_each", m.count() > 0 ? Json(static_cast<double>(all.cost.total().total()) / count) : Json()},
        {"minimum_eV", optional_json(m.minimum())},
        {"tries", {{"mean_eV", optional_json(t.mean())}, {"sd_eV", optional_json(t.sd())}, {"count", t.count()}}},
        {"retry",
         {{"mean_of_atoms_eV", optional_json(r.mean())}, {"sd_of_atoms_eV", optional_json(r.sd())}, {"atoms", r.count()}}}};
  }
  out["events"] = unseen(events);
  Json& print = out["catalogue"];
  print["file"] = catalogue_file;
  for (const auto& [key, value] : catalogue.fingerprint()) print["fingerprint"][key] = value;
  return out;
}

std::vector<std::string> in_words(const Json& results, const std::string& energy_unit) {
  std::vector<std::string> out;
  std::string ends;
  for (const auto& [end, count] : results["outcomes"].items())
    if (count.get<std::int64_t>() > 0) ends += (ends.empty() ? "" : ", ") + std::to_string(count.get<std::int64_t>()) + ' ' + end;
  out.push_back(std::to_string(results["searches"].get<std::int64_t>()) + " searches around " +
                std::to_string(results["atoms_searched"].get<std::int64_t>()) + " atoms: " + (ends.empty() ? "none" : ends));
  std::string means;
  for (const auto& [kind, b] : results["barriers"].items()) {
    means += (means.empty() ? "barriers: " : "; ") + kind + ' ';
    if (b["retry"]["mean_of_atoms_eV"].is_null())
      means += "none";
    else
      means += short_number(b["retry"]["mean_of_atoms_eV"].get<double>()) + ' ' + energy_unit + " in the mean of " +
               std::to_string(b["retry"]["atoms"].get<std::int64_t>()) + " atoms";
  }
  out.push_back(means);
  const Json& events = results["events"];
  if (events.contains("coverage")) {
    std::string text = std::to_string(events["distinct"].get<std::int64_t>()) + " distinct saddles; ";
    if (events["sd"].is_null())
      text += "none was found twice, so that nothing tells how many more there are";
    else
      text += "at least " + short_number(events["unseen_at_least"].get<double>()) +
              " more are out of sight, the next one found is new with " +
              short_number(100 * (1 - events["coverage"].get<double>())) + " %";
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace tarn::programs
