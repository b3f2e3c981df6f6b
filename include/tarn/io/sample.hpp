#pragma once
// A sample from a file of any of the formats, told by its content.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tarn/io/extended_xyz.hpp"
#include "tarn/io/lammps_data.hpp"
#include "tarn/io/lammps_dump.hpp"

namespace tarn {

/// Reads a LAMMPS data file, a LAMMPS dump or (extended) XYZ; of a trajectory the frame `frame` (0 the first, −1 the last).
/// `elements`: names of types 1, 2, …; see read_lammps_data, read_lammps_dump, read_extended_xyz for what is read. Throws Error
/// with file and line.
[[nodiscard]] inline Sample read_sample(TextReader& text, const std::vector<std::string>& elements = {},
                                        std::ptrdiff_t frame = -1) {
  const auto start = text.place();
  bool dump = false, xyz = false, data = false, blank = true;
  for (int line = 0; line < 100 && text.next(); ++line) {
    const auto parts = words(text.line());
    if (parts.empty()) continue;
    std::int64_t count = 0;
    if (std::exchange(blank, false)) {
      dump = parts[0] == "ITEM:";
      xyz = parts.size() == 1 && parse_number(parts[0], count);
      if (dump) break;
    } else if (parts.size() >= 2 && parts[1] == "atoms" && parse_number(parts[0], count)) {
      data = true;  // a first line that is only a number may be the title of a data file
      break;
    }
  }
  if (blank) throw Error(text.name(), ": is empty, a sample is expected (LAMMPS data, LAMMPS dump or extended XYZ)");
  text.go_to(start);
  if (dump) return read_lammps_dump(text, frame, elements);
  if (data) {
    if (frame != -1 && frame != 0) throw Error(text.name(), ": no frame ", frame, ": a LAMMPS data file has one");
    return read_lammps_data(text, elements);
  }
  if (xyz) return read_extended_xyz(text, frame, elements).sample;
  throw Error(text.name(), ": is none of the formats of samples that are read: LAMMPS data, LAMMPS dump, extended XYZ");
}
/// The same from a file.
[[nodiscard]] inline Sample read_sample(const std::filesystem::path& path, const std::vector<std::string>& elements = {},
                                        std::ptrdiff_t frame = -1) {
  TextReader text(path);
  return read_sample(text, elements, frame);
}

}  // namespace tarn
