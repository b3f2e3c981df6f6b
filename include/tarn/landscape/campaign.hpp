#pragma once
// A campaign: many searches around many atoms of one minimum, on all threads, into a sink that keeps what was found.
//
// Search n of an atom draws from the stream (seed, the atom's id, n), n = 1, 2, …: what it finds depends neither on threads nor on order, and a
// campaign that was stopped goes on from what its sink has. Atoms take turns, so that a part of a campaign knows something of each. A thread that is free
// takes the next search, and none waits while there is one that is needed whatever those under way will find.

#include <algorithm>
#include <concepts>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/executor.hpp"
#include "tarn/core/observer.hpp"
#include "tarn/core/random.hpp"
#include "tarn/landscape/activation.hpp"

namespace tarn {

/// How often an atom is searched from: `searches` times in any case; then, as Yang, Wang and Zaccone (2022) do, until `successes` searches have reached
/// a loose point, their criterion, or `attempts` are made.
struct CampaignPlan {
  int searches = 20;
  int successes = 0, attempts = 0;

  /// Throws Error for negative numbers, or nothing to do.
  void check() const {
    if (searches < 0 || successes < 0 || attempts < 0 || (searches == 0 && (successes == 0 || attempts == 0)))
      throw Error("a campaign of ", searches, " searches an atom, or ", successes, " successes in ", attempts,
                  " attempts: ask for at least one search");
  }
  /// Whether search `n` (from 1) is needed, where `before` of those with lower numbers were successes.
  [[nodiscard]] bool needs(int n, int before) const { return n <= searches || (n <= attempts && before < successes); }
};

/// What counts as a success there.
[[nodiscard]] inline bool is_success(const AtomActivation& found) { return found.loose_barrier.has_value(); }

/// A search that was finished earlier.
struct FinishedSearch {
  std::int64_t atom = 0;  ///< its id
  int search = 0;         ///< from 1
  bool success = false;
};

/// Searches around atoms of the minimum that it was made for, one at a time.
template <class S>
concept Searcher = requires(S& searcher, Eigen::Index atom, RandomStream stream) {
  { searcher.find(atom, stream) } -> std::same_as<AtomActivation>;
};

/// Keeps what searches find. put() is called by one thread at a time, in any order, and may throw: then the campaign ends.
template <class S>
concept SearchSink = requires(S& sink, std::int64_t atom, int search, const AtomActivation& found) {
  sink.put(atom, search, found);
  { sink.done() } -> std::convertible_to<std::vector<FinishedSearch>>;
};

/// Keeps them in memory.
struct MemorySink {
  std::map<std::pair<std::int64_t, int>, AtomActivation> found;  ///< by atom and search
  void put(std::int64_t atom, int search, const AtomActivation& result) { found.insert_or_assign({atom, search}, result); }
  [[nodiscard]] std::vector<FinishedSearch> done() const {
    std::vector<FinishedSearch> out;
    for (const auto& [key, result] : found) out.push_back({key.first, key.second, is_success(result)});
    return out;
  }
};
static_assert(SearchSink<MemorySink>);

/// Every count-th of the items from the index-th on, index = 1 … count: the shards have none in common and all together.
template <class Item>
[[nodiscard]] std::vector<Item> shard(const std::vector<Item>& items, int index, int count) {
  if (index < 1 || index > count) throw Error("shard ", index, " of ", count, ": give 1 to ", count, " of at least 1");
  std::vector<Item> out;
  for (auto k = static_cast<std::size_t>(index - 1); k < items.size(); k += static_cast<std::size_t>(count))
    out.push_back(items[k]);
  return out;
}

/// Which search comes next. Not for several threads at once.
class CampaignSchedule {
 public:
  struct Task {
    std::size_t place = 0;  ///< of the atom in the list
    int search = 0;
  };

  /// `ids` of the atoms; searches of other atoms among `done` are ignored. Throws Error for an atom that is listed twice.
  CampaignSchedule(const std::vector<std::int64_t>& ids, const CampaignPlan& plan, const std::vector<FinishedSearch>& done)
      : plan_(plan), atoms_(ids.size()) {
    plan.check();
    std::map<std::int64_t, std::size_t> place;
    for (std::size_t k = 0; k < ids.size(); ++k) {
      if (!place.emplace(ids[k], k).second) throw Error("atom ", ids[k], " is listed twice");
      ready_.push_back(k);
    }
    for (const FinishedSearch& d : done)
      if (const auto at = place.find(d.atom); at != place.end()) atoms_[at->second].done[d.search] = d.success;
  }

