#include "common/analysis.hpp"

#include <cmath>
#include <tuple>
#include <variant>
#include <vector>

#include "common/atom_table.hpp"
#include "tarn/core/error.hpp"
#include "tarn/io/csv.hpp"
#include "tarn/io/mode_file.hpp"
#include "tarn/vibration/participation.hpp"

namespace tarn::programs {

bool Analysis::resolved() const {
  return peak && phonons && !peak->at_edge && peak_resolved(peak->peak_rad_per_ps, phonons->omega_1_rad_per_ps);
}

namespace {

/// What depends on the line shape.
template <Broadening B>
void add_spectra(Analysis& out, const Sample& sample, const Modes& modes, const VibrationOptions& options, const B& shape) {
  out.window = options.window().within(spectrum_reach(modes, shape));
  bool weight = false;
  for (Eigen::Index j = 0; out.window && j < modes.count(); ++j) {
    const double omega = modes.omega_rad_per_ps[j];
    weight = weight || (out.census.is(j, ModeKind::stable) && omega + shape.reach() > out.window->first_rad_per_ps &&
                        omega - shape.reach() < out.window->last_rad_per_ps);
  }
  if (weight) out.peak = boson_peak(modes, out.census, shape, *out.window);
  const Vector grid = spectrum_grid(modes, shape, options.step);
  if (grid.size() == 0)
    throw Error("the highest of the computed modes is at ", modes.omega_rad_per_ps.maxCoeff(),
                " rad/ps, too low for a spectrum: ask for more with --modes");
  const auto elements = static_cast<Eigen::Index>(sample.elements.size());
  out.dos = density_of_states(modes, out.census, sample.species, elements, shape, grid);
}

CsvTable mode_table(const Modes& modes, const Analysis& analysis) {
  CsvTable table;
  std::vector<Eigen::Index> number;
  for (Eigen::Index j = 1; j <= modes.count(); ++j) number.push_back(j);
  table.add("mode", number).add("omega_rad_per_ps", modes.omega_rad_per_ps);
  table.add("participation_ratio", analysis.participation_ratio).add("phonon_weight", analysis.phonon_weight);
  return table;
}

CsvTable dos_table(const Sample& sample, const DensityOfStates& dos) {
  CsvTable table;
  table.add("omega_rad_per_ps", dos.omega_rad_per_ps).add("g_ps", dos.total_ps).add("reduced_ps3", dos.reduced_ps3());
  for (std::size_t e = 0; e < sample.elements.size(); ++e)
    table.add("g_" + sample.elements[e] + "_ps", dos.by_element_ps.col(static_cast<Eigen::Index>(e)));
  return table;
}

CsvTable atom_table(const Sample& sample, const Analysis& analysis) {
  CsvTable table = table_of_atoms(sample);
  const auto of_peak = [&](const char* name, Vector BosonPeak::*member) {
    if (analysis.peak)
      table.add(name, (*analysis.peak).*member);
    else
      table.add(name, std::vector<std::optional<double>>(sample.ids.size()));
  };
  of_peak("boson_peak_ps3", &BosonPeak::atom_height_ps3);
  of_peak("omega_at_peak_rad_per_ps", &BosonPeak::atom_peak_rad_per_ps);
  of_peak("at_sample_peak_ps3", &BosonPeak::atom_at_peak_ps3);
  if (analysis.displacement.complete)  // a sum over some of the modes is another quantity
    table.add("msd_A2_per_K", analysis.displacement.A2_per_K);
  else
    table.add("msd_A2_per_K", std::vector<std::optional<double>>(sample.ids.size()));
  return table;
}

}  // namespace

Analysis analyse(const Sample& sample, const Modes& modes, const VibrationOptions& options) {
  Analysis out;
  out.census = classify_modes(modes, sample.masses);
  std::visit([&](const auto& shape) { add_spectra(out, sample, modes, options, shape); }, options.shape());
  out.participation_ratio = participation_ratio(modes.vectors);
  out.displacement = vibrational_displacement(modes, out.census, sample.masses);
  out.phonon_weight = Vector::Zero(modes.count());
  try {
    out.phonon_weight = phonon_weight(modes, sample);
    out.phonons = lowest_transverse_phonons(modes, out.census, sample);
  } catch (const Error& problem) {
    out.no_phonons = problem.what();
  }
  return out;
}

void write_tables(ResultFolder& folder, const Sample& sample, const Modes& modes, const Analysis& analysis, bool vectors) {
  const CsvTable by_mode = mode_table(modes, analysis), dos = dos_table(sample, analysis.dos),
                 atoms = atom_table(sample, analysis);
  write_csv(folder / "modes.csv", by_mode);
  write_csv(folder / "dos.csv", dos);
  write_csv(folder / "atoms.csv", atoms);
  if (vectors) write_mode_file(folder / "modes.bin", modes.vectors);
}

Json to_json(const Modes& modes, const Analysis& analysis) {
  const auto& [peak, window, phonons] = std::tie(analysis.peak, analysis.window, analysis.phonons);
  const auto finite = [](double value) { return std::isfinite(value) ? Json(value) : Json(); };
  Json out = {{"modes_computed", modes.count()},
              {"modes_complete", modes.complete()},
              {"complete_below_rad_per_ps", finite(modes.reach_rad_per_ps())},
              {"zero_modes", analysis.census.zero},
              {"unstable_modes", analysis.census.unstable},
              {"marginal_modes", analysis.census.marginal},
              {"boson_peak_ps3", peak ? Json(peak->height_ps3) : Json()},
              {"boson_peak_omega_rad_per_ps", peak ? Json(peak->peak_rad_per_ps) : Json()},
              {"boson_peak_at_window_edge", peak ? Json(peak->at_edge) : Json()},
              {"boson_peak_window_rad_per_ps", window ? Json{window->first_rad_per_ps, window->last_rad_per_ps} : Json()},
              {"peak_resolved", analysis.resolved()},
              {"omega_1_rad_per_ps", phonons ? Json(phonons->omega_1_rad_per_ps) : Json()},
              {"omega_1_from", phonons ? Json("the modes (response of the box's first transverse waves)") : Json()}};
  if (phonons && !modes.complete())
    out["omega_1_bounds_rad_per_ps"] = {phonons->low_rad_per_ps, finite(phonons->high_rad_per_ps)};
  for (const char* later : {"debye_ps3", "elastic_born_GPa", "elastic_GPa", "bulk_GPa", "shear_GPa"}) out[later] = nullptr;
  return out;
}

}  // namespace tarn::programs
