// A text of 200 000 lines, five numbers each: its lines, its words, its numbers; and numbers written.
//
// Limit of lines: memchr for the ends, as in wc -l. Of words: looking at each byte once, which this does one at a time. Of numbers: std::from_chars and std::to_chars.

#include "tarn/core/text.hpp"

#include <benchmark/benchmark.h>

#include <cstring>

#include "support/bound.hpp"
#include "tarn/core/random.hpp"

namespace {

using namespace tarn;
constexpr Eigen::Index lines = 200000, columns = 5;

const Matrix& values() {
  static const Matrix all = [] {
    RandomStream random(1);
    return Matrix(Matrix::NullaryExpr(columns, lines, [&] { return random.uniform(-100, 100); }));
  }();
  return all;
}

const std::string& text() {
  static const std::string all = [] {
    std::string out;
    for (Eigen::Index i = 0; i < lines; ++i)
      for (Eigen::Index k = 0; k < columns; ++k) append_number(out, values()(k, i)), out += k + 1 < columns ? ' ' : '\n';
    return out;
  }();
  return all;
}

// Walks the lines of the text, at the text's rate.
template <class Each>
void walk(benchmark::State& state, const Each& each) {
  TextReader reader("benchmark", text());
  const auto begin = reader.place();
  for (auto _ : state) {
    reader.go_to(begin);
    while (reader.next()) each(reader);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text().size()));
}

double line_ends_seconds() {
  return benchmarks::shortest([] {
    const char *at = text().data(), *end = at + text().size();
    std::size_t count = 0;
    for (; (at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)))); ++at) ++count;
    benchmark::DoNotOptimize(count);
  });
}

void text_lines(benchmark::State& state) {
  walk(state, [](const TextReader& reader) { benchmark::DoNotOptimize(reader.line()); });
  benchmarks::bound(state, "memchr", line_ends_seconds());
}

void text_words(benchmark::State& state) {
  std::vector<std::string_view> out;
  walk(state, [&](const TextReader& reader) {
    split(reader.line(), out);
    benchmark::DoNotOptimize(out.data());
  });
  benchmarks::bound(state, "looking at each byte", benchmarks::shortest([] {
                      std::size_t blanks = 0;
                      for (const char c : text()) {
                        if (c <= ' ') ++blanks;
                        benchmark::DoNotOptimize(blanks);
                      }
                    }));
}

void text_numbers(benchmark::State& state) {
  std::vector<std::string_view> out;
  walk(state, [&](const TextReader& reader) {
    split(reader.line(), out);
    for (const auto word : out) benchmark::DoNotOptimize(number<double>(reader, word, "a number"));
  });
  benchmarks::bound(state, "from_chars", benchmarks::parse_seconds(text()));
}

void text_written(benchmark::State& state) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    for (const double value : values().reshaped()) append_number(out, value), out += ' ';
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
  benchmarks::bound(state, "to_chars", benchmarks::print_seconds(values().reshaped()));
}

}  // namespace

BENCHMARK(text_lines)->Unit(benchmark::kMillisecond);
BENCHMARK(text_words)->Unit(benchmark::kMillisecond);
BENCHMARK(text_numbers)->Unit(benchmark::kMillisecond);
BENCHMARK(text_written)->Unit(benchmark::kMillisecond);
