#include "tarn/landscape/campaign.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <thread>

#include "support/folder.hpp"
#include "support/samples.hpp"
#include "threads/executor.hpp"

using namespace tarn;
using tarn::testing::random_triclinic;
using tarn::testing::refusal;
using tarn::testing::Threads;

namespace {

/// Draws what it finds, and takes as long as it likes.
struct Dice {
  double share = 0.4;  // of successes
  std::atomic<int>* calls = nullptr;
  AtomActivation find(Eigen::Index atom, RandomStream stream) const {
    AtomActivation out;
    const double thrown = stream.uniform();
    if (thrown < share) out.loose_barrier = stream.uniform();
    if (thrown < share / 2) {
      out.end = SearchEnd::saddle;
      out.barrier = stream.normal() + static_cast<double>(atom);
      out.own = thrown < share / 4;
    }
    out.cost.way_out.forces = static_cast<int>(stream.index(1000));
    std::this_thread::sleep_for(std::chrono::microseconds(stream.index(300)));
    if (calls) ++*calls;
    return out;
  }
};

const Sample& minimum() {
  static const Sample sample = random_triclinic({"A", "B"}, 12, 12, 1.8, 5);
  return sample;
}
const std::vector<Eigen::Index> some{3, 0, 7, 11, 4};

bool same(const MemorySink& a, const MemorySink& b) {
  const auto equal = [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.loose_barrier == y.second.loose_barrier && x.second.barrier == y.second.barrier &&
           x.second.end == y.second.end && x.second.cost.total().total() == y.second.cost.total().total();
  };
  return std::equal(a.found.begin(), a.found.end(), b.found.begin(), b.found.end(), equal);
}

/// The plan, followed as it is written: one search after the other.
MemorySink one_by_one(const CampaignPlan& plan, std::uint64_t seed, double share) {
  MemorySink out;
  for (const Eigen::Index atom : some) {
    const std::int64_t id = minimum().ids[static_cast<std::size_t>(atom)];
    int successes = 0;
    for (int n = 1; n <= plan.searches || (n <= plan.attempts && successes < plan.successes); ++n) {
      const auto found =
          Dice{share}.find(atom, RandomStream(seed, static_cast<std::uint64_t>(id), static_cast<std::uint64_t>(n)));
      out.put(id, n, found);
      successes += found.loose_barrier.has_value();
    }
  }
  return out;
}

const std::vector<CampaignPlan> plans{{6, 0, 0}, {0, 5, 12}, {4, 3, 9}, {0, 1, 1}, {3, 50, 20}};

}  // namespace

TEST_CASE("what is searched and found is what the plan says, on any number of threads") {
  for (const auto& plan : plans)
    for (const double share : {0.4, 1.0, 0.0}) {
      CAPTURE(plan.searches);
      CAPTURE(plan.successes);
      const MemorySink expected = one_by_one(plan, 7, share);
      MemorySink serial;
      run_campaign(
          minimum(), some, plan, 7, [&] { return Dice{share}; }, serial, Serial{});
      CHECK(same(serial, expected));
      for (const int threads : {2, 7, 30}) {
        std::atomic<int> calls{0};
        MemorySink sink;
        run_campaign(
            minimum(), some, plan, 7,
            [&] {
              return Dice{share, &calls};
            },
            sink, Threads(threads));
        CHECK(same(sink, expected));
        CHECK(calls == static_cast<int>(expected.found.size()));  // none in vain
      }
    }
}

TEST_CASE("a campaign that was stopped goes on, and comes to the same") {
  for (const auto& plan : plans) {
    const MemorySink expected = one_by_one(plan, 8, 0.4);
    for (const int threads : {1, 4}) {
      MemorySink sink;
      int stops = 0;
      for (bool finished = false; !finished;) {
        int left = 4;
        try {
          run_campaign(
              minimum(), some, plan, 8, [] { return Dice{}; }, sink, Threads(threads),
              [&](const Progress&) { return left-- > 0; });
          finished = true;
        } catch (const Cancelled&) {
          ++stops;
        }
      }
      CHECK(same(sink, expected));
      CHECK((stops > 0 || expected.found.size() < 5));
      std::atomic<int> calls{0};
      run_campaign(
          minimum(), some, plan, 8,
          [&] {
            return Dice{0.4, &calls};
          },
          sink, Threads(threads));
      CHECK(calls == 0);
    }
  }
}

TEST_CASE("holes of another order are filled, and what is not needed is left") {
  const CampaignPlan plan{4, 3, 9};
  MemorySink expected = one_by_one(plan, 9, 0.4), sink;
  const MemorySink more = one_by_one({30, 0, 0}, 9, 0.4);
  int k = 0;
  for (const auto& [key, found] : more.found)
    if (++k % 3 == 0) sink.put(key.first, key.second, found);
  sink.put(-5, 1, AtomActivation{});  // of an atom that is not asked for
  const MemorySink before = sink;
  run_campaign(
      minimum(), some, plan, 9, [] { return Dice{}; }, sink, Threads(3));
  MemorySink both = before;
  for (const auto& [key, found] : expected.found) both.put(key.first, key.second, found);
  CHECK(same(sink, both));
}

