#pragma once
// The options of the vibrational analysis, and their text on the command line.

#include <string>
#include <variant>

#include "common/program.hpp"
#include "tarn/vibration/boson_peak.hpp"
#include "tarn/vibration/broadening.hpp"
#include "tarn/vibration/solver.hpp"

namespace tarn::programs {

using AnyBroadening = std::variant<GaussianBroadening, HistogramBroadening>;

struct VibrationOptions {
  std::string broadening = "gaussian", modes = "all", solver = "auto", window_text = "2:15";
  double width = 0.35, step = 0.05;  // rad/ps
  bool vectors = false;

  void add_to(CLI::App& cli);
  [[nodiscard]] Json to_json() const;
  [[nodiscard]] AnyBroadening shape() const;
  [[nodiscard]] Selection selection() const;
  [[nodiscard]] PeakWindow window() const;
  /// Throws Error where they do not fit each other: before an hour's work, not after.
  void check() const;
};

}  // namespace tarn::programs
