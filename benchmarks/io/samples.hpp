#pragma once
// What the readers and writers are measured with: 200 000 atoms, and a walk through a text at its rate.

#include <benchmark/benchmark.h>

#include "support/bound.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/core/random.hpp"
#include "tarn/core/text.hpp"

namespace benchmarks {

inline const tarn::Sample& atoms200000() {
  static const tarn::Sample sample = [] {
    tarn::Sample s;
    tarn::RandomStream random(1);
    s.cell = tarn::cubic(150);
    s.elements = {"Cu", "Zr"};
    s.positions = tarn::Vectors::NullaryExpr(3, 200000, [&] { return random.uniform(0, 150); });
    s.masses.resize(200000);
    for (Eigen::Index i = 0; i < 200000; ++i) {
      s.species.push_back(static_cast<int>(i % 2));
      s.ids.push_back(i + 1);
      s.masses[i] = i % 2 == 0 ? 63.55 : 91.22;
    }
    return s;
  }();
  return sample;
}

/// read(reader) of a text; from_chars on its numbers is the bound.
template <class Read>
void reading(benchmark::State& state, const std::string& text, const Read& read, const char* file = __builtin_FILE()) {
  for (auto _ : state) {
    tarn::TextReader reader("benchmark", text);
    timed(state, [&] { benchmark::DoNotOptimize(read(reader)); });
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  bound(state, "from_chars", parse_seconds(text), file);
}

/// format() gives the text of the 200 000 atoms; to_chars on their positions is the bound.
template <class Format>
void writing(benchmark::State& state, const Format& format, const char* file = __builtin_FILE()) {
  std::string text;
  for (auto _ : state) timed(state, [&] { text = format(); });
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  bound(state, "to_chars", print_seconds(atoms200000().positions.reshaped()), file);
}

}  // namespace benchmarks
