// tarn-vibrations: a sample in; its vibrational modes, density of states and boson peak out, atom by atom.

#include <cmath>
#include <cstdio>

#include "common/analysis.hpp"
#include "common/program.hpp"
#include "common/vibration_options.hpp"
#include "tarn/core/units.hpp"

using namespace tarn::programs;

namespace {

tarn::Modes solve(const Job& job, const std::string& solver, const tarn::Selection& selection) {
  const Eigen::Index rows = 3 * job.sample.size();
  const std::string size = std::to_string(rows) + " x " + std::to_string(rows);
  Stage stage(job.console, "diagonalising " + size + " (" + solver + ")", expected_dense_s(solver, rows, job.engine->threads()));
  return job.engine->modes(job.sample, solver, selection, job.options.seed);
}

std::string remedy(const Job& job) { return job.options.relax ? "" : ": --relax minimises it first"; }

/// What a reader of the results has to know.
void note(Job& job, const tarn::Modes& modes, const Analysis& found, const tarn::PeakWindow& asked, double force) {
  Console& console = job.console;
  if (found.window && !found.peak) {
    std::string range = "there are none";
    for (Eigen::Index j = 0, last = modes.count(); j < last; ++j)
      if (found.census.is(j, tarn::ModeKind::stable)) {
        range = "they are from " + short_number(modes.omega_rad_per_ps[j]) + " to " +
                short_number(modes.omega_rad_per_ps[last - 1]) + " rad/ps, name a --window there";
        break;
      }
    console.note("no stable mode has weight in the window from " + short_number(found.window->first_rad_per_ps) + " to " +
                 short_number(found.window->last_rad_per_ps) + " rad/ps: no boson peak; " + range);
  }
  if (!found.window)
    console.note("the modes that were computed end below the window: no boson peak; ask for more with --modes");
  else if (found.window->last_rad_per_ps < asked.last_rad_per_ps)
    console.note("the window ends at " + short_number(found.window->last_rad_per_ps) + " rad/ps, where the computed modes end");
  if (found.census.unstable > 0)
    console.note(std::to_string(found.census.unstable) + " unstable modes: the sample is not at a minimum (largest force " +
                 short_number(force) + ' ' + job.engine->force_unit() + ")" + remedy(job));
  if (found.census.marginal > 0)
    console.note(std::to_string(found.census.marginal) +
                 " modes of nearly zero frequency that are no translations: left out of the spectra");
  if (!found.displacement.complete) console.note("mean-square displacements need all modes: their column is empty");
  if (!found.phonons) console.note("no lowest transverse phonons: " + found.no_phonons);
}

void say(const Job& job, const Analysis& found) {
  if (const auto& peak = found.peak) {
    const double omega = peak->peak_rad_per_ps;
    const char* verdict = found.resolved() ? "a resolved peak"
                          : peak->at_edge  ? "at the window's edge, no peak"
                          : !found.phonons ? "not shown to be a boson peak, w_1 is not known"
                                           : "below 2 w_1, not a resolved boson peak";
    char line[240];
    if (job.engine->reduced) {
      const double per_tau = std::sqrt(tarn::units::rad2_per_ps2);
      std::snprintf(line, sizeof line, "largest g/w^2: %.4g tau^3 at %.4g/tau: %s", peak->height_ps3 * std::pow(per_tau, 3),
                    omega / per_tau, verdict);
    } else {
      std::snprintf(line, sizeof line, "largest g/w^2: %.1fe-6 ps^3 at %.2f rad/ps (%.2f THz, %.2f meV): %s",
                    1e6 * peak->height_ps3, omega, omega * tarn::units::THz_per_rad_per_ps,
                    omega * tarn::units::meV_per_rad_per_ps, verdict);
    }
    job.console.say(line);
  }
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
    const auto selection = options.selection();
    const std::string solver = options.solver == "auto" ? choose_solver(job.sample.size(), selection) : options.solver;
    require_modes(solver, job.sample.size(), selection, options.window().grid().size(), job.engine->threads());
    job.relax();
    const double force = job.engine->evaluate(job.sample).max_force();
    if (force > 1e-3)  // now, not after an hour's work
      job.console.note("the largest force on an atom is " + short_number(force) + ' ' + job.engine->force_unit() +
                       ", so this is not a minimum" + remedy(job));
    const tarn::Modes modes = solve(job, solver, selection);
    const Analysis found = analyse(job.sample, modes, options);
    note(job, modes, found, options.window(), force);

    Json out = job.summary();
    out["solver"] = solver;
    out["max_force_eV_per_A"] = force;
    out["table_noise"] = job.engine->table_noise();
    out.update(to_json(modes, found));
    write_tables(job.folder, job.sample, modes, found, options.vectors);
    job.finish({"modes.csv", "dos.csv", "atoms.csv", "modes.bin"}, out);
    say(job, found);
  });
}
