#include "tarn/landscape/sqlite_sink.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "support/folder.hpp"
#include "support/samples.hpp"
#include "threads/executor.hpp"

using namespace tarn;
using tarn::testing::Folder;
using tarn::testing::random_triclinic;
using tarn::testing::refusal;
using tarn::testing::Threads;
namespace fs = std::filesystem;

namespace {

const Sample& minimum() {
  static const Sample sample = random_triclinic({"A", "B"}, 20, 12, 1.8, 5);
  return sample;
}
const Fingerprint print{{"potential", "lj 17"}, {"seed", "4"}, {"push", "0.1"}};
const std::vector<Eigen::Index> some{3, 0, 7, 11, 4};

/// Everything drawn, so that every number has all its digits.
struct Dice {
  int die_after = 1 << 30;
  AtomActivation find(Eigen::Index atom, RandomStream r) {
    if (die_after-- == 0) ::kill(::getpid(), SIGKILL);
    AtomActivation out;
    const auto n = [&] { return static_cast<int>(r.index(1000)); };
    out.end = static_cast<SearchEnd>(r.index(search_ends.size()));
    if (r.uniform() < 0.4) out.end = SearchEnd::saddle;
    if (r.uniform() < 0.5) out.loose_barrier = r.normal();
    out.cost = {{n(), n()}, {n(), n()}, {n(), n()}, {n(), n()}, {n(), n()}};
    if (!out.found()) {
      out.detail = "curvature 0.02 eV/Å² after \"40\" pushes, it's over";
      return out;
    }
    out.barrier = r.normal(), out.max_force = 1e-3 * r.uniform();
    out.lowest = {r.normal(), r.uniform()}, out.second = {r.normal(), r.uniform()};
    out.centre_moved = r.uniform(), out.atoms_moved = n(), out.jump_participation = r.uniform();
    out.connected = static_cast<Connection>(r.index(3)), out.own = r.uniform() < 0.5, out.sides_converged = r.uniform() < 0.5;
    out.side_energy = {r.normal(), r.normal()}, out.side_distance = {r.uniform(), r.uniform()};
    out.saddle = minimum().positions;
    for (int k = 0; k < 5; ++k) out.saddle.col((atom + 3 * k) % 20) += r.uniform(0.1, 1) * r.unit_vector();
    return out;
  }
};

bool same(const AtomActivation& a, const AtomActivation& b) {
  for (const auto& [phase_name, phase] : SearchCost::phases)
    if ((a.cost.*phase).forces != (b.cost.*phase).forces || (a.cost.*phase).products != (b.cost.*phase).products) return false;
  return a.end == b.end && a.detail == b.detail && a.loose_barrier == b.loose_barrier && a.barrier == b.barrier &&
         a.max_force == b.max_force && a.lowest.value == b.lowest.value && a.lowest.residual == b.lowest.residual &&
         a.second.value == b.second.value && a.second.residual == b.second.residual && a.centre_moved == b.centre_moved &&
         a.atoms_moved == b.atoms_moved && a.jump_participation == b.jump_participation && a.connected == b.connected &&
         a.own == b.own && a.sides_converged == b.sides_converged && a.side_energy == b.side_energy &&
         a.side_distance == b.side_distance;
}

/// Every search that is in it, as bits.
std::string content(const SqliteSink& sink) {
  std::string out;
  sink.for_each(
      [&](const SavedSearch& s) {
        const auto add = [&](const auto& value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); };
        add(s.atom), add(s.search), add(s.found.barrier), add(s.found.loose_barrier.value_or(-77)), add(s.found.max_force);
        add(s.found.cost.total().forces);
        for (const Moved& m : s.moved) add(m);
        for (const double x : s.found.saddle.reshaped()) add(x);
      },
      true);
  return out;
}

void campaign(SqliteSink& sink, const std::vector<Eigen::Index>& atoms = some, int threads = 1, int die_after = 1 << 30) {
  run_campaign(
      minimum(), atoms, {8, 0, 0}, 4, [&] { return Dice{die_after}; }, sink, Threads(threads));
}

}  // namespace

