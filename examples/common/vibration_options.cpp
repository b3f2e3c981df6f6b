#include "common/vibration_options.hpp"

#include "tarn/core/text.hpp"

namespace tarn::programs {

namespace {

std::string check_modes(const std::string& text) {
  Eigen::Index count = 0;
  double omega = 0;
  if (text == "all" || (text.starts_with("lowest:") && parse_number(std::string_view(text).substr(7), count) && count > 0) ||
      (text.starts_with("below:") && parse_number(std::string_view(text).substr(6), omega) && omega > 0))
    return {};
  return "'" + text + "' is none of all, lowest:K (K modes), below:OMEGA (rad/ps)";
}

bool parse_window(std::string_view text, double& first, double& last) {
  const auto colon = text.find(':');
  return colon != text.npos && parse_number(text.substr(0, colon), first) && parse_number(text.substr(colon + 1), last);
}

std::string check_window(const std::string& text) {
  double first = 0, last = 0;
  return parse_window(text, first, last) && first >= 1e-3 && last > first
             ? std::string()
             : "'" + text + "' is no window FIRST:LAST in rad/ps, 0.001 <= FIRST < LAST";
}

std::string check_size(const std::string& text) {
  double value = 0;
  return parse_number(text, value) && value >= 1e-4 && value <= 1e3 ? std::string()
                                                                    : "'" + text + "' is no number from 0.0001 to 1000";
}

}  // namespace

void VibrationOptions::add_to(CLI::App& cli) {
  cli.add_option("--broadening", broadening, "what stands for a mode's delta function")
      ->check(CLI::IsMember({"gaussian", "histogram"}))
      ->capture_default_str()
      ->type_name("NAME");
  cli.add_option("--width", width, "its standard deviation, or width of a bin, rad/ps; not below --step")
      ->check(check_size)
      ->capture_default_str()
      ->type_name("X");
  cli.add_option("--window", window_text, "where the boson peak is looked for, rad/ps")
      ->check(check_window)
      ->capture_default_str()
      ->type_name("FIRST:LAST");
  cli.add_option("--step", step, "between points of the spectra, rad/ps")
      ->check(check_size)
      ->capture_default_str()
      ->type_name("X");
  cli.add_option("--modes", modes, "all, lowest:K, or below:OMEGA (rad/ps)")
      ->check(check_modes)
      ->capture_default_str()
      ->type_name("WHICH");
  cli.add_option("--solver", solver, "eigensolver")
      ->check(CLI::IsMember(solver_names()))
      ->capture_default_str()
      ->type_name("NAME");
  cli.parse_complete_callback([this] {
    try {
      check();
    } catch (const Error& problem) {
      throw CLI::ValidationError(problem.what());
    }
  });
}

void VibrationOptions::check() const {
  if (width < step)
    throw Error("--width ", width, " is below --step ", step, ": a mode between two points would be missed: take a smaller step");
  (void)window().grid();
}

Json VibrationOptions::to_json() const {
  const PeakWindow w = window();
  return {{"broadening", broadening},
          {"width_rad_per_ps", width},
          {"window_rad_per_ps", {w.first_rad_per_ps, w.last_rad_per_ps}},
          {"step_rad_per_ps", step},
          {"modes", modes},
          {"solver", solver},
          {"vectors", vectors}};
}

AnyBroadening VibrationOptions::shape() const {
  if (broadening == "histogram") return HistogramBroadening{width};
  return GaussianBroadening{width};
}

Selection VibrationOptions::selection() const {
  const std::string_view value = std::string_view(modes).substr(std::min(modes.size(), modes.find(':') + 1));
  Eigen::Index count = 0;
  double omega = 0;
  if (modes.starts_with("lowest:") && parse_number(value, count)) return Lowest{count};
  if (modes.starts_with("below:") && parse_number(value, omega)) return Below{omega};
  return all_modes;
}

PeakWindow VibrationOptions::window() const {
  PeakWindow w{.step_rad_per_ps = step};
  (void)parse_window(window_text, w.first_rad_per_ps, w.last_rad_per_ps);
  return w;
}

}  // namespace tarn::programs
