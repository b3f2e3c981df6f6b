// tarn-study: all of the study on one sample, by the other programs, and its report.

#include <fstream>

#include "common/program.hpp"
#include "common/stages.hpp"
#include "common/vibration_options.hpp"

using namespace tarn::programs;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

void add(Words& words, const Words& more) { words.insert(words.end(), more.begin(), more.end()); }

/// The options among `names` that were given, as they were given.
void pass_on(Words& words, const CLI::App& cli, const std::vector<const char*>& names) {
  for (const char* name : names)
    if (const auto* given = cli.get_option(name); given->count() > 0) add(words, {name, given->as<std::string>()});
}

/// What a stage in `folder` has found.
Json results_of(const fs::path& folder) { return Json::parse(std::ifstream(folder / "summary.json")); }

}  // namespace

int main(int argc, char** argv) {
  Program program("tarn-study",
                  "Vibrations and boson peak of a glass, the barriers round its atoms, how the two go together, and a report. "
                  "What an earlier run has "
                  "finished is kept.");
  VibrationOptions vibration;
  auto& options = program.options();
  bool quick = false;
  std::string atoms;
  int searches = 1;
  double minutes = 2.5;
  add_common_options(program.cli(), options);
  vibration.add_to(program.cli());
  program.cli().get_option("SAMPLE")->description("a sample [the Cu50Zr50 glass of 4000 atoms that comes with tarn]");
  auto* all = program.cli().add_option("--atoms", atoms, "atoms to search around, as for tarn-activation [random:600]");
  program.cli()
      .add_option("--searches", searches, "searches for a saddle, of each of them; 0: vibrations alone")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  program.cli()
      .add_option("--minutes", minutes, "begin no search after so many minutes; 0: no limit")
      ->check(CLI::Range(0.0, 1e7))
      ->capture_default_str();
  program.cli()
      .add_flag("--quick", quick, "take the glass of 864 atoms: seconds, but too small to show a boson peak, and 60 searches")
      ->excludes("SAMPLE");

  return program.run(argc, argv, [&](Console& console) {
    const auto start = std::chrono::steady_clock::now();
    const bool own = !options.sample.empty();
    const std::string sample = own ? options.sample : shipped(quick ? "cuzr864_minimum.data" : "cuzr4000_minimum.data").string();
    if (all->count() == 0) atoms = quick ? "random:60" : "random:600";
    ResultFolder folder(as_word(options.out), "tarn-study", hash_of_file(sample), options.force);
    folder.open();
    console.say("sample: " + sample);

    // one program a stage, each in its own folder; --if-needed keeps what is finished
    Json done = Json::array();
    const auto stage = [&](const std::string& name, Words more) {
      Words words{program_folder() / ("tarn-" + name), as_word(sample), "--out", folder.path() / name, "--if-needed", "--force"};
      add(words, {"--seed", std::to_string(options.seed), "--threads", std::to_string(options.threads)});
      add(words, more);
      if (options.quiet) words.push_back("--quiet");
      run_stage(words, "it is expected beside tarn-study");
      done.push_back(words);
    };
    Words engine;  // what all that work with the potential are told
    if (!options.potential.empty()) add(engine, {"--potential", as_word(options.potential)});
    Words types;
    for (std::string names; const auto& name : options.elements) {
      names += (names.empty() ? "" : ",") + name;
      if (&name == &options.elements.back()) add(types, {"--elements", names});
    }
    add(engine, types);
    // the samples that come with tarn are minima of the table as other programs read it, or of another table
    if (options.relax || !own) engine.push_back("--relax");
    if (options.raw_table) engine.push_back("--raw-table");

    Words spectrum = engine;
    pass_on(spectrum, program.cli(), {"--broadening", "--width", "--window", "--step", "--modes", "--solver"});
    stage("vibrations", spectrum);
    const double force = results_of(folder.path() / "vibrations")["max_force_eV_per_A"];
    const bool minimum = force < 1e-3;
    if (searches > 0 && !minimum)
      console.note("no searches for saddles: the sample is not at a minimum (largest force " + short_number(force) +
                   " eV/A); --relax minimises it first");
    if (searches > 0 && minimum) {
      Words search = engine;
      add(search, {"--atoms", atoms, "--searches", std::to_string(searches), "--minutes", std::to_string(minutes)});
      stage("activation", search);
      const Json found = results_of(folder.path() / "activation");
      if (found["barriers"]["loose"]["retry"]["atoms"].get<int>() >= 30) {
        Words fields = types;
        add(fields, {"--boson-peak", folder.path() / "vibrations" / "atoms.csv", "--activation",
                     folder.path() / "activation" / "atoms.csv"});
        stage("correlation", fields);
      } else {
        console.note(
            "no correlations: fewer than 30 atoms have a barrier; search around more atoms (--atoms), or longer (--minutes)");
      }
    }

    console.say("drawing the report");
    Words draw{TARN_PYTHON, shipped("report.py"), folder.path(), "--out", folder / "report.html"};
    if (quick) draw.push_back("--quick");
    run_stage(draw, "install Python 3 with numpy and matplotlib (Debian, Ubuntu: python3-matplotlib) and run this again");

    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    folder.finish(
        {"report.html"},
        {{"program", "tarn-study"},
         {"version", TARN_VERSION},
         {"sample", {{"file", sample}, {"fnv1a64", hash_of_file(sample)}}},
         {"options", {{"quick", quick}, {"atoms", atoms}, {"searches", searches}, {"minutes", minutes}, {"stages", done}}},
         {"report", "report.html"},
         {"notes", console.notes()},
         {"wall_s", wall},
         {"peak_rss_MB", peak_rss_MB()}});
    console.say("report: " + fs::absolute(folder.path() / "report.html").string());
  });
}
