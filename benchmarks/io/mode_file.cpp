// The vectors of 2592 modes of 864 atoms, 54 MB, to a file in the folder for temporary files and back.
//
// Limit: the same bytes through a bare stream, and a look at each for what is not a number. Processor time: waiting for a disk is not counted.

#include "tarn/io/mode_file.hpp"

#include <benchmark/benchmark.h>

#include "support/bound.hpp"

namespace {

using namespace tarn;

// A path that is removed at the end.
struct Path {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("tarn-benchmark-" + std::to_string(::getpid()));
  ~Path() { std::filesystem::remove(path); }
};
const Matrix& vectors() {
  static const Matrix all = Matrix::Random(2592, 2592);
  return all;
}
std::streamsize bytes() { return static_cast<std::streamsize>(sizeof(double)) * vectors().size(); }

void mode_file_write(benchmark::State& state) {
  const Path to;
  for (auto _ : state) benchmarks::timed(state, [&] { write_mode_file(to.path, vectors()); });
  state.SetBytesProcessed(state.iterations() * bytes());
  benchmarks::bound(state, "a bare stream", benchmarks::shortest([&] {
                      std::ofstream(to.path, std::ios::binary).write(reinterpret_cast<const char*>(vectors().data()), bytes());
                    }));
}

void mode_file_read(benchmark::State& state) {
  const Path from;
  write_mode_file(from.path, vectors());
  for (auto _ : state) benchmarks::timed(state, [&] { benchmark::DoNotOptimize(read_mode_file(from.path)); });
  state.SetBytesProcessed(state.iterations() * bytes());
  benchmarks::bound(state, "a bare stream", benchmarks::shortest([&] {
                      Matrix to(2592, 2592);
                      std::ifstream(from.path, std::ios::binary).read(reinterpret_cast<char*>(to.data()), bytes());
                      benchmark::DoNotOptimize(to.data());
                    }));
}

}  // namespace

BENCHMARK(mode_file_write)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(mode_file_read)->UseManualTime()->Unit(benchmark::kMillisecond);
