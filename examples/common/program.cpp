#include "common/program.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <new>
#include <set>

#include "tarn/atoms/elements.hpp"
#include "tarn/io/sample.hpp"

namespace tarn::programs {

namespace fs = std::filesystem;

fs::path shipped(const std::string& name) {
  std::error_code ignored;
  const fs::path beside =
      fs::read_symlink("/proc/self/exe", ignored).parent_path() / TARN_SHARE_BESIDE;  // of an installed program
  for (const fs::path& folder : {beside, fs::path(TARN_SHARE_SOURCE), fs::path(TARN_SHARE_INSTALLED)})
    for (const char* part : {"data", "."})
      if (fs::exists(folder / part / name, ignored)) return (folder / part / name).lexically_normal();
  throw Error(name, ": is shipped with tarn, but is neither in " TARN_SHARE_SOURCE " nor in " TARN_SHARE_INSTALLED
                    ": install tarn again, or name a file");
}

namespace {

std::string escaped_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text;
}

/// Opens what the caller has closed of stdin, stdout and stderr: else the next file would get its number, and our words.
void open_standard_streams() {
  for (int stream = 0; stream < 3; ++stream)
    if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF && ::open("/dev/null", O_RDWR) < 0) return;
}

/// Says where the sample is not periodic: a file that only forgot its cell looks the same.
void note_cluster(const Sample& sample, Console& console) {
  std::string open;
  for (std::size_t k = 0; k < 3; ++k)
    if (!sample.cell.periodic[k]) (open += open.empty() ? "" : ", ") += "abc"[k];
  if (open == "a, b, c")
    console.note("the sample has no periodic cell: it is taken as a cluster in empty space, without volume and pressure");
  else if (!open.empty())
    console.note("the sample is not periodic along " + open + ": surfaces there, and no volume or pressure");
}

/// Says which masses are not what the potential's table says, and which are standard weights.
void note_masses(const Sample& read, const Sample& sample, const Engine& engine, Console& console) {
  const auto elements = engine.elements();
  const auto table = engine.masses();
  std::set<std::string> told;
  for (Eigen::Index i = 0; i < sample.size(); ++i) {
    const std::string& name = sample.element(i);
    const auto k = static_cast<std::size_t>(std::find(elements.begin(), elements.end(), name) - elements.begin());
    if (k >= table.size()) {
      if (read.masses.size() == 0 && told.insert(name).second)
        console.note("mass of " + name + ": the standard weight, since neither the sample nor the potential gives one");
    } else if (std::abs(sample.masses[i] / table[k] - 1) > 1e-6 && told.insert(name).second) {
      char text[160];
      std::snprintf(text, sizeof text,
                    "mass of %s: %.10g u in the sample, %.10g u in the potential's table; the sample's is used", name.c_str(),
                    sample.masses[i], table[k]);
      console.note(text);
    }
  }
}

int fail(const std::string& program, const std::string& what) {
  std::fprintf(stderr, "%s: %s\n", program.c_str(), escaped_line(what).c_str());
  return 1;
}

}  // namespace

double peak_rss_MB() {
  rusage own{}, children{};
  ::getrusage(RUSAGE_SELF, &own);
  ::getrusage(RUSAGE_CHILDREN, &children);
  return static_cast<double>(std::max(own.ru_maxrss, children.ru_maxrss)) / 1024;
}

void add_common_options(CLI::App& cli, CommonOptions& options, const std::vector<std::string>& precisions) {
  cli.add_option("SAMPLE", options.sample, "LAMMPS data, LAMMPS dump (its last frame) or extended XYZ; told by content");
  cli.add_option("--potential", options.potential,
                 "table (eam.fs, eam.alloy), or lj:FILE.json [the Cu-Zr table that comes with tarn]")
      ->type_name("FILE");
  cli.add_option("--elements", options.elements, "names of a file's types 1, 2, …, as Cu,Zr [told by the masses]")
      ->delimiter(',')
      ->type_name("NAMES");
  cli.add_option("--out", options.out, "folder for the results")->type_name("DIR")->capture_default_str();
  cli.add_option("--seed", options.seed, "seed of what is random")
      ->check([](const std::string& text) {
        std::uint64_t seed = 0;
        return parse_number(text, seed) ? std::string() : "'" + text + "' is no whole number from 0 to 18446744073709551615";
      })
      ->capture_default_str()
      ->type_name("N");
  cli.add_option("--threads", options.threads, "threads; 0: one a processor")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str()
      ->type_name("N");
  cli.add_option("--precision", options.precision, "arithmetic of the forces")
      ->check(CLI::IsMember(precisions))
      ->capture_default_str()
      ->type_name("NAME");
  cli.add_flag("--relax", options.relax, "minimise the sample first, at its cell");
  cli.add_flag("--raw-table", options.raw_table, "take the table as it is, not smoothed");
  cli.add_flag("--quiet", options.quiet, "print nothing but errors");
  cli.add_flag("--force", options.force, "write into a folder that holds other results");
  cli.add_flag("--if-needed", options.if_needed, "do nothing where the folder holds this very result already");
}

Program::Program(std::string name, std::string about) : name_(std::move(name)), cli_(std::move(about), name_) {
  options_.out = name_;
  cli_.set_version_flag("--version", name_ + " " TARN_VERSION);
  cli_.failure_message([](const CLI::App* app, const CLI::Error& error) {
    return app->get_name() + ": " + escaped_line(error.what()) + "; " + app->get_name() + " --help lists the options\n";
  });
}

