// Samples brought to 1e-8 eV/Å by each minimiser; counted are the evaluations of energy and forces.
//
// Limit: the evaluations. What a minimiser adds is a few passes over vectors of 3N numbers, for L-BFGS 80 of them, and the rebuilds of lists while atoms still move far.
//
// TARN_BENCHMARK_SAMPLE names a LAMMPS data file to take instead of the shaken minimum of 864 atoms.

#include "tarn/relax/minimise.hpp"

#include <benchmark/benchmark.h>

#include "support/glass.hpp"
#include "tarn/core/random.hpp"
#include "tarn/relax/conjugate_gradient.hpp"
#include "tarn/relax/fire.hpp"

namespace {

using namespace tarn;
using benchmarks::timed;

const Sample& start() {
  static const Sample sample = [] {
    Sample s = benchmarks::glass();
    RandomStream random(1);
    if (!std::getenv("TARN_BENCHMARK_SAMPLE"))
      for (double& x : s.positions.reshaped()) x += 0.1 * random.normal();  // Å: about 300 K
    return s;
  }();
  return sample;
}

template <class M>
void relax(benchmark::State& state) {
  Relaxation end;
  for (auto _ : state) timed(state, [&] { end = minimise(start(), benchmarks::potential(), M{}); });
  if (!end.converged()) return state.SkipWithError("not converged");
  state.counters["evaluations"] = end.evaluations;
  state.counters["energy_eV"] = end.last.energy_eV;
  state.SetItemsProcessed(state.iterations() * end.evaluations);
  benchmarks::bound(state, "the force calls", end.evaluations * benchmarks::force_call_seconds(end.sample));
}

void minimise_lbfgs(benchmark::State& state) { relax<Lbfgs>(state); }
void minimise_fire(benchmark::State& state) { relax<Fire>(state); }
void minimise_conjugate_gradient(benchmark::State& state) { relax<ConjugateGradient>(state); }

}  // namespace

BENCHMARK(minimise_lbfgs)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(minimise_fire)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(minimise_conjugate_gradient)->UseManualTime()->Unit(benchmark::kMillisecond);