TEST_CASE("what is put in comes out, bit for bit") {
  const Folder folder;
  MemorySink memory;
  run_campaign(
      minimum(), some, {30, 0, 0}, 4, [] { return Dice{}; }, memory, Serial{});
  for (const bool saddles : {false, true}) {
    const fs::path path = folder / (saddles ? "with.sqlite" : "without.sqlite");
    {
      SqliteSink sink(path, minimum(), print, {.saddles = saddles});
      for (const auto& [key, found] : memory.found) sink.put(key.first, key.second, found);
      sink.set_note("request", "{\"a\": 1}");
    }
    const SqliteSink sink(path);
    CHECK(sink.fingerprint() == print);
    CHECK(sink.minimum().positions == minimum().positions);
    CHECK(sink.minimum().cell.vectors == minimum().cell.vectors);
    CHECK(sink.minimum().masses == minimum().masses);
    CHECK(sink.minimum().ids == minimum().ids);
    CHECK(sink.minimum().elements == minimum().elements);
    CHECK(sink.note("request") == "{\"a\": 1}");
    CHECK(sink.note("other").empty());
    Database database(path, DatabaseMode::read);
    auto sums = database.prepare(
        "SELECT sum(way_out_forces), sum(way_out_products), sum(order_forces), sum(sides_products) FROM searches");
    REQUIRE(sums.step());
    SearchCost cost;
    for (const auto& [key, found] : memory.found) cost += found.cost;
    CHECK(sums.integer(0) == cost.way_out.forces);
    CHECK(sums.integer(1) == cost.way_out.products);
    CHECK(sums.integer(2) == cost.order.forces);
    CHECK(sums.integer(3) == cost.sides.products);
    auto at = memory.found.begin();
    sink.for_each(
        [&](const SavedSearch& s) {
          CHECK(std::pair(s.atom, s.search) == at->first);
          CHECK(same(s.found, at->second));
          if (s.found.found()) {
            CHECK(displaced(minimum(), s.moved).isApprox(at->second.saddle, 1e-7));
            CHECK(s.moved.size() == 5);
            if (saddles) CHECK((s.found.saddle - at->second.saddle).cwiseAbs().maxCoeff() < 1e-7);
          }
          CHECK((s.found.saddle.cols() > 0) == (saddles && s.found.found()));
          ++at;
        },
        true);
    CHECK(at == memory.found.end());
    CHECK(sink.done().size() == memory.found.size());
  }
}

TEST_CASE("a killed campaign goes on and comes to the same") {
  const Folder folder;
  SqliteSink undisturbed(folder / "undisturbed", minimum(), print, {.saddles = true});
  campaign(undisturbed);
  for (const int threads : {1, 3}) {
    const fs::path path = folder / ("killed" + std::to_string(threads));
    std::size_t before = 0;
    for (int kills = 0; kills < 3; ++kills) {
      const pid_t child = ::fork();
      REQUIRE(child >= 0);
      if (child == 0) {
        SqliteSink sink(path, minimum(), print, {.saddles = true});
        campaign(sink, some, threads, 4);
        ::_exit(0);
      }
      int status = 0;
      REQUIRE(::waitpid(child, &status, 0) == child);
      REQUIRE(WIFSIGNALED(status));
      const SqliteSink sink(path);
      CHECK(sink.done().size() >= before + 4);
      before = sink.done().size();
    }
    CHECK(before < 40);
    SqliteSink sink(path, minimum(), print, {.saddles = true});
    campaign(sink, some, threads);
    CHECK(content(sink) == content(undisturbed));
  }
}

TEST_CASE("saddles that were not kept are searched again") {
  const Folder folder;
  SqliteSink with(folder / "with", minimum(), print, {.saddles = true});
  campaign(with);
  {
    SqliteSink without(folder / "without", minimum(), print);
    campaign(without);
    CHECK(without.done().size() == 40);
  }
  SqliteSink sink(folder / "without", minimum(), print, {.saddles = true});
  CHECK(sink.done().size() < 40);
  CHECK(sink.done().size() > 0);
  campaign(sink);
  CHECK(content(sink) == content(with));
}

TEST_CASE("shards together are one run") {
  const Folder folder;
  SqliteSink whole(folder / "whole", minimum(), print);
  campaign(whole);
  SqliteSink merged(folder / "merged", minimum(), print);
  for (const int index : {3, 1, 2, 1}) {
    SqliteSink part(folder / ("part" + std::to_string(index)), minimum(), print);
    campaign(part, shard(some, index, 3), 2);
    merged.merge(part);
  }
  CHECK(content(merged) == content(whole));

  SqliteSink other(folder / "other", minimum(), {{"potential", "lj 17"}, {"seed", "5"}, {"push", "0.1"}});
  CHECK(refusal([&] { merged.merge(other); }) == (folder / "merged").string() + ": holds searches with seed 4, in " +
                                                     (folder / "other").string() +
                                                     " is 5: name another file, or move this one away");
  CHECK(content(merged) == content(whole));
}

