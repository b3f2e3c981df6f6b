// tarn-activation: a sample at a minimum in; saddles around its atoms, their catalogue and each atom's activation energy out.

#include <chrono>
#include <string_view>

#include "common/activation.hpp"
#include "common/activation_options.hpp"
#include "common/program.hpp"
#include "tarn/core/memory.hpp"
#include "tarn/core/openmp.hpp"
#include "tarn/io/csv.hpp"
#include "tarn/landscape/vineyard.hpp"

using namespace tarn::programs;

namespace {

const std::vector<std::string> files{"events.csv", "atoms.csv", "outcomes.csv", "saddles.extxyz", "prefactors.csv"};

/// The catalogue, and what has come to it in this run.
struct Watched {
  tarn::SqliteSink& sink;
  Stage& stage;
  std::int64_t searches = 0, loose = 0, tight = 0, own = 0;

  void put(std::int64_t atom, int search, const tarn::AtomActivation& found) {
    sink.put(atom, search, found);
    ++searches;
    loose += tarn::is_success(found);
    tight += found.found();
    own += found.found() && found.own;
    stage.remark(std::to_string(searches) + " searches, " + short_number(static_cast<double>(searches) / stage.elapsed_s()) +
                 " a second: " + std::to_string(loose) + " loose, " + std::to_string(tight) + " tight, " + std::to_string(own) +
                 " own");
  }
  [[nodiscard]] std::vector<tarn::FinishedSearch> done() const { return sink.done(); }
};

/// Searches what is not yet in the catalogue; says how that went.
Json search(Job& job, const ActivationOptions& options, tarn::SqliteSink& catalogue, const std::vector<Eigen::Index>& atoms) {
  const std::size_t before = catalogue.done().size();
  if (before > 0) job.console.say(std::to_string(before) + " searches are in the catalogue already");
  Stage stage(job.console, "searching around " + std::to_string(atoms.size()) + " atoms");
  Watched sink{catalogue, stage};
  const auto show = stage.observer();
  bool late = false;
  const auto observer = [&](const tarn::Progress& progress) {
    late = late || (options.minutes > 0 && stage.elapsed_s() > 60 * options.minutes && progress.done < progress.total);
    return show(progress) && !late;
  };
  try {
    tarn::run_campaign(
        catalogue.minimum(), atoms, options.plan(), job.options.seed,
        [&] { return job.engine->searcher(catalogue.minimum(), options.search); }, sink, tarn::OpenMP(job.engine->threads()),
        observer);
  } catch (const tarn::Cancelled&) {
    if (!late) throw;
    job.console.note("ended after --minutes " + short_number(options.minutes) +
                     " with searches left: run again, the same command goes on");
  }
  return {{"searches", sink.searches}, {"kept_from_before", before}, {"wall_s", stage.elapsed_s()}, {"ended_early", late}};
}

/// prefactors.csv, by one dense factorisation a distinct saddle.
class Prefactors {
 public:
  Prefactors(const Job& job, const tarn::Sample& minimum)
      : job_(job), frame_(minimum), minimum_(tarn::harmonic_point(minimum, job.engine->hessian(minimum), 0)) {}

  static void require(const Job& job) {
    const double n = 3 * static_cast<double>(job.sample.size());
    tarn::require_memory(3 * 8 * n * n, "--prefactors: dense Hessians of " + std::to_string(job.sample.size()) + " atoms",
                         "leave --prefactors out, or take a smaller sample");
  }
  void add(std::size_t event, const tarn::SavedSearch& s) {
    frame_.positions = s.found.saddle;
    event_.push_back(static_cast<std::int64_t>(event));
    atom_.push_back(s.atom);
    search_.push_back(s.search);
    barrier_.push_back(s.found.barrier);
    prefactor_.emplace_back();
    try {
      prefactor_.back() = tarn::vineyard_prefactor_THz(minimum_, tarn::harmonic_point(frame_, job_.engine->hessian(frame_), 1));
    } catch (const tarn::Error& problem) {
      job_.console.note("saddle " + std::to_string(event) + " has no prefactor: " + problem.what());
    }
  }
  void write(const std::filesystem::path& path) const {
    tarn::CsvTable table;
    table.add("event", event_)
        .add("atom", atom_)
        .add("search", search_)
        .add("barrier_eV", barrier_)
        .add("prefactor_THz", prefactor_);
    write_csv(path, table);
  }

