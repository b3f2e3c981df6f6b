// tarn-correlation: two per-atom fields in, the boson peak and the activation energy; what they have to do with each other out, each number with its null.

#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>

#include "common/atom_table.hpp"
#include "common/correlation_study.hpp"
#include "common/program.hpp"
#include "tarn/io/sample.hpp"

using namespace tarn::programs;

namespace {

constexpr std::array<const char*, 3> barriers{"loose", "tight", "own"};

/// Energies by barrier: the column that was named, or those of tarn-activation that enough atoms have.
std::vector<ActivationField> activation(const tarn::Sample& sample, const std::string& text, Console& console) {
  const ColumnName name = parse_column(text);
  const AtomTable table(name.file, sample);
  std::vector<ActivationField> out;
  if (!name.column.empty()) {
    const std::string& column = name.column;
    out.push_back({column.ends_with("_eV") ? column.substr(0, column.size() - 3) : column, table.values(column)});
    return out;
  }
  for (const std::string barrier : barriers) {
    if (!table.has(barrier + "_eV")) continue;
    auto values = table.values(barrier + "_eV");
    const auto count = tarn::atoms_with_value(values).size();
    if (count < CorrelationStudy::fewest)
      console.note(barrier + ": " + std::to_string(count) + " atoms have a value, too few to compare");
    else
      out.push_back({barrier, std::move(values)});
  }
  if (out.empty()) {
    (void)table.values("loose_eV");  // says which columns there are
    throw tarn::Error(table.path(), ": fewer than ", CorrelationStudy::fewest,
                      " atoms have a value of any barrier: search from more atoms, or more often");
  }
  return out;
}

/// I_BP of each atom, and the rivals that stand beside it.
std::pair<tarn::Vector, std::vector<Rival>> boson_peak(const tarn::Sample& sample, const std::string& text) {
  const ColumnName name = parse_column(text);
  const AtomTable table(name.file, sample);
  const std::string column = name.column.empty() ? "boson_peak_ps3" : name.column;
  const tarn::Vector peak = table.all_values(column);
  for (Eigen::Index i = 0; i < peak.size(); ++i)
    if (!(peak[i] > 0))
      throw tarn::Error(table.path(), ": column ", column, ": atom ", sample.ids[static_cast<std::size_t>(i)], " has ", peak[i],
                        ": the inverse is compared, so that it must be positive");
  require_spread(peak, table.path() + ": column " + column);
  std::vector<Rival> rivals;
  for (const std::string rival : {"msd_A2_per_K", "at_sample_peak_ps3", "low_mode_participation"}) {
    if (rival == column || !table.has(rival)) continue;
    const auto values = table.values(rival);
    if (tarn::atoms_with_value(values).size() == values.size()) rivals.push_back({rival, table.all_values(rival)});
  }
  return {peak, rivals};
}

}  // namespace

