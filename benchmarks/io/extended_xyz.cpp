// An extended XYZ frame of 200 000 atoms, read and written (in memory).
//
// Limit of both: from_chars and to_chars on its numbers; ids and masses stand beside the positions.

#include "tarn/io/extended_xyz.hpp"

#include "io/samples.hpp"
#include "tarn/io/write_extended_xyz.hpp"

namespace {

using namespace tarn;

void extended_xyz_read(benchmark::State& state) {
  static const std::string text = format_extended_xyz(benchmarks::atoms200000());
  benchmarks::reading(state, text, [](TextReader& reader) { return read_extended_xyz(reader); });
}
void extended_xyz_write(benchmark::State& state) {
  benchmarks::writing(state, [] { return format_extended_xyz(benchmarks::atoms200000()); });
}

}  // namespace

BENCHMARK(extended_xyz_read)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(extended_xyz_write)->UseManualTime()->Unit(benchmark::kMillisecond);
