// Saddles of first order around the global minimum of 38 Lennard-Jones atoms, −173.9284 ε (cut off at 25 σ, 1.2e-5 higher; D. J. Wales, J. P. K. Doye, J. Phys. Chem. A 101, 5111 (1997)), from 100 random displacements of
// all atoms (0.2 σ together): evaluations until the force is below 1e-3 ε/σ on every atom, their mean and median, the searches that fail.

#include "tarn/landscape/activation_search.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/bound.hpp"
#include "tarn/landscape/atom_surface.hpp"
#include "tarn/potential/lennard_jones.hpp"
#include "tarn/relax/minimise.hpp"

namespace {

using namespace tarn;

constexpr double sigma = 2.5;  // with ε = 1 eV: atoms like those that the defaults are made for

const LennardJones<Double>& lennard_jones() {  // the cut-off is far outside
  static const LennardJones<Double> potential(LennardJonesFunctions({"A"}, {1}, {{1, sigma, 25 * sigma}}, {.order = 0}));
  return potential;
}

// An octahedron of fcc without its corners.
Sample truncated_octahedron() {
  std::vector<Vec3> sites;
  for (int x = -3; x <= 3; ++x)
    for (int y = -3; y <= 3; ++y)
      for (int z = -3; z <= 3; ++z) {
        const int sum = std::abs(x) + std::abs(y) + std::abs(z);
        if (sum % 2 == 1 && sum <= 3 && std::max({std::abs(x), std::abs(y), std::abs(z)}) < 3) sites.emplace_back(x, y, z);
      }
  Sample s;
  s.cell = cubic(100);
  s.cell.periodic = {false, false, false};
  s.elements = {"A"};
  s.positions.resize(3, static_cast<Eigen::Index>(sites.size()));
  for (std::size_t i = 0; i < sites.size(); ++i) {
    s.positions.col(static_cast<Eigen::Index>(i)) = 0.78 * sigma * sites[i];
    s.species.push_back(0);
    s.ids.push_back(static_cast<std::int64_t>(i + 1));
  }
  return minimise(s, lennard_jones(), Lbfgs{}, Stop{1e-9}).sample;
}

// A way out that goes no further than the displacement: the mode is followed from there, uphill while its curvature is positive, as the methods that others measured do.
struct Displaced {
  template <class W>
  void operator()(W& walker, const Vector& push) const {
    walker.expect(push / push.norm());
    walker.forget();
    walker.go_to(walker.surface().minimum() + push);
  }
};

template <class Way>
void search_lennard_jones_38(benchmark::State& state, const Way& way) {
  const Sample sample = truncated_octahedron();
  AtomSurface<LennardJones<Double>> surface(sample, lennard_jones());
  const Vector home = surface.start();
  Vector gradient(home.size());
  const double energy = surface.evaluate(home, gradient);
  if (std::abs(energy + 173.928427) > 1e-4) throw std::runtime_error("this is not the global minimum: " + std::to_string(energy));
  SearchParams params;
  params.tight_force = 1e-3 / sigma;
  params.limits.max_energy = 60;
  std::vector<double> evaluations;
  std::map<SearchEnd, double> ends;
  for (auto _ : state)
    benchmarks::timed(state, [&] {
      for (std::uint64_t k = 0; k < 100; ++k) {
        RandomStream random(1, k);
        Vector push(home.size());
        for (double& c : push) c = random.normal();
        surface.restart();
        const auto found = search(surface, home, energy, Vector(push * (0.2 * sigma / push.norm())), way, params, random);
        const SearchCost& cost = found.cost;
        if (found.end == SearchEnd::saddle)
          evaluations.push_back(static_cast<double>(cost.way_out.total() + cost.following.total() + cost.refining.total()));
        ++ends[found.end];
      }
    });
  if (evaluations.empty()) throw std::runtime_error("no search ended in a saddle");
  std::sort(evaluations.begin(), evaluations.end());
  double sum = 0;
  for (const double n : evaluations) sum += n;
  state.counters["mean"] = sum / static_cast<double>(evaluations.size());
  state.counters["median"] = evaluations[evaluations.size() / 2];
  for (const auto& [end, count] : ends) state.counters[std::string("ended_").append(name(end))] = count;
}

}  // namespace

BENCHMARK_CAPTURE(search_lennard_jones_38, displaced, Displaced{})->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(search_lennard_jones_38, plain, PlainWayOut{})->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(1);