int main(int argc, char** argv) {
  Program program("tarn-correlation", "How two per-atom fields, the boson peak and the activation energy, go together in space.");
  CorrelationOptions options;
  std::string peak_file, activation_file;
  CLI::App& cli = program.cli();
  add_common_options(cli, program.options());
  for (const char* other : {"--potential", "--precision", "--relax", "--raw-table"}) cli.remove_option(cli.get_option(other));
  cli.get_option("SAMPLE")->required();
  cli.add_option("--boson-peak", peak_file,
                 "tarn-vibrations' atoms.csv, or any CSV with a column id [column boson_peak_ps3]; its inverse is compared, so "
                 "it must be "
                 "positive: for a field x itself give 1/x")
      ->required()
      ->type_name("FILE[:COLUMN]");
  cli.add_option("--activation", activation_file,
                 "tarn-activation's atoms.csv, or any CSV with a column id [loose_eV, tight_eV, own_eV]")
      ->required()
      ->type_name("FILE[:COLUMN]");
  cli.add_option("--kernel", options.kernels, "top_hat, gaussian, exponential; of several, as a,b, the first for maps and means")
      ->delimiter(',')
      ->check(CLI::IsMember({"top_hat", "gaussian", "exponential"}))
      ->capture_default_str()
      ->type_name("NAMES");
  cli.add_option("--length", options.length_A, "length of the coarse-graining in maps, means and predictors, A")
      ->check(CLI::Range(0.0, 1e3))
      ->capture_default_str();
  cli.add_option("--step", options.step_A, "between the lengths of pearson.csv, A [a sixteenth of half the box, 1 at least]")
      ->check(CLI::Range(0.05, 100.0));
  cli.add_option("--shifts", options.shifts, "random shifts that tell what chance does")
      ->check(CLI::Range(20, 100000))
      ->capture_default_str();
  cli.add_option("--map-step", options.map_step_A, "between the points of maps.csv, A")
      ->check(CLI::Range(0.05, 100.0))
      ->capture_default_str();

  return program.run(argc, argv, [&](Console& console) {
    const auto start = std::chrono::steady_clock::now();
    const CommonOptions& common = program.options();
    options.seed = common.seed;
    options.threads = common.threads;
    const std::string hash = hash_of_file(common.sample);
    const std::string peak_hash = hash_of_file(parse_column(peak_file).file),
                      activation_hash = hash_of_file(parse_column(activation_file).file);
    ResultFolder folder(common.out, "tarn-correlation", hash, common.force);
    const Json asked = {{"seed", common.seed},      {"kernels", options.kernels}, {"length_A", options.length_A},
                        {"step_A", options.step_A}, {"shifts", options.shifts},   {"map_step_A", options.map_step_A}};
    const Json request = {{"program", hash_of_file("/proc/self/exe")},
                          {"sample", hash},
                          {"elements", common.elements},
                          {"boson_peak", {peak_hash, parse_column(peak_file).column}},
                          {"activation", {activation_hash, parse_column(activation_file).column}},
                          {"options", asked}};
    if (!folder.open_for(request, common.if_needed)) return console.say(folder.holds_already());
    const tarn::Sample sample = tarn::read_sample(std::filesystem::path(common.sample), common.elements);
    if (!periodic(sample))
      throw tarn::Error(common.sample, ": is not periodic in all directions: shifts, and so the null, need a periodic cell");
    const auto [peak, rivals] = boson_peak(sample, peak_file);
    const auto fields = activation(sample, activation_file, console);
    CorrelationStudy study(sample, peak, rivals, options, console);
    study.structure();
    for (const ActivationField& field : fields) study.add(field);
    const auto names = study.write(folder);

    Json out = {{"program", folder.program()},
                {"version", TARN_VERSION},
                {"sample", {{"file", common.sample}, {"fnv1a64", hash}}},
                {"boson_peak", {{"file", peak_file}, {"fnv1a64", peak_hash}}},
                {"activation", {{"file", activation_file}, {"fnv1a64", activation_hash}}},
                {"options", asked},
                {"atoms", sample.size()},
                {"composition", composition(sample)}};
    out.update(study.summary());
    out["notes"] = console.notes();
    out["request"] = request;
    out["wall_s"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    out["peak_rss_MB"] = peak_rss_MB();
    folder.finish(names, out);
    for (const Json& best : study.summary()["best_length"])
      if (best["element"] == "all")
        console.say(best["barrier"].get<std::string>() + ", " + best["kernel"].get<std::string>() + ": " +
                    (best["length_A"].is_null()
                         ? best["word"].get<std::string>()
                         : "r = " + short_number(best["pearson"].get<double>()) + " is largest at " +
                               short_number(best["length_A"].get<double>()) + " A (" + short_number(best["low_A"].get<double>()) +
                               " to " + short_number(best["high_A"].get<double>()) + ")"));
    console.say("results: " + folder.path().string());
  });
}
