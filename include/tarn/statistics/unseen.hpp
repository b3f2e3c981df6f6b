#pragma once
// How many kinds a sample of draws has not shown, and how likely the next draw is of a kind that it has.
//
// With n draws, f₁ kinds found once and f₂ found twice:
//   unseen    f₁²/(2 f₂), or f₁(f₁ − 1)/2 where f₂ = 0: at least so many, and so many where all kinds that are left are equally likely
//   coverage  1 − f₁/n: the share of all draws that are of kinds found
// A. Chao, Scand. J. Statist. 11, 265 (1984), its variance in Biometrics 43, 783 (1987); I. J. Good, Biometrika 40, 237 (1953), after A. M. Turing.

#include <cmath>
#include <cstdint>
#include <optional>

#include "tarn/core/error.hpp"

namespace tarn {

/// What the draws show and what they do not.
struct UnseenEstimate {
  std::int64_t draws = 0, kinds = 0, once = 0, twice = 0;
  double unseen = 0;         ///< kinds, a lower bound in the mean
  std::optional<double> sd;  ///< standard error of all_kinds(); none where no kind was found twice
  double coverage = 0;       ///< 0 … 1
  [[nodiscard]] double all_kinds() const { return static_cast<double>(kinds) + unseen; }
};

/// Of any range of whole numbers: how often each kind was found (0 is the same as not there). Throws Error where there was no draw, or a count is negative.
template <class Counts>
[[nodiscard]] UnseenEstimate estimate_unseen(const Counts& counts) {
  UnseenEstimate out;
  for (const auto& count : counts) {
    if (count < 0) throw Error("a kind was found ", count, " times: a count is expected");
    out.draws += count;
    out.kinds += count > 0;
    out.once += count == 1;
    out.twice += count == 2;
  }
  if (out.draws == 0) throw Error("nothing was drawn: what was not found cannot be told");
  const auto once = static_cast<double>(out.once), twice = static_cast<double>(out.twice);
  out.coverage = 1 - once / static_cast<double>(out.draws);
  out.unseen = once * (once - 1) / 2;
  if (out.twice > 0) {
    const double g = once / twice;
    out.unseen = twice * g * g / 2;
    out.sd = std::sqrt(twice * (g * g / 2 + g * g * g + g * g * g * g / 4));
  }
  return out;
}

}  // namespace tarn
