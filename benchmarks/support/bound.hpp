#pragma once
// What this machine does at best, measured here and now: the bound that a kernel's time is set beside.
//
// Times are the processor's, of this thread, the shortest of a few runs: the machine may be shared.

#include <benchmark/benchmark.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <xsimd/xsimd.hpp>

#include "tarn/core/vector.hpp"

namespace benchmarks {

/// Processor time of this thread, s.
inline double processor_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// One iteration of a benchmark with manual time.
template <class Task>
void timed(benchmark::State& state, const Task& task) {
  const double begin = processor_seconds();
  task();
  state.SetIterationTime(processor_seconds() - begin);
}

/// Of `runs` runs, s.
template <class Task>
double shortest(const Task& task, int runs = 5) {
  double best = std::numeric_limits<double>::infinity();
  for (int run = 0; run < runs; ++run) {
    const double begin = processor_seconds();
    task();
    best = std::min(best, processor_seconds() - begin);
  }
  return best;
}

/// Names what bounds a benchmark and how long an iteration takes if nothing else does. The file that calls is the kernel's.
inline void bound(benchmark::State& state, const std::string& what, double seconds, const char* file = __builtin_FILE()) {
  std::string_view path(file);
  path = path.substr(path.rfind('/', path.rfind('/') - 1) + 1);
  state.SetLabel(std::string(path.substr(0, path.rfind('.'))) + "|" + what);
  state.counters["bound_s"] = seconds;
}

/// Reading this many bytes once, from whichever cache holds as much, s.
inline double read_seconds(double bytes) {
  using Batch = xsimd::batch<double>;
  constexpr std::size_t sums = 8, step = sums * Batch::size;
  const std::size_t n = (static_cast<std::size_t>(bytes / sizeof(double)) / step + 1) * step;
  const tarn::Vector data = tarn::Vector::Ones(static_cast<Eigen::Index>(n));
  const int passes = static_cast<int>(3e7 / static_cast<double>(n)) + 1;
  const double seconds = shortest([&] {
    for (int pass = 0; pass < passes; ++pass) {
      std::array<Batch, sums> sum{};
      for (std::size_t i = 0; i < n; i += step)
        for (std::size_t k = 0; k < sums; ++k) sum[k] += Batch::load_unaligned(data.data() + i + k * Batch::size);
      benchmark::DoNotOptimize(sum);
    }
  });
  return seconds / passes;
}

/// Writing this many bytes to memory that the system has yet to give, on large pages, s.
inline double fresh_seconds(double bytes) {
  const auto size = static_cast<std::size_t>(bytes);
  return shortest([&] {
    void* const data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) return;
    ::madvise(data, size, MADV_HUGEPAGE);
    benchmark::DoNotOptimize(std::memset(data, 1, size));
    ::munmap(data, size);
  });
}

/// So many sums and products in registers, at the full width, s.
inline double arithmetic_seconds(double flops) {
  using Batch = xsimd::batch<double>;
  static const double rate = [] {
    constexpr std::size_t chains = 12;
    constexpr int steps = 1000000;
    std::array<Batch, chains> x;
    x.fill(Batch(1.0));
    Batch a(0.999999), b(1e-6);
    benchmark::DoNotOptimize(a);
    benchmark::DoNotOptimize(b);
    const double seconds = shortest([&] {
      for (int i = 0; i < steps; ++i)
        for (auto& value : x) value = xsimd::fma(value, a, b);
      benchmark::DoNotOptimize(x);
    });
    return 2.0 * chains * Batch::size * steps / seconds;
  }();
  return flops / rate;
}

/// So many sums and products in a product of large matrices, s.
inline double matrix_product_seconds(double flops) {
  static const double rate = [] {
    const tarn::Matrix a = tarn::Matrix::Ones(768, 768), b = a;
    tarn::Matrix c(768, 768);
    const double seconds = shortest([&] {
      c.noalias() = a * b;
      benchmark::DoNotOptimize(c.data());
    });
    return 2.0 * 768 * 768 * 768 / seconds;
  }();
  return flops / rate;
}

/// Nothing but std::from_chars on every number of a text, s.
inline double parse_seconds(std::string_view text) {
  std::vector<std::string_view> numbers;
  for (std::size_t at = 0; (at = text.find_first_of("-0123456789", at)) != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(" ,\t\n", at), text.size());
    numbers.push_back(text.substr(at, end - at));
    at = end;
  }
  return shortest([&] {
    double sum = 0, value = 0;
    for (const auto word : numbers) {
      std::from_chars(word.data(), word.data() + word.size(), value);
      sum += value;
    }
    benchmark::DoNotOptimize(sum);
  });
}

/// Nothing but std::to_chars on every number, s.
template <class Numbers>
double print_seconds(const Numbers& numbers) {
  return shortest([&] {
    std::array<char, 32> digits;
    for (const auto& value : numbers)
      benchmark::DoNotOptimize(std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  });
}

}  // namespace benchmarks
