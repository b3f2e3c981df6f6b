#pragma once
// Reading text with line numbers: what every reader of tables and samples stands on.
//
// Windows line ends, a UTF-8 mark and Fortran's exponents (1.0D+00) are read; a NaN, an infinity, a number out of range, text
// where a number belongs, and what is no text (binary, compressed, UTF-16) are refused with file and line.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "tarn/core/error.hpp"
#include "tarn/core/memory.hpp"

namespace tarn {

/// A text, line by line. Lines are views into the text: they live as long as the reader.
class TextReader {
 public:
  /// Reads the whole file; throws Error where it cannot be opened or read, is a folder, is no text, or is larger than the memory.
  explicit TextReader(const std::filesystem::path& path) : name_(path.string()) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) throw Error(name_, ": is a folder, a file is expected");
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Error(name_, ": cannot be opened: no such file, or not readable");
    std::size_t room = std::size_t{1} << 26;  // bytes that may be taken before it is asked whether there are more
    const auto make_room = [&](std::size_t bytes) {
      if (bytes <= room) return;
      require_memory(static_cast<double>(bytes), "reading " + name_, "give a smaller file");
      room = bytes;
    };
    if (const auto size = std::filesystem::file_size(path, ignored); !ignored) {
      make_room(size);
      text_.reserve(size);
    }
    for (std::string block(std::size_t{1} << 18, '\0'); file;) {  // by blocks: a pipe has no size
      file.read(block.data(), static_cast<std::streamsize>(block.size()));
      const auto count = static_cast<std::size_t>(file.gcount());
      if (text_.size() + count > room) make_room(2 * text_.size());
      text_.append(block, 0, count);
      check_text(text_.size() - count);
    }
    if (file.bad()) throw Error(name_, ": cannot be read to its end");
    skip_mark();
  }
  /// A text in memory; `name` is what messages call it.
  TextReader(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {
    check_text(0);
    skip_mark();
  }
  TextReader(const TextReader&) = delete;
  TextReader& operator=(const TextReader&) = delete;

  /// Moves to the next line and returns true; false at the end, where line() is empty.
  bool next() {
    if (at_ >= text_.size()) {
      line_ = {};
      return false;
    }
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    line_ = std::string_view(text_).substr(at_, end - at_);
    if (!line_.empty() && line_.back() == '\r') line_.remove_suffix(1);
    at_ = end + 1;
    ++number_;
    return true;
  }
  /// A place to come back to.
  struct Place {
    std::size_t at;
    std::int64_t number;
    std::string_view line;
  };
  [[nodiscard]] Place place() const { return {at_, number_, line_}; }
  void go_to(const Place& place) {
    at_ = place.at;
    number_ = place.number;
    line_ = place.line;
  }
  /// How many bytes of the text lie ahead.
  [[nodiscard]] std::size_t bytes_left() const { return text_.size() - std::min(at_, text_.size()); }
  [[nodiscard]] std::string_view line() const { return line_; }
  [[nodiscard]] std::int64_t line_number() const { return number_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  /// All of the text.
  [[nodiscard]] std::string_view text() const { return text_; }
  /// "file:line", for messages.
  [[nodiscard]] std::string where() const { return name_ + ':' + std::to_string(number_); }
  /// An Error that begins with file and line.
  template <class... Parts>
  [[nodiscard]] Error error(const Parts&... parts) const {
    return Error(where(), ": ", parts...);
  }

 private:
  void check_text(std::size_t from) const {
    const auto at = text_.find('\0', from);
    if (at == text_.npos) return;
    const auto lines = std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    throw Error(name_, ':', lines + 1,
                ": a byte 0: this is no plain text but binary, compressed or UTF-16: unpack it, or save it as UTF-8");
  }
  void skip_mark() {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  std::string name_, text_;
  std::string_view line_;
  std::size_t at_ = 0;
  std::int64_t number_ = 0;
};

/// Cuts a line into its words, divided by blanks and tabs; `out` is reused, so that reading many lines costs no memory.
inline void split(std::string_view line, std::vector<std::string_view>& out) {
  const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  out.clear();
  for (std::size_t at = 0; at < line.size();) {
    if (blank(line[at])) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    while (at < line.size() && !blank(line[at])) ++at;
    out.push_back(line.substr(start, at - start));
  }
}

/// The words of a line, divided by blanks and tabs.
[[nodiscard]] inline std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> out;
  split(line, out);
  return out;
}

/// A word as it may be shown in a message: cut when long, unprintable bytes as '?'.
[[nodiscard]] inline std::string shown(std::string_view word) {
  std::size_t length = std::min<std::size_t>(word.size(), 40);
  const bool cut = length < word.size();
  if (cut)  // not within a character of several bytes
    while (length > 0 && (static_cast<unsigned char>(word[length]) & 0xC0) == 0x80) --length;
  std::string out(word.substr(0, length));
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = '?';
  return cut ? out + "…" : out;
}

/// Whether a word can name something, an element or a type: not long, no control characters.
[[nodiscard]] inline bool is_name(std::string_view word) {
  const auto printable = [](char c) { return static_cast<unsigned char>(c) > 32 && c != 127; };
  return !word.empty() && word.size() <= 64 && std::all_of(word.begin(), word.end(), printable);
}

/// The number that a whole word spells, if it does; finite numbers only. Reads 1.5, -3, +2e5, 1.0D+00.
template <class Number>
[[nodiscard]] bool parse_number(std::string_view word, Number& value) {
  if (word.starts_with('+')) {
    word.remove_prefix(1);
    if (word.starts_with('-') || word.starts_with('+')) return false;
  }
  if constexpr (std::is_floating_point_v<Number>) {
    const auto parsed = std::from_chars(word.data(), word.data() + word.size(), value);
    if (parsed.ptr != word.data() + word.size()) {
      // Fortran's exponent letter; anything else is no number
      const auto letter = word.find_first_of("dD");
      if (letter == word.npos || parsed.ptr != word.data() + letter || word.find_first_of("eEdD", letter + 1) != word.npos)
        return false;
      std::string usual(word);
      usual[letter] = 'e';
      return parse_number(usual, value);
    }
    if (parsed.ec == std::errc::result_out_of_range) {
      // too small is zero; too large is not a number that can be used. A short word with a negative exponent is the former.
      const auto exponent = word.find_first_of("eE");
      if (word.size() > 64 || exponent == word.npos || exponent + 1 >= word.size() || word[exponent + 1] != '-') return false;
      value = 0;
      return true;
    }
    return parsed.ec == std::errc{} && std::isfinite(value);
  } else {
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
    return problem == std::errc{} && end == word.data() + word.size();
  }
}

/// The same, or an Error that names file, line, what was expected and what stands there.
template <class Number>
[[nodiscard]] Number number(const TextReader& reader, std::string_view word, std::string_view expected) {
  Number value{};
  if (!parse_number(word, value)) throw reader.error(expected, " expected, '", shown(word), "' found");
  return value;
}

/// Appends a number in the fewest digits that read back as the same number, bit for bit.
template <class Number>
void append_number(std::string& out, Number value) {
  char digits[32];
  const auto [end, problem] = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, end);
}

}  // namespace tarn
