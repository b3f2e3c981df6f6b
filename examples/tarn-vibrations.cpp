// tarn-vibrations: a sample in; its vibrational modes, density of states and boson peak out, atom by atom.

#include "common/program.hpp"
#include "common/vibration_options.hpp"
#include "tarn/io/csv.hpp"
#include "tarn/io/mode_file.hpp"
#include "tarn/vibration/density_of_states.hpp"
#include "tarn/vibration/participation.hpp"
#include "tarn/vibration/plane_waves.hpp"
#include "tarn/vibration/vibrational_displacement.hpp"

using namespace tarn::programs;

namespace {

/// Points step, 2 step, … as far as the modes fill the spectrum.
template <class Shape>
tarn::Vector spectrum_grid(const tarn::Modes& modes, const Shape& shape, double step) {
  const double highest = std::max(modes.omega_rad_per_ps[modes.count() - 1], 0.0) + shape.tail();
  const double points = std::floor(std::min(highest, tarn::spectrum_reach(modes, shape)) / step * (1 + 1e-12));
  if (points < 1) return {};
  if (points > 1e7) throw tarn::Error("a spectrum of ", points, " points: take a larger --step");
  return tarn::Vector::LinSpaced(static_cast<Eigen::Index>(points), 1, std::floor(points)) * step;
}

/// The window as far as the modes fill it; nothing where less than two steps are left.
template <class Shape>
std::optional<tarn::PeakWindow> filled_window(tarn::PeakWindow window, const tarn::Modes& modes, const Shape& shape) {
  const double steps = std::floor((tarn::spectrum_reach(modes, shape) - window.first_rad_per_ps) / window.step_rad_per_ps);
  if (steps < 2) return std::nullopt;
  window.last_rad_per_ps = std::min(window.last_rad_per_ps, window.first_rad_per_ps + steps * window.step_rad_per_ps);
  return window;
}

template <class Shape>
void analyse(Job& job, const VibrationOptions& options, const Shape& shape, const tarn::Modes& modes, Json out) {
  const tarn::Sample& sample = job.sample;
  const auto census = tarn::classify_modes(modes, sample.masses);
  const auto window = filled_window(options.window(), modes, shape);
  if (!window)
    job.console.note("the modes that were computed end below the window: no boson peak; ask for more with --modes");
  else if (window->last_rad_per_ps < options.window().last_rad_per_ps)
    job.console.note("the window ends at " + short_number(window->last_rad_per_ps) + " rad/ps, where the computed modes end");
  if (census.unstable > 0)
    job.console.note(std::to_string(census.unstable) + " unstable modes: the sample is not at a minimum (largest force " + short_number(out["max_force_eV_per_A"]) +
                     " eV/A)" + (job.options.relax ? "" : ": --relax minimises it first"));
  if (census.marginal > 0) job.console.note(std::to_string(census.marginal) + " modes of nearly zero frequency that are no translations: left out of the spectra");

  std::optional<tarn::BosonPeak> peak;
  if (window) peak = tarn::boson_peak(modes, census, shape, *window);
  const tarn::Vector grid = spectrum_grid(modes, shape, options.step);
  if (grid.size() == 0) throw tarn::Error("the highest of the computed modes is at ", modes.omega_rad_per_ps.maxCoeff(), " rad/ps, too low for a spectrum: ask for more with --modes");
  const auto elements = static_cast<Eigen::Index>(sample.elements.size());
  const auto dos = tarn::density_of_states(modes, census, sample.species, elements, shape, grid);
  const auto displacement = tarn::vibrational_displacement(modes, census, sample.masses);

  // ω₁ by the modes, until elastic constants give it
  std::optional<tarn::LowestPhonons> phonons;
  tarn::Vector weight = tarn::Vector::Zero(modes.count());
  try {
    weight = tarn::phonon_weight(modes, sample);
    phonons = tarn::lowest_transverse_phonons(modes, census, sample);
  } catch (const tarn::Error& problem) {
    job.console.note(std::string("no lowest transverse phonons: ") + problem.what());
  }

  tarn::CsvTable mode_table, dos_table, atom_table;
  std::vector<Eigen::Index> number;
  for (Eigen::Index j = 1; j <= modes.count(); ++j) number.push_back(j);
  mode_table.add("mode", number).add("omega_rad_per_ps", modes.omega_rad_per_ps);
  mode_table.add("participation_ratio", tarn::participation_ratio(modes.vectors)).add("phonon_weight", weight);
  dos_table.add("omega_rad_per_ps", grid).add("g_ps", dos.total_ps).add("reduced_ps3", dos.reduced_ps3());
  for (Eigen::Index e = 0; e < elements; ++e) dos_table.add("g_" + sample.elements[static_cast<std::size_t>(e)] + "_ps", dos.by_element_ps.col(e));
  std::vector<std::string> names;
  for (Eigen::Index i = 0; i < sample.size(); ++i) names.push_back(sample.element(i));
  atom_table.add("id", sample.ids).add("element", names).add({"x_A", "y_A", "z_A"}, sample.positions);
  const auto by_atom = [&](const char* name, auto member) {
    if (peak) atom_table.add(name, (*peak).*member);
    else atom_table.add(name, std::vector<std::optional<double>>(names.size()));
  };
  by_atom("boson_peak_ps3", &tarn::BosonPeak::atom_height_ps3);
  by_atom("omega_at_peak_rad_per_ps", &tarn::BosonPeak::atom_peak_rad_per_ps);
  by_atom("at_sample_peak_ps3", &tarn::BosonPeak::atom_at_peak_ps3);
  atom_table.add("msd_A2_per_K", displacement.A2_per_K);

  const bool resolved = peak && phonons && !peak->at_edge && tarn::peak_resolved(peak->peak_rad_per_ps, phonons->omega_1_rad_per_ps);
  const auto or_null = [](bool there, double value) { return there ? Json(value) : Json(); };
  out["modes_computed"] = modes.count();
  out["modes_complete"] = modes.complete();
  out["complete_below_rad_per_ps"] = or_null(!modes.complete(), modes.reach_rad_per_ps());
  out["zero_modes"] = census.zero;
  out["unstable_modes"] = census.unstable;
  out["marginal_modes"] = census.marginal;
  out["boson_peak_ps3"] = or_null(peak.has_value(), peak ? peak->height_ps3 : 0);
  out["boson_peak_omega_rad_per_ps"] = or_null(peak.has_value(), peak ? peak->peak_rad_per_ps : 0);
  out["boson_peak_at_window_edge"] = peak ? Json(peak->at_edge) : Json();
  out["boson_peak_window_rad_per_ps"] = window ? Json{window->first_rad_per_ps, window->last_rad_per_ps} : Json();
  out["peak_resolved"] = resolved;
  out["omega_1_rad_per_ps"] = or_null(phonons.has_value(), phonons ? phonons->omega_1_rad_per_ps : 0);
  out["omega_1_from"] = phonons ? Json("the modes (response of the box's first transverse waves)") : Json();
  if (phonons && !modes.complete()) out["omega_1_bounds_rad_per_ps"] = {phonons->low_rad_per_ps, std::isfinite(phonons->high_rad_per_ps) ? Json(phonons->high_rad_per_ps) : Json()};
  for (const char* later : {"debye_ps3", "elastic_born_GPa", "elastic_GPa", "bulk_GPa", "shear_GPa"}) out[later] = nullptr;

  job.folder.begin({"modes.csv", "dos.csv", "atoms.csv", "modes.bin"});
  tarn::write_csv(job.folder / "modes.csv", mode_table);
  tarn::write_csv(job.folder / "dos.csv", dos_table);
  tarn::write_csv(job.folder / "atoms.csv", atom_table);
  if (options.vectors) tarn::write_mode_file(job.folder / "modes.bin", modes.vectors);
  job.finish(out);

  char line[240];
  if (peak)
    std::snprintf(line, sizeof line, "largest g/w^2: %.1fe-6 ps^3 at %.2f rad/ps (%.2f THz, %.2f meV): %s", 1e6 * peak->height_ps3, peak->peak_rad_per_ps,
                  peak->peak_rad_per_ps * tarn::units::THz_per_rad_per_ps, peak->peak_rad_per_ps * tarn::units::meV_per_rad_per_ps,
                  resolved ? "a resolved peak" : peak->at_edge ? "at the window's edge, no peak" : "below 2 w_1, not a resolved boson peak");
  if (peak) job.console.say(line);
  job.console.say("results: " + job.folder.path().string());
}

}  // namespace

