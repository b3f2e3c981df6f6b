// A table of 200 000 rows, id, x, y, z: read with its numbers taken out, and written.
//
// Limit of both: from_chars and to_chars on its numbers. Cells are kept as text between: one copy of the file by columns.

#include "tarn/io/csv.hpp"

#include "io/samples.hpp"

namespace {

using namespace tarn;

CsvTable table() {
  CsvTable out;
  out.add("id", benchmarks::atoms200000().ids).add({"x_A", "y_A", "z_A"}, benchmarks::atoms200000().positions);
  return out;
}

void csv_read(benchmark::State& state) {
  static const std::string text = format_csv(table());
  benchmarks::reading(state, text, [](TextReader& reader) {
    const CsvTable read = read_csv(reader);
    double sum = 0;
    for (const char* name : {"id", "x_A", "y_A", "z_A"}) sum += read.numbers(name).sum();
    return sum;
  });
}
void csv_write(benchmark::State& state) {
  benchmarks::writing(state, [] { return format_csv(table()); });
}

}  // namespace

BENCHMARK(csv_read)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(csv_write)->UseManualTime()->Unit(benchmark::kMillisecond);
