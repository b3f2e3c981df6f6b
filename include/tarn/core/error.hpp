#pragma once
// The one exception type of the library.

#include <sstream>
#include <stdexcept>
#include <string>

namespace tarn {

/// What went wrong, where, and what would be right, in one line.
/// `Error("glass.data", ':', 12, ": ...")` joins its arguments as a stream would.
class Error : public std::runtime_error {
 public:
  template <class... Parts>
  explicit Error(const Parts&... parts) : std::runtime_error(join(parts...)) {}

 private:
  template <class... Parts>
  static std::string join(const Parts&... parts) {
    std::ostringstream text;
    text.precision(10);
    (text << ... << parts);
    return text.str();
  }
};

/// An observer asked to stop: the work is unfinished, nothing is wrong.
class Cancelled : public Error {
 public:
  Cancelled() : Error("stopped before it was finished") {}
};

}  // namespace tarn