 private:
  const Job& job_;
  tarn::Sample frame_;
  tarn::HarmonicPoint minimum_;
  std::vector<std::int64_t> event_, atom_, search_;
  std::vector<double> barrier_;
  std::vector<std::optional<double>> prefactor_;
};

void activation(Job& job, const ActivationOptions& options) {
  const auto atoms = options.select(job.sample, job.options.seed);
  if (job.sample.size() < 2) throw tarn::Error("one atom has no saddle: repeat the cell first");
  if (options.prefactors) Prefactors::require(job);
  job.relax();
  if (const double force = job.engine->evaluate(job.sample).max_force(); !(force < 1e-3))
    throw tarn::Error(job.options.sample, ": is not at a minimum: the largest force on an atom is ", short_number(force), ' ',
                      job.engine->force_unit(), job.options.relax ? "" : ": --relax minimises it first");
  const auto catalogue =
      open_catalogue(job.folder, job.sample, options.fingerprint(job), options.keep_saddles(), job.options.force, job.console);
  const auto build = job.request["program"].get<std::string>();
  if (const std::string before = catalogue->note("program"); !before.empty() && before != build)
    job.console.note("searches in the catalogue were made by another build of tarn, which may have found otherwise");
  else
    catalogue->set_note("program", build);
  Json head = job.summary();
  const tarn::CampaignPlan plan = options.plan();
  catalogue->set_note("summary", head.dump(-1, ' ', false, Json::error_handler_t::replace));
  catalogue->set_note("plan",
                      Json{{"searches", plan.searches}, {"successes", plan.successes}, {"attempts", plan.attempts}}.dump());
  const Json this_run = search(job, options, *catalogue, atoms);

  std::vector<std::int64_t> ids;
  for (const Eigen::Index atom : atoms) ids.push_back(job.sample.ids[static_cast<std::size_t>(atom)]);
  std::optional<Prefactors> prefactors;
  if (options.prefactors) prefactors.emplace(job, job.sample);  // its masses
  EventVisitor visit;
  if (prefactors) visit = [&](std::size_t event, const tarn::SavedSearch& s) { prefactors->add(event, s); };
  const Json results = write_activation(job.folder, *catalogue, ids, plan, options.saddles, visit);
  if (prefactors) prefactors->write(job.folder / "prefactors.csv");
  head.update(results);
  head["this_run"] = this_run;
  if (this_run["ended_early"]) job.request = nullptr;  // no whole result: the same again goes on
  job.finish(files, head);
  for (const auto& line : in_words(results, job.engine->energy_unit())) job.console.say(line);
  job.console.say("results: " + job.folder.path().string());
}

/// Unites the catalogues of shards.
int merge(int argc, char** argv) {
  Program program("tarn-activation", "Unites the catalogues of several folders: tarn-activation merge DIR... --out DIR.");
  std::vector<std::string> parts;
  bool saddles = false;
  auto& options = program.options();
  program.cli().add_option("DIR", parts, "folders with results of tarn-activation, finished or not")->required();
  program.cli().add_option("--out", options.out, "folder for what they are together")->required()->type_name("DIR");
  program.cli().add_flag("--saddles", saddles, "write the saddles' positions too, where every part has kept them");
  program.cli().add_flag("--quiet", options.quiet, "print nothing but errors");
  program.cli().add_flag("--force", options.force, "write into a folder that holds other results");
  return program.run(argc, argv, [&](Console& console) {
    const auto start = std::chrono::steady_clock::now();
    namespace fs = std::filesystem;
    const auto catalogue_of = [&](const std::string& part) {
      return std::make_unique<tarn::SqliteSink>(fs::path(part) / catalogue_file, tarn::CatalogueOptions{saddles});
    };
    auto first = catalogue_of(parts[0]);
    Json head = Json::parse(first->note("summary"), nullptr, false), plan_json = Json::parse(first->note("plan"), nullptr, false);
    if (!head.is_object() || !plan_json.is_object())
      throw tarn::Error(parts[0], ": its catalogue does not say what it was made with: it was not made by tarn-activation");
    const tarn::CampaignPlan plan{plan_json.value("searches", 0), plan_json.value("successes", 0),
                                  plan_json.value("attempts", 0)};
    const auto require_saddles = [&](const std::string& where, const tarn::SqliteSink& catalogue, const char* remedy) {
      if (saddles && !keeps_all_saddles(catalogue, plan))
        throw tarn::Error(where, ": has not kept the positions at all of its saddles: ", remedy, ", or leave --saddles out");
    };
    ResultFolder folder(options.out, "tarn-activation", head["sample"]["fnv1a64"].get<std::string>(), options.force);
    folder.open();
    const auto all = open_catalogue(folder, first->minimum(), first->fingerprint(), saddles, options.force, console);
    for (const std::string& part : parts) {
      std::error_code ignored;
      if (fs::equivalent(fs::path(part) / catalogue_file, folder.path() / catalogue_file, ignored)) continue;
      const auto more = catalogue_of(part);
      if (more->note("plan") != first->note("plan"))
        throw tarn::Error(part, ": was searched with other numbers of searches than ", parts[0],
                          ": run it again with the same, it goes on");
      require_saddles(part, *more, "run it again with --saddles");
      all->merge(*more);
    }
    require_saddles(options.out, *all, "give another folder with --out");  // of an earlier run, or one of the parts
    all->set_note("summary", first->note("summary"));
    all->set_note("plan", first->note("plan"));
    first.reset();
    const Json results = write_activation(folder, *all, {}, plan, saddles);
    head["options"]["shard"] = "1/1";
    head.update(results);
    head["merged"] = parts;
    head["request"] = {{"merged", parts}};
    head["wall_s"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    head["peak_rss_MB"] = peak_rss_MB();
    folder.finish(files, head);
    const auto unit = head["potential"].value("energy_unit", "eV");
    for (const auto& line : in_words(results, unit)) console.say(line);
    console.say("results: " + folder.path().string());
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "merge") return merge(argc - 1, argv + 1);
  Program program("tarn-activation",
                  "Saddles around the atoms of a sample at a minimum: their catalogue, and each atom's activation energy. "
                  "Killed, it goes on.");
  ActivationOptions options;
  add_common_options(program.cli(), program.options());
  options.add_to(program.cli());
  program.cli().footer("tarn-activation merge DIR... --out DIR unites the catalogues of shards.");
  program.own_options = [&] { return options.to_json(); };
  program.continues = true;
  program.options().if_needed = true;
  return program.run_on_sample(argc, argv, [&](Job& job) { activation(job, options); });
}
