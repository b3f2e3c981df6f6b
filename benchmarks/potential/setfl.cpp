// The published table read: 2.2 MB of numbers.
//
// Limit: from_chars on them. Words are counted once before, to tell eam.fs from eam.alloy.

#include "tarn/potential/setfl.hpp"

#include "io/samples.hpp"

namespace {

using namespace tarn;

void setfl_read(benchmark::State& state) {
  static const std::string text(TextReader(std::filesystem::path(TARN_EXAMPLE_DATA "/CuZr_MKO2009.eam.fs")).text());
  benchmarks::reading(state, text, [](TextReader& reader) { return read_setfl(reader); });
}

}  // namespace

BENCHMARK(setfl_read)->UseManualTime()->Unit(benchmark::kMillisecond);
