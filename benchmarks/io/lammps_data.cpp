// A LAMMPS data file of 200 000 atoms, read and written (in memory; a disk is not measured).
//
// Limit of both: from_chars and to_chars on its numbers. Beside them: lines and words, the ids that must be unique, the types' names.

#include "tarn/io/lammps_data.hpp"

#include "io/samples.hpp"
#include "tarn/io/write_lammps_data.hpp"

namespace {

using namespace tarn;

void lammps_data_read(benchmark::State& state) {
  static const std::string text = format_lammps_data(benchmarks::atoms200000());
  benchmarks::reading(state, text, [](TextReader& reader) { return read_lammps_data(reader); });
}
void lammps_data_write(benchmark::State& state) {
  benchmarks::writing(state, [] { return format_lammps_data(benchmarks::atoms200000()); });
}

}  // namespace

BENCHMARK(lammps_data_read)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(lammps_data_write)->UseManualTime()->Unit(benchmark::kMillisecond);
