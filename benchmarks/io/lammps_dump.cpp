// A frame of a LAMMPS dump of 200 000 atoms, read (from memory).
//
// Limit: from_chars on its numbers.

#include "tarn/io/lammps_dump.hpp"

#include "io/samples.hpp"

namespace {

using namespace tarn;

void lammps_dump_read(benchmark::State& state) {
  static const std::string text = [] {
    const Sample& s = benchmarks::atoms200000();
    std::string out =
        "ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n200000\nITEM: BOX BOUNDS pp pp pp\n0 150\n0 150\n0 150\n"
        "ITEM: ATOMS id type x y z\n";
    for (Eigen::Index i = 0; i < s.size(); ++i) {
      append_number(out, i + 1), out += ' ';
      append_number(out, s.species[static_cast<std::size_t>(i)] + 1);
      for (const double x : s.positions.col(i)) out += ' ', append_number(out, x);
      out += '\n';
    }
    return out;
  }();
  benchmarks::reading(state, text, [](TextReader& reader) { return read_lammps_dump(reader, -1, {"Cu", "Zr"}); });
}

}  // namespace

BENCHMARK(lammps_dump_read)->UseManualTime()->Unit(benchmark::kMillisecond);