TEST_CASE("another's catalogue is refused, and the line names what differs") {
  const Folder folder;
  const fs::path path = folder / "events.sqlite";
  {
    SqliteSink sink(path, minimum(), print);
    campaign(sink);
  }
  const auto said = [&](const Sample& sample, const Fingerprint& f) {
    return refusal([&] { const SqliteSink sink(path, sample, f, {.remedy = "do this"}); });
  };
  CHECK(said(minimum(), {{"potential", "lj 17"}, {"seed", "4"}, {"push", "0.2"}}) ==
        path.string() + ": holds searches with push 0.1, asked for is 0.2: do this");
  CHECK(said(minimum(), {{"potential", "lj 17"}, {"seed", "4"}}).find("other kinds of parameters") != std::string::npos);
  CHECK(said(minimum(), {{"potential", "lj 17"}, {"seed", "4"}, {"pull", "0.1"}}).find("other kinds of parameters") !=
        std::string::npos);
  for (const int change : {0, 1, 2, 3, 4}) {
    Sample other = minimum();
    if (change == 0) other.positions(1, 4) += 1e-5;
    if (change == 1) other.cell.vectors(0, 0) += 1e-5;
    if (change == 2) std::swap(other.species[2], other.species[3]);
    if (change == 3) other.ids[3] = 1;
    if (change == 4) other.cell.periodic[2] = false;
    CHECK(said(other, print) == path.string() + ": holds searches around another minimum than the one asked for: do this");
  }
  Sample rounded = minimum();
  rounded.positions(1, 4) += 1e-9;
  CHECK(said(rounded, print) == "(nothing was thrown)");
  CHECK(SqliteSink(path).done().size() == 40);
}

TEST_CASE("what is no catalogue, damaged or locked says so") {
  const Folder folder;
  const fs::path path = folder / "events.sqlite";
  const auto said = [&] { return refusal([&] { const SqliteSink sink(path, minimum(), print); }); };
  SUBCASE("a database of something else") {
    Database(path).run("CREATE TABLE addresses (x)");
    CHECK(said() == path.string() + ": is a database, but no catalogue of searches: name another file, or move this one away");
  }
  SUBCASE("no database") {
    std::ofstream(path) << std::string(5000, 'x');
    CHECK(said() == path.string() + ": is no SQLite database: name another file, or move this one away");
  }
  SUBCASE("nothing yet") {
    CHECK(refusal([&] { const SqliteSink sink(path); }).find("no such file") != std::string::npos);
    {
      Database empty(path);
      empty.write_ahead();
    }
    CHECK(refusal([&] { const SqliteSink sink(path); }).find("no catalogue yet") != std::string::npos);
    CHECK(said() == "(nothing was thrown)");
  }
  SUBCASE("locked, damaged, cut") {
    {
      SqliteSink sink(path, minimum(), print);
      campaign(sink);
    }
    {
      Database other(path);
      other.run("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
      CHECK(said() == path.string() + ": is locked by another program: wait for its end, or close it");
    }
    CHECK(said() == "(nothing was thrown)");
    // a word that a catalogue of ours cannot hold is no other word
    const std::string atom = std::to_string(minimum().ids[0]);
    for (const std::string column : {"connected", "status"}) {
      CAPTURE(column);
      Database(path, DatabaseMode::write)
          .run("UPDATE searches SET " + column + " = 'splendid' WHERE search = 3 AND atom = " + atom);
      CHECK(refusal([&] { SqliteSink(path).for_each([](const SavedSearch&) {}); }) ==
            path.string() + ": is damaged (search 3 of atom " + atom + ": " + column +
                " is 'splendid'): bring back a copy, or move it away and begin again");
    }
    fs::resize_file(path, fs::file_size(path) / 2);
    CHECK(said().starts_with(path.string() + ": is damaged ("));
  }
  SUBCASE("of a later version") {
    { const SqliteSink sink(path, minimum(), print); }
    Database(path).run("PRAGMA user_version = 2");
    CHECK(said().find("is a catalogue of version 2, this is for version 1") != std::string::npos);
  }
}
