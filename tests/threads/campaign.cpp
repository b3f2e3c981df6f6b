// A campaign on plain threads: the queue, the sink and the observer are touched by one thread at a time.

#include <doctest/doctest.h>

#include <vector>

#include "tarn/landscape/campaign.hpp"
#include "threads/executor.hpp"

using namespace tarn;

TEST_CASE("campaign") {
  struct Dice {
    [[nodiscard]] AtomActivation find(Eigen::Index, RandomStream stream) const {
      AtomActivation out;
      if (stream.uniform() < 0.5) out.loose_barrier = stream.uniform();
      out.saddle = Vectors::Constant(3, 5, stream.uniform());
      return out;
    }
  };
  Sample minimum;
  minimum.cell = cubic(10);
  minimum.elements = {"A"};
  minimum.positions = Vectors::Random(3, 20);
  std::vector<Eigen::Index> atoms;
  for (Eigen::Index i = 0; i < 20; ++i) {
    minimum.species.push_back(0);
    minimum.ids.push_back(i + 1);
    atoms.push_back(i);
  }
  MemorySink sink;
  std::int64_t seen = 0;
  run_campaign(
      minimum, atoms, {10, 8, 20}, 1, [] { return Dice{}; }, sink, testing::Threads(4),
      [&](const Progress& p) { return (seen = p.done) >= 0; });
  CHECK(seen == static_cast<std::int64_t>(sink.found.size()));
}
