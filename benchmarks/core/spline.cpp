// The fit of a table of 4000 points by a spline of 129 knots, and its values.
//
// Limit of the fit: some 150 sums and products a point, six B-splines and their products, each waiting for the one before; once a table, so never of weight.
// Limit of a value with two derivatives: finding the piece, seven steps of a bisection whose branches cannot be guessed. The potentials find theirs by the bits of r².

#include "tarn/core/spline.hpp"

#include <benchmark/benchmark.h>

#include "support/bound.hpp"
#include "tarn/core/random.hpp"

namespace {

using namespace tarn;
constexpr std::size_t points = 4000, knots = 129;

struct Table {
  std::vector<double> x, y, knot;
};
const Table& table() {
  static const Table all = [] {
    Table t;
    for (std::size_t i = 0; i < points; ++i) {
      t.x.push_back(static_cast<double>(i) / (points - 1));
      t.y.push_back(std::sin(20 * t.x.back()));
    }
    for (std::size_t k = 0; k < knots; ++k) t.knot.push_back(static_cast<double>(k) / (knots - 1));
    return t;
  }();
  return all;
}

void spline_fit(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(fit_spline(table().x, table().y, table().knot));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(points));
  benchmarks::bound(state, "arithmetic of 150 flops a point", benchmarks::arithmetic_seconds(150.0 * points));
}

void spline_value(benchmark::State& state) {
  const Spline spline = fit_spline(table().x, table().y, table().knot);
  RandomStream random(1);
  std::vector<double> at(100000);
  for (double& x : at) x = random.uniform();
  for (auto _ : state) {
    double sum = 0;
    for (const double x : at) sum += spline.at<2>(x)[2];
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(at.size()));
  benchmarks::bound(state, "the search of the piece", benchmarks::shortest([&] {
                      for (const double x : at) benchmark::DoNotOptimize(spline.piece_of(x));
                    }));
}

}  // namespace

BENCHMARK(spline_fit)->Unit(benchmark::kMillisecond);
BENCHMARK(spline_value)->Unit(benchmark::kMillisecond);