  /// The next search; nothing where all are done, or what is needed depends on those that are running.
  [[nodiscard]] std::optional<Task> take() {
    while (!ready_.empty()) {
      const std::size_t place = ready_.front();
      ready_.pop_front();
      Atom& atom = atoms_[place];
      for (auto known = atom.done.find(atom.next);
           known != atom.done.end() && plan_.needs(atom.next, atom.successes + atom.running); known = atom.done.find(++atom.next))
        atom.successes += known->second;
      if (plan_.needs(atom.next, atom.successes + atom.running)) {  // even if all that run are successes
        ready_.push_back(place);
        ++atom.running;
        ++running_;
        return Task{place, atom.next++};
      }
      atom.waits = atom.running > 0;
    }
    return std::nullopt;
  }
  /// A search that was taken has ended.
  void finish(const Task& task, bool success) {
    Atom& atom = atoms_[task.place];
    --atom.running;
    --running_;
    ++finished_;
    atom.successes += success;
    successes_ += success;
    if (std::exchange(atom.waits, false)) ready_.push_back(task.place);
  }

  [[nodiscard]] int running() const { return running_; }
  [[nodiscard]] std::int64_t finished() const { return finished_; }
  /// How many are still to finish: exact for a fixed number of searches, else by the share of successes until now.
  [[nodiscard]] std::int64_t left() const {
    const double share = (static_cast<double>(successes_) + 1) / (static_cast<double>(finished_) + 2);
    double sum = running_;
    for (const Atom& atom : atoms_) {
      const int begun = atom.next - 1;
      int more = std::max(0, plan_.searches - begun);
      for (auto d = atom.done.lower_bound(atom.next); d != atom.done.end() && d->first <= plan_.searches; ++d) --more;
      const double wanted = plan_.successes - atom.successes - share * (more + atom.running);
      if (wanted > 0)
        sum +=
            std::clamp(wanted / share, 0.0, static_cast<double>(std::max(0, plan_.attempts - std::max(begun, plan_.searches))));
      sum += more;
    }
    return static_cast<std::int64_t>(sum + 0.5);
  }

 private:
  struct Atom {
    std::map<int, bool> done;  // finished earlier: whether it was a success
    int next = 1;              // all before it are done or running
    int successes = 0;         // of those before `next` that are done
    int running = 0;
    bool waits = false;  // for one that runs
  };
  CampaignPlan plan_;
  std::vector<Atom> atoms_;
  std::deque<std::size_t> ready_;
  int running_ = 0;
  std::int64_t finished_ = 0, successes_ = 0;
};

/// Searches around `atoms` (places in the minimum) until the plan is fulfilled. `make_searcher()` is called once in each thread, at the same time. The observer gets what
/// is done of what is, or seems, to do in this call; where it stops the campaign, those under way are finished and kept, and Cancelled is thrown. So
/// is an Error of a searcher, which names atom and search, or of the sink.
template <class Make, SearchSink Sink, Executor E, Observer Watcher = Silent>
requires std::invocable<Make&>
void run_campaign(const Sample& minimum, const std::vector<Eigen::Index>& atoms, const CampaignPlan& plan, std::uint64_t seed,
                  Make&& make_searcher, Sink& sink, const E& executor, Watcher&& observer = {}) {
  static_assert(Searcher<std::remove_cvref_t<decltype(make_searcher())>>, "argument 5, called, must give a Searcher");
  minimum.check();
  std::vector<std::int64_t> ids;
  for (const Eigen::Index atom : atoms) {
    if (atom < 0 || atom >= minimum.size()) throw Error("atom number ", atom, " of ", minimum.size());
    ids.push_back(minimum.ids[static_cast<std::size_t>(atom)]);
  }
  CampaignSchedule schedule(ids, plan, sink.done());
  std::mutex mutex;
  std::condition_variable wake;
  bool stopped = false;
  std::exception_ptr failure;
  const auto tell = [&] { report(observer, Progress{"searching", schedule.finished(), schedule.finished() + schedule.left()}); };
  tell();

  const auto work = [&](std::size_t) {
    std::unique_lock lock(mutex, std::defer_lock);
    try {
      auto searcher = make_searcher();
      for (;;) {
        lock.lock();
        std::optional<CampaignSchedule::Task> task;
        wake.wait(lock, [&] { return stopped || (task = schedule.take()) || schedule.running() == 0; });
        if (!task) return;
        lock.unlock();
        const std::int64_t id = ids[task->place];
        const AtomActivation found = [&] {
          try {
            return searcher.find(atoms[task->place],
                                 RandomStream(seed, static_cast<std::uint64_t>(id), static_cast<std::uint64_t>(task->search)));
          } catch (const Error& problem) {
            throw Error("atom ", id, ", search ", task->search, ": ", problem.what());
          }
        }();
        lock.lock();
        sink.put(id, task->search, found);
        schedule.finish(*task, is_success(found));
        tell();
        wake.notify_all();
        lock.unlock();
      }
    } catch (...) {
      if (!lock.owns_lock()) lock.lock();
      stopped = true;
      if (!failure) failure = std::current_exception();
      wake.notify_all();
    }
  };
  executor.for_each(static_cast<std::size_t>(std::max(1, executor.threads())), work);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace tarn
