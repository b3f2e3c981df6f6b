// The vectors of 2592 modes of 864 atoms, 54 MB, to a file in the folder for temporary files and back.
//
// Limit: the system's, for the same bytes written at once with fsync, and read by a bare stream; then a look at each number for what is none. Processor time: waiting for
// a disk is not counted.

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
  benchmarks::bound(state, "fwrite and fsync", benchmarks::shortest([&] {
                      std::filesystem::remove(to.path);
                      std::FILE* const file = std::fopen(to.path.c_str(), "wb");
                      std::fwrite(vectors().data(), 1, static_cast<std::size_t>(bytes()), file);
                      std::fflush(file);
                      ::fsync(::fileno(file));
                      std::fclose(file);
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
