#pragma once
// The laws that fuzzed readers keep: any bytes give a value or an Error of one printable line, nothing else; and what was read, written and read
// again is the same.

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/text.hpp"

namespace tarn::fuzz {

/// Ends the program where a law does not hold: libFuzzer keeps the input.
inline void require(bool holds, std::string_view law, std::string_view detail = "") {
  if (holds) return;
  std::fprintf(stderr, "broken: %.*s: %.*s\n", static_cast<int>(law.size()), law.data(), static_cast<int>(detail.size()),
               detail.data());
  std::abort();
}

/// What `read` returns, none where it throws an Error; another exception is left to end the program.
template <class Read>
[[nodiscard]] std::optional<std::invoke_result_t<Read>> value_or_error(const Read& read) {
  try {
    return read();
  } catch (const Error& error) {
    const std::string_view message = error.what();
    require(!message.empty() && message.size() < 1000, "a message says what is wrong, shortly", message);
    for (const char c : message)
      require(static_cast<unsigned char>(c) >= 32 && c != 127, "a message is one printable line", message);
    return std::nullopt;
  }
}

[[nodiscard]] inline std::string text_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

/// Two samples are the same, bit for bit; but for the cell where `cell` is false.
inline void require_same(const Sample& a, const Sample& b, bool cell = true) {
  require(a.elements == b.elements && a.species == b.species, "species read back");
  require(a.ids == b.ids, "ids read back");
  require(a.masses.size() == b.masses.size() && a.masses == b.masses, "masses read back");
  require(a.positions.cols() == b.positions.cols() && a.positions == b.positions, "positions read back");
  if (cell)
    require(a.cell.vectors == b.cell.vectors && a.cell.origin == b.cell.origin && a.cell.periodic == b.cell.periodic,
            "the cell reads back");
  require(a.fields.size() == b.fields.size(), "fields read back");
  for (const auto& [name, values] : a.fields) {
    const auto other = b.fields.find(name);
    require(other != b.fields.end() && other->second.rows() == values.rows() && other->second == values, "fields read back",
            name);
  }
}

/// Bytes as a file that lives in memory, for readers that take a path.
class MemoryFile {
 public:
  MemoryFile(const std::uint8_t* bytes, std::size_t size) : descriptor_(::memfd_create("input", 0)) {
    require(descriptor_ >= 0 && ::write(descriptor_, bytes, size) == static_cast<ssize_t>(size), "a file in memory can be made");
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(descriptor_); }
  [[nodiscard]] std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace tarn::fuzz
