#pragma once
// What all programs share: the options, the sample with its masses, the potential, the folder of results, and what becomes of errors:
// exit status 0 done, 1 failed with one line on stderr, 2 bad usage.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "common/console.hpp"
#include "common/engine.hpp"
#include "common/results.hpp"
#include "tarn/atoms/sample.hpp"

namespace tarn::programs {

/// A file that the project ships, in data/ or beside it: in the sources, or installed. Throws Error where it is not found.
[[nodiscard]] std::filesystem::path shipped(const std::string& name);

/// Ends a program with exit status 1 and no further word: what it ran has said why.
struct AlreadySaid {};

struct CommonOptions {
  std::string sample;
  std::string potential;              ///< empty: the Cu-Zr table that is shipped; "lj:FILE" for Lennard-Jones
  std::vector<std::string> elements;  ///< of a file's types 1, 2, …
  std::string out;
  std::uint64_t seed = 1;
  int threads = 0;  ///< 0: one a processor
  std::string precision = "double";
  bool relax = false, raw_table = false, quiet = false, force = false, if_needed = false;
};

/// A program at work.
struct Job {
  CommonOptions options;
  Console& console;
  Sample sample;  ///< with masses
  std::string sample_hash;
  std::unique_ptr<Engine> engine;
  ResultFolder& folder;
  std::chrono::steady_clock::time_point start;
  Json request;  ///< what was asked for: decides whether results that are there can be kept

  Json relaxation = {};  ///< what relax() did; null where it was not asked for

  /// Minimises the sample, at its cell, where --relax asks for it.
  void relax();
  /// The keys that every summary.json begins with, and the relaxation.
  [[nodiscard]] Json summary() const;
  /// Ends the run: adds notes, time and memory, writes summary.json, and puts the files in their place (ResultFolder::finish).
  void finish(const std::vector<std::string>& names, Json summary);
};

class Program {
 public:
  Program(std::string name, std::string about);
  [[nodiscard]] CLI::App& cli() { return cli_; }
  CommonOptions& options() { return options_; }
  /// The options that only this program has, for the summary: called after the command line is read.
  std::function<Json()> own_options = [] { return Json::object(); };
  /// Whether the program goes on with what an earlier run has left, instead of replacing it.
  bool continues = false;

  /// Reads the command line and does `body`; returns the exit status.
  int run(int argc, char** argv, const std::function<void(Console&)>& body);
  /// The same for a program that works on one sample with one potential.
  int run_on_sample(int argc, char** argv, const std::function<void(Job&)>& body);

 private:
  std::string name_;
  CLI::App cli_;
  CommonOptions options_;
};

/// Adds the common options. `precisions`: those that the program offers.
void add_common_options(CLI::App& cli, CommonOptions& options, const std::vector<std::string>& precisions = {"double"});

/// The most memory that this process, or one that it ran, has held.
[[nodiscard]] double peak_rss_MB();

/// Whether the sample is periodic in all directions: else it has no volume.
[[nodiscard]] bool periodic(const Sample& sample);

/// Atoms of each element.
[[nodiscard]] Json composition(const Sample& sample);

}  // namespace tarn::programs
