#include "common/console.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <system_error>

namespace tarn::programs {

std::string clock_time(double seconds) {
  const auto whole = static_cast<long long>(std::llround(std::max(0.0, seconds)));
  char text[48];
  if (whole >= 3600)
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld h", whole / 3600, whole / 60 % 60, whole % 60);
  else
    std::snprintf(text, sizeof text, "%lld:%02lld", whole / 60, whole % 60);
  return text;
}

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

void Console::say(std::string_view line) const {
  if (quiet) return;
  std::fprintf(stdout, "%.*s\n", static_cast<int>(line.size()), line.data());
  std::fflush(stdout);
}

void Console::note(const std::string& text) {
  notes_.push_back(text);
  say("note: " + text);
}

Stage::Stage(const Console& console, std::string what, double expected_s)
    : console_(console),
      what_(std::move(what)),
      expected_s_(expected_s),
      terminal_(::isatty(STDERR_FILENO) == 1),
      exceptions_(std::uncaught_exceptions()) {
  if (console_.quiet) return;
  if (!terminal_) console_.say(what_ + (expected_s_ > 10 ? " (about " + clock_time(expected_s_) + ")" : ""));
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {  // no thread left for it: the work goes on unwatched
  }
}

Stage::~Stage() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    failed_ = std::uncaught_exceptions() > exceptions_;
  }
  wake_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  if (terminal_) std::fputs("\r\033[K", stderr);
  if (failed_) return;
  if (terminal_ || elapsed_s() > 1) console_.say(what_ + ": " + clock_time(elapsed_s()));
}

void Stage::update(std::int64_t done, std::int64_t total) {
  const std::lock_guard lock(mutex_);
  done_ = done;
  total_ = total;
}

void Stage::remark(std::string text) {
  const std::lock_guard lock(mutex_);
  remark_ = std::move(text);
}

std::function<bool(const Progress&)> Stage::observer(bool counts) {
  return [this, counts](const Progress& progress) {
    update(progress.done, counts ? progress.total : 0);
    return true;
  };
}

double Stage::elapsed_s() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

std::string Stage::state(bool bar) const {
  const double elapsed = elapsed_s();
  double share = -1, left = -1;
  if (total_ > 0) {
    share = static_cast<double>(done_) / static_cast<double>(total_);
    if (share > 0.02) left = elapsed * (1 - share) / share;
  } else if (expected_s_ > 0) {
    share = std::min(0.99, elapsed / expected_s_);
    left = expected_s_ - elapsed;
  }
  std::string text = what_;
  if (bar && share >= 0) {
    constexpr int width = 24;
    const int filled = static_cast<int>(share * width);
    text += "  [";
    for (int k = 0; k < width; ++k) text += k < filled ? '#' : '.';
    text += ']';
  }
  if (total_ > 0)
    text += "  " + std::to_string(100 * done_ / total_) + " %";
  else if (done_ > 0)
    text += "  " + std::to_string(done_);
  text += "  " + clock_time(elapsed);
  if (left > 0)
    text += ", about " + clock_time(left) + " left";
  else if (total_ == 0 && expected_s_ > 0)
    text += ", longer than estimated";
  if (!remark_.empty()) text += "; " + remark_;
  return text;
}

void Stage::run() {
  std::unique_lock lock(mutex_);
  while (
      !wake_.wait_for(lock, terminal_ ? std::chrono::milliseconds(200) : std::chrono::seconds(30), [this] { return ended_; })) {
    if (terminal_)
      std::fprintf(stderr, "\r\033[K%s", state(true).c_str());
    else
      console_.say(state(false));
    std::fflush(stderr);
  }
}

}  // namespace tarn::programs