int main(int argc, char** argv) {
  Program program("tarn-vibrations", "Vibrational modes, density of states and boson peak of a sample at a minimum.");
  VibrationOptions options;
  add_common_options(program.cli(), program.options());
  options.add_to(program.cli());
  program.cli().add_flag("--vectors", options.vectors, "write the eigenvectors too, modes.bin");
  program.own_options = [&] { return options.to_json(); };

  return program.run_on_sample(argc, argv, [&](Job& job) {
    Json relaxation = Json::object();
    if (job.options.relax) {
      Stage stage(job.console, "minimising");
      auto relaxed = job.engine->relax(job.sample, stage.observer(false));
      job.sample = std::move(relaxed.sample);
      relaxation = std::move(relaxed.report);
    }
    const double force = job.engine->evaluate(job.sample).max_force();
    if (force > 1e-3) job.console.note("the largest force on an atom is " + short_number(force) + " eV/A, so this is not a minimum" + (job.options.relax ? "" : ": --relax minimises first"));

    const auto selection = options.selection();
    const std::string solver = options.solver == "auto" ? choose_solver(job.sample.size(), selection) : options.solver;
    Json out = job.summary();
    out["solver"] = solver;
    out["max_force_eV_per_A"] = force;
    out["table_noise"] = job.engine->table_noise();
    if (!relaxation.empty()) out["relaxation"] = relaxation;
    const tarn::Modes modes = [&] {
      const auto rows = 3 * job.sample.size();
      Stage stage(job.console, "diagonalising " + std::to_string(rows) + " x " + std::to_string(rows) + " (" + solver + ")", expected_dense_s(solver, rows, job.engine->threads()));
      return job.engine->modes(job.sample, solver, selection, job.options.seed);
    }();
    std::visit([&](const auto& shape) { analyse(job, options, shape, modes, out); }, options.shape());
  });
}
