#pragma once
// How long work is watched and stopped: the library itself prints nothing.

#include <concepts>
#include <cstdint>
#include <string_view>

#include "tarn/core/error.hpp"

namespace tarn {

/// How far a stage of work is.
struct Progress {
  std::string_view what;   ///< the step under way, e.g. "diagonalising"
  std::int64_t done = 0;   ///< of `total`
  std::int64_t total = 0;  ///< 0 where it is not known
};

/// Called with a Progress now and then; returns whether to go on.
template <class O>
concept Observer = std::predicate<O&, const Progress&>;

/// Watches nothing and never stops.
struct Silent {
  bool operator()(const Progress&) const { return true; }
};
static_assert(Observer<Silent>);

/// Tells the observer; throws Cancelled when it asks to stop.
template <Observer O>
void report(O& observer, const Progress& progress) {
  if (!observer(progress)) throw Cancelled();
}

}  // namespace tarn
