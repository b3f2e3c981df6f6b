// Searches for saddles around atoms of the 864-atom glass: what they come to, and what a tight saddle, a saddle of its own and a loose point cost, the failures included.
//
// Limit: the force calls, products and updates of the Hessian that a search asks for. TARN_BENCHMARK_ATOMS (20) atoms, evenly over the sample, TARN_BENCHMARK_SEARCHES (2) searches each,
// streams of TARN_BENCHMARK_SEED (1).

#include "tarn/landscape/activation_search.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "support/glass.hpp"
#include "tarn/landscape/atom_activation.hpp"

namespace {

using namespace tarn;

int setting(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text ? std::atoi(text) : otherwise;
}

template <class Way>
void searches(benchmark::State& state) {
  static const EamSplines<Double> potential(read_setfl(std::filesystem::path(TARN_TEST_DATA "/CuZr_smooth.eam.fs")));
  const Sample& sample = benchmarks::glass();
  const int atoms = setting("TARN_BENCHMARK_ATOMS", 20), each = setting("TARN_BENCHMARK_SEARCHES", 2);
  const auto seed = static_cast<std::uint64_t>(setting("TARN_BENCHMARK_SEED", 1));
  AtomSearcher<EamSplines<Double>, Way> searcher(sample, potential);
  double tight = 0, own = 0, loose = 0, all = 0, to_loose = 0, sides = 0, done = 0;
  SearchCost cost;
  for (auto _ : state)
    benchmarks::timed(state, [&] {
      for (int a = 0; a < atoms; ++a)
        for (int k = 0; k < each; ++k) {
          const Eigen::Index atom = a * sample.size() / atoms;
          const auto found =
              searcher.find(atom, RandomStream(seed, static_cast<std::uint64_t>(atom), static_cast<std::uint64_t>(k)));
          ++done;
          tight += found.found(), own += found.own, loose += found.loose_barrier.has_value();
          all += found.cost.total().total(), sides += found.cost.sides.total();
          to_loose += found.cost.way_out.total() + found.cost.following.total();
          cost.way_out += found.cost.way_out, cost.following += found.cost.following, cost.refining += found.cost.refining;
          cost.order += found.cost.order, cost.sides += found.cost.sides;
        }
    });
  const auto count = [&](const char* name, double value) { state.counters[name] = value; };
  count("tight_%", 100 * tight / done), count("own_%", 100 * own / done), count("loose_%", 100 * loose / done);
  count("evaluations_a_tight", all / tight), count("evaluations_an_own", all / own),
      count("evaluations_a_loose", to_loose / loose);
  count("evaluations_of_both_sides", sides / tight);
  count("way_out", cost.way_out.total() / done), count("following", cost.following.total() / done);
  count("refining", cost.refining.total() / done), count("order", cost.order.total() / done);
  benchmarks::bound(state, "the force calls", all * benchmarks::force_call_seconds(sample));
}

void search_frozen(benchmark::State& state) { searches<FrozenWayOut>(state); }
void search_plain(benchmark::State& state) { searches<PlainWayOut>(state); }

}  // namespace

BENCHMARK(search_frozen)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK(search_plain)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(1);
