// tarn-evaluate: a sample in, its energy, forces and pressure tensor out.

#include <array>

#include "common/program.hpp"
#include "tarn/core/units.hpp"
#include "tarn/io/csv.hpp"

int main(int argc, char** argv) {
  using namespace tarn::programs;
  Program program("tarn-evaluate", "Energy, forces and pressure tensor of a sample.");
  add_common_options(program.cli(), program.options(), precision_names());
  bool time = false;
  program.cli().add_flag("--time", time, "measure the time of one evaluation on a valid neighbour list");
  program.own_options = [&] { return Json{{"time", time}}; };

  return program.run_on_sample(argc, argv, [&](Job& job) {
    job.relax();
    const tarn::Sample& sample = job.sample;
    const tarn::Evaluation found = job.engine->evaluate(sample);
    const bool has_pressure = periodic(sample);
    const tarn::Mat3 p = has_pressure ? found.pressure_bar(sample.cell) : tarn::Mat3::Zero();
    const std::array<double, 6> pressure{p(0, 0), p(1, 1), p(2, 2), p(0, 1), p(0, 2), p(1, 2)};  // xx yy zz xy xz yz

    std::vector<std::string> elements;
    for (Eigen::Index i = 0; i < sample.size(); ++i) elements.push_back(sample.element(i));
    tarn::CsvTable forces;
    forces.add("id", sample.ids).add("element", elements).add({"x_A", "y_A", "z_A"}, sample.positions);
    forces.add({"fx_eV_per_A", "fy_eV_per_A", "fz_eV_per_A"}, found.forces);

    Json out = job.summary();
    out["energy_eV"] = found.energy_eV;
    out["energy_eV_per_atom"] = found.energy_eV / static_cast<double>(sample.size());
    out["pressure_bar"] = has_pressure ? Json(pressure) : Json();
    out["max_force_eV_per_A"] = found.max_force();
    out["table_noise"] = job.engine->table_noise();
    if (time) out["force_us_per_atom"] = job.engine->force_us_per_atom(sample);

    tarn::write_csv(job.folder / "forces.csv", forces);
    job.finish({"forces.csv"}, out);

    char line[240];
    const double energy = found.energy_eV + 0.0;  // no -0
    std::snprintf(line, sizeof line, "%td atom%s: energy %.6f %s (%.6f an atom), largest force %.2g %s", sample.size(),
                  sample.size() == 1 ? "" : "s", energy, job.engine->energy_unit(), energy / static_cast<double>(sample.size()),
                  found.max_force(), job.engine->force_unit());
    job.console.say(line);
    if (has_pressure) {
      const double unit = job.engine->reduced ? tarn::units::bar : 1;
      std::string text = job.engine->reduced ? "pressure in epsilon/sigma^3: mean" : "pressure in bar: mean";
      const std::array<const char*, 7> names{"", "; xx", ", yy", ", zz", ", xy", ", xz", ", yz"};
      for (std::size_t k = 0; k < 7; ++k) {
        const double value = (k == 0 ? p.trace() / 3 : pressure[k - 1]) / unit;
        std::snprintf(line, sizeof line, job.engine->reduced ? "%s %.5g" : "%s %.1f", names[k], value);
        text += line;
      }
      job.console.say(text);
    }
    if (time) {
      std::snprintf(line, sizeof line, "one evaluation: %.4f us an atom, %d threads", out["force_us_per_atom"].get<double>(),
                    job.engine->threads());
      job.console.say(line);
    }
    job.console.say("results: " + job.folder.path().string());
  });
}
