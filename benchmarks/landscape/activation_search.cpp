// Searches for saddles around atoms of the 864-atom glass: what they come to, and what a tight saddle, a saddle of its own and a loose point cost, the failures included.
//
// Limit: the force calls, products and updates of the Hessian that a search asks for. TARN_BENCHMARK_ATOMS (20) atoms, evenly over the sample, TARN_BENCHMARK_SEARCHES (2) searches each,
// streams of TARN_BENCHMARK_SEED (1).

#include "tarn/landscape/activation_search.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/glass.hpp"
#include "tarn/landscape/atom_activation.hpp"
#include "tarn/landscape/dimer.hpp"
#include "tarn/landscape/lobpcg.hpp"
#include "tarn/landscape/perpendicular_steps.hpp"

namespace {

using namespace tarn;

int setting(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text ? std::atoi(text) : otherwise;
}

double evaluations(const Cost& cost) { return static_cast<double>(cost.total()); }

// What a share is known to, %: from its scatter between atoms, whose searches are alike.
double error_of_share(const std::vector<double>& of_atoms) {
  double sum = 0, sum2 = 0;
  for (const double x : of_atoms) sum += x, sum2 += x * x;
  const auto n = static_cast<double>(of_atoms.size());
  return 100 * std::sqrt(std::max(0.0, sum2 / n - sum * sum / (n * n)) / std::max(n - 1, 1.0));
}

// Barriers that the frozen way found before, by atom and search: what the plain one is compared with, push by push.
std::map<std::pair<int, int>, double>& found_before() {
  static std::map<std::pair<int, int>, double> found;
  return found;
}

template <class Way, class Finder = Lanczos, class Across = QuasiNewton>
void searches(benchmark::State& state) {
  static const EamSplines<Double> potential(read_setfl(std::filesystem::path(TARN_TEST_DATA "/CuZr_smooth.eam.fs")));
  const Sample& sample = benchmarks::glass();
  const int atoms = setting("TARN_BENCHMARK_ATOMS", 20), each = setting("TARN_BENCHMARK_SEARCHES", 2);
  const auto seed = static_cast<std::uint64_t>(setting("TARN_BENCHMARK_SEED", 1));
  AtomSearcher<EamSplines<Double>, Way, Finder, Across> searcher(sample, potential);
  double tight = 0, own = 0, loose = 0, done = 0, barrier = 0, barrier2 = 0;
  SearchCost cost;
  std::map<SearchEnd, double> ends;
  std::vector<double> tight_of, own_of;
  double pairs = 0, less = 0, less2 = 0;
  for (auto _ : state)
    benchmarks::timed(state, [&] {
      for (int a = 0; a < atoms; ++a) {
        tight_of.push_back(0), own_of.push_back(0);
        for (int k = 0; k < each; ++k) {
          const Eigen::Index atom = a * sample.size() / atoms;
          const auto found =
              searcher.find(atom, RandomStream(seed, static_cast<std::uint64_t>(atom), static_cast<std::uint64_t>(k)));
          ++done, ++ends[found.end];
          tight += found.found(), own += found.own, loose += found.loose_barrier.has_value();
          tight_of.back() += found.found() / static_cast<double>(each), own_of.back() += found.own / static_cast<double>(each);
          if (found.found()) {
            barrier += found.barrier, barrier2 += found.barrier * found.barrier;
            if constexpr (std::same_as<Way, FrozenWayOut> && std::same_as<Finder, Lanczos> && std::same_as<Across, QuasiNewton>)
              found_before()[{a, k}] = found.barrier;
            else if (const auto other = found_before().find({a, k}); other != found_before().end())
              ++pairs, less += found.barrier - other->second, less2 += std::pow(found.barrier - other->second, 2);
          }
          cost += found.cost;
        }
      }
    });
  const auto count = [&](const char* name, double value) { state.counters[name] = value; };
  const double all = evaluations(cost.total()), mean = barrier / tight;
  count("searches", done), count("tight", tight), count("own", own), count("loose", loose);
  for (const auto& [end, number] : ends) count(std::string("ended_").append(name(end)).c_str(), number);
  count("evaluations", all), count("to_loose", evaluations(cost.way_out) + evaluations(cost.following));
  for (const auto& [of, phase] : SearchCost::phases) {
    count(std::string(of).append("_forces").c_str(), static_cast<double>((cost.*phase).forces));
    count(std::string(of).append("_products").c_str(), static_cast<double>((cost.*phase).products));
  }
  count("tight_error", error_of_share(tight_of)), count("own_error", error_of_share(own_of));
  if (pairs > 1) {
    const double by = less / pairs;
    count("pairs", pairs), count("pair_difference_eV", by),
        count("pair_error_eV", std::sqrt((less2 / pairs - by * by) / (pairs - 1)));
  }
  count("barrier_eV", mean), count("barrier_sd_eV", std::sqrt(std::max(0.0, (barrier2 - tight * mean * mean) / (tight - 1))));
  benchmarks::bound(state, "the force calls", all * benchmarks::force_call_seconds(sample));
}

void search_frozen(benchmark::State& state) { searches<FrozenWayOut>(state); }
void search_plain(benchmark::State& state) { searches<PlainWayOut>(state); }

}  // namespace

BENCHMARK(search_frozen)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK(search_plain)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(1);
// The frozen way by other methods: the mode by them, or the relaxation across it.
BENCHMARK(searches<FrozenWayOut, Lobpcg>)->Name("search_lobpcg")->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK(searches<FrozenWayOut, Dimer>)->Name("search_dimer")->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK(searches<FrozenWayOut, Lanczos, ConjugateSteps>)
    ->Name("search_conjugate")
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);
BENCHMARK(searches<FrozenWayOut, Lanczos, FireSteps>)
    ->Name("search_fire")
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);
