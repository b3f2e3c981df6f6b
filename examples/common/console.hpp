#pragma once
// What a program says while it works: notes, and the progress of long stages. Errors alone go to stderr as lines; on a terminal
// the progress is a bar there, elsewhere plain lines now and then.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tarn/core/observer.hpp"

namespace tarn::programs {

/// Minutes and seconds: "3:05".
[[nodiscard]] std::string clock_time(double seconds);

/// A number in up to three digits, for a sentence.
[[nodiscard]] std::string short_number(double value);

class Console {
 public:
  bool quiet = false;

  /// A line on stdout, unless quiet.
  void say(std::string_view line) const;
  /// The same, marked as a note, and kept for summary.json.
  void note(const std::string& text);
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  std::vector<std::string> notes_;
};

/// A stage of work that takes its time. Shows that it lives, how long it has taken, and what is left where that can be told: by its own
/// count of what is done, or by an estimate made beforehand. Ends when it goes out of scope.
class Stage {
 public:
  /// `expected_s`: an estimate, 0 for none.
  Stage(const Console& console, std::string what, double expected_s = 0);
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage();

  /// Tells how far the work is: `done` of `total`, total 0 where it is not known.
  void update(std::int64_t done, std::int64_t total);
  /// Shown behind it from now on.
  void remark(std::string text);
  /// An observer for the library. `counts`: whether done/total is a share of the work; else `done` is shown as it is.
  [[nodiscard]] std::function<bool(const Progress&)> observer(bool counts = true);
  [[nodiscard]] double elapsed_s() const;

 private:
  void run();
  [[nodiscard]] std::string state(bool bar) const;

  const Console& console_;
  std::string what_, remark_;
  double expected_s_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::int64_t done_ = 0, total_ = 0;
  bool terminal_ = false, ended_ = false, failed_ = false;
  int exceptions_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::thread thread_;
};

}  // namespace tarn::programs