int Program::run(int argc, char** argv, const std::function<void(Console&)>& body) {
  open_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of one write, not an end without words
  try {
    cli_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (cli_.exit(error) != 0) return 2;
    errno = 0;
    std::cout.flush();
    return std::cout || errno == EPIPE ? 0 : fail(name_, std::string("stdout: cannot be written: ") + std::strerror(errno));
  }
  Console console;
  console.quiet = options_.quiet;
  try {
    body(console);
    return 0;
  } catch (const AlreadySaid&) {
    return 1;
  } catch (const std::bad_alloc&) {
    return fail(name_, "there is not enough memory: a smaller sample, fewer modes or fewer --threads need less");
  } catch (const std::exception& error) {
    return fail(name_, error.what());
  }
}

int Program::run_on_sample(int argc, char** argv, const std::function<void(Job&)>& body) {
  cli_.get_option("SAMPLE")->required();
  return run(argc, argv, [&](Console& console) {
    const auto start = std::chrono::steady_clock::now();
    const std::string potential = options_.potential.empty() ? shipped("CuZr_MKO2009.eam.fs").string() : options_.potential;
    const std::string hash = hash_of_file(options_.sample);
    ResultFolder folder(options_.out, name_, hash, options_.force);
    Json request = {{"program", hash_of_file("/proc/self/exe")},
                    {"sample", hash},
                    {"elements", options_.elements},
                    {"potential", hash_of_file(potential.starts_with("lj:") ? potential.substr(3) : potential)},
                    {"options",
                     {{"seed", options_.seed},
                      {"precision", options_.precision},
                      {"relax", options_.relax},
                      {"raw_table", options_.raw_table}}}};
    request["options"].update(own_options());
    if (!folder.open_for(request, options_.if_needed)) return console.say(folder.holds_already());
    if (const Json& old = folder.previous(); !continues && old.is_object() && old.value("request", Json()) != request)
      console.say(folder.path().string() +
                  ": what it holds was made with other options or another version; it stays until this run is complete");
    const Sample read = read_sample(fs::path(options_.sample), options_.elements);
    auto engine = make_engine({potential, options_.precision, options_.threads, options_.raw_table});
    (void)match_elements(read, engine->elements());
    Sample sample = with_masses(read, *engine);
    note_masses(read, sample, *engine, console);
    note_cluster(sample, console);
    if (engine->reduced)
      console.note("reduced units: options and files take epsilon, sigma and m for 1 eV, 1 A and 1 u, so that 1/tau is " +
                   short_number(std::sqrt(units::rad2_per_ps2)) + " rad/ps and epsilon/sigma^3 is " + short_number(units::bar) +
                   " bar");
    options_.potential = potential;
    Job job{options_, console, std::move(sample), hash, std::move(engine), folder, start, std::move(request)};
    body(job);
  });
}

Json composition(const Sample& sample) {
  Json counts = Json::object();
  for (const auto& name : sample.elements) counts[name] = 0;
  for (Eigen::Index i = 0; i < sample.size(); ++i) counts[sample.element(i)] = counts[sample.element(i)].get<int>() + 1;
  return counts;
}

void Job::relax() {
  if (!options.relax) return;
  auto relaxed = [&] {
    Stage stage(console, "minimising");
    return engine->relax(sample, stage.observer(false));
  }();
  sample = std::move(relaxed.sample);
  relaxation = std::move(relaxed.report);
  const std::string unit = engine->reduced ? " sigma" : " A";
  console.say("minimised: the farthest atom moved by " + short_number(relaxation["largest_displacement_A"].get<double>()) + unit +
              ", all by " + short_number(relaxation["rms_displacement_A"].get<double>()) + unit + " rms");
}

Json Job::summary() const {
  Json options_asked = request["options"];
  options_asked["threads"] = engine->threads();
  const Vec3 a = sample.cell.vectors.col(0), b = sample.cell.vectors.col(1), c = sample.cell.vectors.col(2);
  const auto list = [](const Vec3& v) { return Json::array({v[0], v[1], v[2]}); };
  Json out = {
      {"program", folder.program()},
      {"version", TARN_VERSION},
      {"sample", {{"file", options.sample}, {"fnv1a64", sample_hash}}},
      {"potential", {{"file", options.potential}, {"fnv1a64", request["potential"]}, {"energy_unit", engine->energy_unit()}}},
      {"options", std::move(options_asked)},
      {"atoms", sample.size()},
      {"composition", composition(sample)},
      {"cell_A", {list(a), list(b), list(c)}},
      {"origin_A", list(sample.cell.origin)},
      {"volume_A3", periodic(sample) ? Json(sample.cell.volume_A3()) : Json()},
      {"density_g_per_cm3", periodic(sample) ? Json(sample.masses.sum() / sample.cell.volume_A3() * units::g_per_cm3) : Json()}};
  if (!relaxation.is_null()) out["relaxation"] = relaxation;
  return out;
}

bool periodic(const Sample& sample) { return sample.cell.periodic == std::array<bool, 3>{true, true, true}; }

void Job::finish(const std::vector<std::string>& names, Json summary) {
  summary["notes"] = console.notes();
  summary["request"] = request;
  summary["wall_s"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  summary["peak_rss_MB"] = peak_rss_MB();
  folder.finish(names, summary);
}

}  // namespace tarn::programs
