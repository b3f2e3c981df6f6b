#pragma once
// The comparison of two per-atom fields: 1/I_BP and an activation energy, of which some atoms may have no value.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "common/results.hpp"
#include "common/row_table.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/statistics/select.hpp"

namespace tarn::programs {

struct CorrelationOptions {
  std::vector<std::string> kernels{"top_hat"};
  double length_A = 5.9;  ///< of maps, means and predictors: the paper's
  double step_A = 0;      ///< between lengths; 0: a sixteenth of half the box, 1 Å at least
  int shifts = 200;
  double map_step_A = 0.5;
  std::uint64_t seed = 1;
  int threads = 0;
};

/// A predictor of the activation energy beside 1/I_BP.
struct Rival {
  std::string name;
  Vector values;  ///< of every atom
};

/// What goes in: a value of every atom, and energies of those that have one.
struct ActivationField {
  std::string barrier;
  std::vector<std::optional<double>> energy_eV;
};

/// The tables and the summary; each call adds what it finds.
class CorrelationStudy {
 public:
  /// `peak_ps3`: I_BP of each atom, positive.
  CorrelationStudy(const Sample& sample, const Vector& peak_ps3, std::vector<Rival> rivals, const CorrelationOptions& options,
                   Console& console);

  /// g(r), and the autocorrelation of 1/I_BP.
  void structure();
  /// All that one barrier has to say. Throws Error where it is constant or fewer than `fewest` atoms have a value.
  void add(const ActivationField& field);
  /// Writes the tables; returns their names.
  std::vector<std::string> write(ResultFolder& folder) const;

  [[nodiscard]] const Json& summary() const { return summary_; }
  static constexpr std::size_t fewest = 30;

 private:
  struct Part;  // the atoms that have a value
  void scan(const Part& part);
  void autocorrelate(const std::string& field, const std::string& barrier, const Sample& sample, const Vector& a, const Vector& b,
                     const std::vector<AtomGroup>& groups);
  void bin(const Part& part);
  void split(const Part& part);
  void predict(const Part& part);
  void map(const Part& part);

  const Sample& sample_;
  Vector inverse_;
  std::vector<Rival> rivals_;
  CorrelationOptions options_;
  Console& console_;
  double shell_A_ = 0;  // first minimum of g(r)
  Sample fields_;
  RowTable pearson_, autocorrelation_, binned_, groups_, maps_, predictors_;
  CsvTable rdf_;
  Json summary_ = Json::object();
};

}  // namespace tarn::programs
