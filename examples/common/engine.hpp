#pragma once
// A potential chosen at run time. Here, and nowhere else, names become types: the potential's file, the precision, the eigensolver.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/searchers.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/core/observer.hpp"
#include "tarn/potential/potential.hpp"
#include "tarn/vibration/modes.hpp"
#include "tarn/vibration/solver.hpp"

namespace tarn::programs {

using Json = nlohmann::ordered_json;
using ProgressCallback = std::function<bool(const Progress&)>;

struct EngineChoice {
  std::string potential;             ///< file of a table, or "lj:FILE"
  std::string precision = "double";  ///< double, mixed, single
  int threads = 0;
  bool raw_table = false;
};

struct Relaxed {
  Sample sample;
  Json report;  ///< method, evaluations, outcome, forces and energies before and after
};

class Engine {
 public:
  virtual ~Engine() = default;
  bool reduced = false;  ///< the potential is in units of its own: its ε, σ and m stand as 1 eV, 1 Å and 1 u
  [[nodiscard]] const char* energy_unit() const { return reduced ? "epsilon" : "eV"; }
  [[nodiscard]] const char* force_unit() const { return reduced ? "epsilon/sigma" : "eV/A"; }

  [[nodiscard]] virtual std::vector<std::string> elements() const = 0;
  /// Of elements(), u; empty where the potential has none.
  [[nodiscard]] virtual std::vector<double> masses() const = 0;
  /// What conditioning did to each function of a table; an empty array where there is no table.
  [[nodiscard]] virtual Json table_noise() const = 0;
  [[nodiscard]] virtual int threads() const = 0;

  [[nodiscard]] virtual Evaluation evaluate(const Sample& sample) const = 0;
  /// Median time of one evaluation on a valid neighbour list, µs an atom.
  [[nodiscard]] virtual double force_us_per_atom(const Sample& sample) const = 0;
  /// To the nearest minimum at fixed cell. Throws Error unless the precision is double.
  [[nodiscard]] virtual Relaxed relax(const Sample& sample, const ProgressCallback& observer) const = 0;
  /// Modes of a sample with masses, by a solver of solver_names(); `seed`: of its starting vectors, where it has any. Throws Error unless the precision is double.
  [[nodiscard]] virtual Modes modes(const Sample& sample, const std::string& solver, const Selection& selection,
                                    std::uint64_t seed) const = 0;
  /// A searcher for saddles around the atoms of a minimum, on the thread that calls it; the engine must live longer. Throws Error unless the precision is
  /// double, and as make_searcher() does.
  [[nodiscard]] virtual AnySearcher searcher(const Sample& minimum, const SearchChoice& choice) const = 0;
  /// Dense, eV/Å²: 72 N² bytes. Throws Error unless the precision is double.
  [[nodiscard]] virtual Matrix hessian(const Sample& sample) const = 0;
};

/// Throws Error where a file cannot be read, or a name is none of those that there are (the message lists them).
[[nodiscard]] std::unique_ptr<Engine> make_engine(const EngineChoice& choice);

[[nodiscard]] const std::vector<std::string>& precision_names();
[[nodiscard]] const std::vector<std::string>& solver_names();
/// What is quickest here: LAPACK where the matrix fits and much of the spectrum is wanted, else Lanczos on the operator.
[[nodiscard]] std::string choose_solver(Eigen::Index atoms, const Selection& selection);
/// Throws Error where the solver is not for what is asked for, or where modes and `spectra` numbers an atom beside them do not fit the
/// memory, with what to do instead.
void require_modes(const std::string& solver, Eigen::Index atoms, const Selection& selection, Eigen::Index spectra, int threads);
/// A rough estimate of a dense solver's time for all modes, by n³ from that of a small matrix; 0 where there is none.
[[nodiscard]] double expected_dense_s(const std::string& solver, Eigen::Index rows, int threads);

}  // namespace tarn::programs
