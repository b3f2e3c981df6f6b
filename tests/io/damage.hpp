#pragma once
// Broken input, made on purpose: what every reader must either read or refuse with an Error.

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "tarn/core/error.hpp"

namespace tarn::testing {

/// The text with the first `from` replaced; fails the test where there is none.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE_MESSAGE(at != text.npos, "not in the text: ", std::string(from));
  return text.replace(at, from.size(), to);
}

/// The message of the Error that `call` throws; anything else fails the test.
template <class Call>
std::string refusal(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    CHECK(std::string_view(error.what()).find('\n') == std::string_view::npos);
    return error.what();
  }
  return "(nothing was thrown)";
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

/// Cuts the text after each line and reads what is left; `read` returns the number of atoms, which is the whole one or refused.
template <class Read>
void check_cut_at_every_line(const std::string& text, std::size_t atoms, const Read& read) {
  std::size_t refused = 0, kept = 0;
  for (std::size_t end = 0; end < text.size(); end = text.find('\n', end) + 1) {
    std::size_t found = 0;
    try {
      found = static_cast<std::size_t>(read(text.substr(0, end)));
    } catch (const Error&) {
      ++refused;
      continue;
    }
    CAPTURE(end);
    CHECK(found == atoms);
    ++kept;
  }
  CHECK(refused >= atoms);
  CHECK(kept < refused);
}

/// Damages the text at random and reads it: a value or an Error, nothing else. TARN_FUZZ in the environment sets how often.
template <class Read>
void check_damaged(const std::string& text, const Read& read) {
  const char* wanted = std::getenv("TARN_FUZZ");
  const long rounds = wanted ? std::atol(wanted) : 3000;
  constexpr std::array<std::string_view, 24> tokens{"nan",
                                                    "-inf",
                                                    "1e999",
                                                    "1e-999",
                                                    "-1",
                                                    "0",
                                                    "99999999999",
                                                    "99999999999999999999",
                                                    "-9223372036854775808",
                                                    "1.5",
                                                    "x",
                                                    "\"",
                                                    "#",
                                                    "\n",
                                                    "\r\n",
                                                    " ",
                                                    "\t",
                                                    "=",
                                                    ":",
                                                    "ITEM: ATOMS",
                                                    "Atoms",
                                                    "\xff\xfe",
                                                    "1D5",
                                                    "{"};
  std::mt19937_64 random(20220813);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % (n == 0 ? 1 : n)); };
  long refused = 0;
  for (long round = 0; round < rounds; ++round) {
    std::string damaged = text;
    for (std::size_t hits = 1 + below(3); hits > 0; --hits) {
      const std::size_t at = below(damaged.size()), length = below(std::size_t{1} << below(7));
      switch (below(6)) {
        case 0:
          if (!damaged.empty()) damaged[at] = static_cast<char>(below(256));
          break;
        case 1:
          damaged.erase(at, length);
          break;
        case 2:
          damaged.insert(at, damaged.substr(below(damaged.size()), length));
          break;
        case 3:
          damaged.insert(at, tokens[below(tokens.size())]);
          break;
        case 4: {  // a word
          const std::size_t start = damaged.find_first_not_of(" \n", at), end = damaged.find_first_of(" \n", start);
          if (start != damaged.npos)
            damaged.replace(start, (end == damaged.npos ? damaged.size() : end) - start, tokens[below(tokens.size())]);
          break;
        }
        default:
          damaged.resize(below(8) ? damaged.size() : at);
      }
    }
    try {
      read(damaged);
    } catch (const Error& error) {
      ++refused;
      REQUIRE(!std::string_view(error.what()).empty());
    }
  }
  CHECK(refused > rounds / 4);
  CHECK(refused < rounds);
}

}  // namespace tarn::testing
