// tarn-study: all of the study on one sample, by the other programs, and its report.

#include <unistd.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "common/program.hpp"
#include "common/vibration_options.hpp"

using namespace tarn::programs;
namespace fs = std::filesystem;

namespace {

/// Runs a program with our terminal; returns its exit status. Throws Error where it cannot be started or was killed.
int run(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw tarn::Error(words[0], ": cannot be started: ", std::strerror(errno));
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // a stage must not outlive the study
    ::execvp(arguments[0], arguments.data());
    ::_exit(errno == ENOENT ? 127 : 126);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw tarn::Error(words[0], ": cannot be waited for: ", std::strerror(errno));
  if (WIFSIGNALED(status))
    throw tarn::Error(words[0], ": was killed by signal ", WTERMSIG(status), ": run tarn-study again, it continues");
  return WEXITSTATUS(status);
}

/// A path as other programs take it for one, not for an option.
std::string as_word(const std::string& path) { return path.starts_with('-') ? "./" + path : path; }

}  // namespace

int main(int argc, char** argv) {
  Program program("tarn-study",
                  "Vibrations and boson peak of a glass, and a report of them. What an earlier run has finished is kept.");
  VibrationOptions vibration;
  auto& options = program.options();
  bool quick = false;
  add_common_options(program.cli(), options);
  vibration.add_to(program.cli());
  program.cli().get_option("SAMPLE")->description("a sample [the Cu50Zr50 glass of 4000 atoms that comes with tarn]");
  program.cli()
      .add_flag("--quick", quick, "take the glass of 864 atoms: seconds, but too small to show a boson peak")
      ->excludes("SAMPLE");

  return program.run(argc, argv, [&](Console& console) {
    const auto start = std::chrono::steady_clock::now();
    const bool own = !options.sample.empty();
    const std::string sample = own ? options.sample : shipped(quick ? "cuzr864_minimum.data" : "cuzr4000_minimum.data").string();
    ResultFolder folder(as_word(options.out), "tarn-study", hash_of_file(sample), options.force);
    folder.open();
    console.say("sample: " + sample);

    // one program a stage, each in its own folder; --if-needed keeps what is finished
    std::error_code ignored;
    const fs::path here = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    std::vector<std::string> stage{here / "tarn-vibrations",     as_word(sample), "--out",
                                   folder.path() / "vibrations", "--if-needed",   "--force"};
    const auto pass = [&](const std::string& name, const std::string& value) { stage.insert(stage.end(), {name, value}); };
    if (!options.potential.empty()) pass("--potential", as_word(options.potential));
    for (std::string names; const auto& name : options.elements) {
      names += (names.empty() ? "" : ",") + name;
      if (&name == &options.elements.back()) pass("--elements", names);
    }
    pass("--seed", std::to_string(options.seed));
    pass("--threads", std::to_string(options.threads));
    for (const char* name : {"--broadening", "--width", "--window", "--step", "--modes", "--solver"})
      if (const auto* given = program.cli().get_option(name); given->count() > 0) pass(name, given->as<std::string>());
    // the samples that come with tarn are minima of the table as other programs read it, or of another table
    if (options.relax || !own) stage.push_back("--relax");
    if (options.raw_table) stage.push_back("--raw-table");
    if (options.quiet) stage.push_back("--quiet");
    if (const int status = run(stage); status == 126 || status == 127)
      throw tarn::Error(stage[0], ": cannot be started: it is expected beside tarn-study");
    else if (status != 0)
      throw AlreadySaid();

    std::vector<std::string> draw{TARN_PYTHON, shipped("report.py"), folder.path(), "--out", folder / "report.html"};
    if (quick) draw.push_back("--quick");
    console.say("drawing the report");
    if (const int status = run(draw); status == 126 || status == 127)
      throw tarn::Error(TARN_PYTHON
                        " cannot be started: install Python 3 with numpy and matplotlib (Debian, Ubuntu: "
                        "python3-matplotlib) and run this again");
    else if (status != 0)
      throw AlreadySaid();  // the tables are complete, and an earlier report is still there

    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    folder.finish({"report.html"}, {{"program", "tarn-study"},
                                    {"version", TARN_VERSION},
                                    {"sample", {{"file", sample}, {"fnv1a64", hash_of_file(sample)}}},
                                    {"options", {{"quick", quick}, {"stages", {stage}}}},
                                    {"report", "report.html"},
                                    {"notes", console.notes()},
                                    {"wall_s", wall},
                                    {"peak_rss_MB", peak_rss_MB()}});
    console.say("report: " + fs::absolute(folder.path() / "report.html").string());
  });
}