TEST_CASE("atoms take turns") {
  std::vector<std::pair<std::int64_t, int>> order;
  struct Ordered : MemorySink {
    std::vector<std::pair<std::int64_t, int>>& order;
    explicit Ordered(std::vector<std::pair<std::int64_t, int>>& o) : order(o) {}
    void put(std::int64_t atom, int search, const AtomActivation&) { order.emplace_back(atom, search); }
  } sink(order);
  run_campaign(
      minimum(), some, {3, 0, 0}, 1, [] { return Dice{}; }, sink, Serial{});
  REQUIRE(order.size() == 15);
  for (std::size_t k = 0; k < 15; ++k) {
    CHECK(order[k].second == static_cast<int>(k / 5) + 1);
    CHECK(order[k].first == minimum().ids[static_cast<std::size_t>(some[k % 5])]);
  }
}

TEST_CASE("progress counts to its end, one at a time, and knows a fixed number beforehand") {
  for (const auto& plan : plans) {
    MemorySink sink;
    std::int64_t last = -1, total = 0, first_total = -1;
    std::atomic<int> inside{0};
    run_campaign(
        minimum(), some, plan, 3, [] { return Dice{}; }, sink, Threads(4),
        [&](const Progress& p) {
          CHECK(++inside == 1);
          CHECK(p.done == last + 1);
          CHECK(p.total >= p.done);
          last = p.done;
          total = p.total;
          if (first_total < 0) first_total = p.total;
          --inside;
          return true;
        });
    CHECK(last == static_cast<std::int64_t>(sink.found.size()));
    CHECK(total == last);
    if (plan.attempts == 0) CHECK(first_total == last);
  }
}

TEST_CASE("a failure ends the campaign, is named, and loses nothing that was finished") {
  struct Fails {
    Dice dice;
    AtomActivation find(Eigen::Index atom, RandomStream stream) const {
      if (atom == 7 && stream.key()[2] == 2) throw Error("it broke");
      return dice.find(atom, stream);
    }
  };
  for (const int threads : {1, 4}) {
    MemorySink sink;
    const std::string said = refusal([&] {
      run_campaign(
          minimum(), some, {6, 0, 0}, 7, [] { return Fails{}; }, sink, Threads(threads));
    });
    CHECK(said == "atom " + std::to_string(minimum().ids[7]) + ", search 2: it broke");
    CHECK(sink.found.size() >= 7);
    CHECK(sink.found.size() < 29);
  }
  struct Full : MemorySink {
    void put(std::int64_t, int, const AtomActivation&) { throw Error("the disk is full"); }
  } full;
  CHECK(refusal([&] {
          run_campaign(
              minimum(), some, {6, 0, 0}, 7, [] { return Dice{}; }, full, Threads(3));
        }) == "the disk is full");
}

TEST_CASE("one searcher a thread") {
  std::atomic<int> made{0};
  MemorySink sink;
  run_campaign(
      minimum(), some, {20, 0, 0}, 7,
      [&] {
        ++made;
        return Dice{};
      },
      sink, Threads(3));
  CHECK(made == 3);
}

TEST_CASE("shards have nothing in common and everything together") {
  std::vector<int> items(23);
  for (int k = 0; k < 23; ++k) items[static_cast<std::size_t>(k)] = k;
  for (const int count : {1, 4, 23, 40}) {
    std::multiset<int> all;
    std::size_t smallest = 23, largest = 0;
    for (int index = 1; index <= count; ++index) {
      const auto part = shard(items, index, count);
      all.insert(part.begin(), part.end());
      smallest = std::min(smallest, part.size());
      largest = std::max(largest, part.size());
    }
    CHECK(std::equal(all.begin(), all.end(), items.begin(), items.end()));
    CHECK(largest - smallest <= 1);
  }
  CHECK(refusal([&] { (void)shard(items, 0, 3); }).find("shard 0 of 3") != std::string::npos);
  CHECK(refusal([&] { (void)shard(items, 4, 3); }).find("shard 4 of 3") != std::string::npos);
}

TEST_CASE("what makes no sense is refused") {
  MemorySink sink;
  const auto run = [&](std::vector<Eigen::Index> atoms, CampaignPlan plan) {
    return refusal([&] {
      run_campaign(
          minimum(), atoms, plan, 7, [] { return Dice{}; }, sink, Serial{});
    });
  };
  CHECK(run({12}, {}).find("atom number 12 of 12") != std::string::npos);
  CHECK(run({1, 2, 1}, {}).find("listed twice") != std::string::npos);
  CHECK(run({1}, {0, 0, 0}).find("at least one search") != std::string::npos);
  CHECK(run({1}, {0, 3, 0}).find("at least one search") != std::string::npos);
  CHECK(run({1}, {-1, 3, 3}).find("at least one search") != std::string::npos);
  CHECK(run({}, {}) == "(nothing was thrown)");
}
