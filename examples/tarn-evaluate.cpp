// tarn-evaluate: a sample in, its energy, forces and pressure tensor out.

#include "common/program.hpp"
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
    const tarn::Mat3 pressure = found.pressure_bar(sample.cell);

    std::vector<std::string> elements;
    for (Eigen::Index i = 0; i < sample.size(); ++i) elements.push_back(sample.element(i));
    tarn::CsvTable forces;
    forces.add("id", sample.ids).add("element", elements).add({"x_A", "y_A", "z_A"}, sample.positions);
    forces.add({"fx_eV_per_A", "fy_eV_per_A", "fz_eV_per_A"}, found.forces);

    Json out = job.summary();
    out["energy_eV"] = found.energy_eV;
    out["energy_eV_per_atom"] = found.energy_eV / static_cast<double>(sample.size());
    out["pressure_bar"] = {pressure(0, 0), pressure(1, 1), pressure(2, 2),
                           pressure(0, 1), pressure(0, 2), pressure(1, 2)};  // xx yy zz xy xz yz
    out["max_force_eV_per_A"] = found.max_force();
    out["table_noise"] = job.engine->table_noise();
    if (time) out["force_us_per_atom"] = job.engine->force_us_per_atom(sample);

    job.folder.begin({"forces.csv"});
    tarn::write_csv(job.folder / "forces.csv", forces);
    job.finish(out);

    char line[200];
    std::snprintf(line, sizeof line, "%td atoms: energy %.6f eV (%.6f an atom), pressure %.1f bar, largest force %.2g eV/A",
                  sample.size(), found.energy_eV, found.energy_eV / static_cast<double>(sample.size()), pressure.trace() / 3,
                  found.max_force());
    job.console.say(line);
    if (time) {
      std::snprintf(line, sizeof line, "one evaluation: %.4f us an atom, %d threads", out["force_us_per_atom"].get<double>(),
                    job.engine->threads());
      job.console.say(line);
    }
    job.console.say("results: " + job.folder.path().string());
  });
}
