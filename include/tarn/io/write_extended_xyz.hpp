#pragma once
// Extended XYZ, written; extended_xyz.hpp says what it is, and reads it.

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "tarn/core/file.hpp"
#include "tarn/io/extended_xyz.hpp"

namespace tarn {

namespace detail {

/// Whether the reader takes a text as one word: it has a character, and no blank or any of `marks`.
inline bool is_one_word(std::string_view text, std::string_view marks = "") {
  return !text.empty() && text.find_first_of(" \t\r\n\v\f") == text.npos && text.find_first_of(marks) == text.npos;
}
/// Marks with a meaning in the comment line, and among the names of columns.
inline constexpr std::string_view xyz_comment_marks = "\"'=\\,{}[]", xyz_column_marks = ":\"'=\\,";

/// A value of the comment line, quoted where it must be.
inline std::string quoted(const std::string& value) {
  if (is_one_word(value, xyz_comment_marks)) return value;
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace detail

/// The text of a frame: species, pos, id, masses where there are any, and every field; numbers read back bit for bit. Origin="x y
/// z" where the cell's is not zero. Throws Error where Sample::check does, where a field holds what is not a number or has no
/// row, or a name cannot be written.
[[nodiscard]] inline std::string format_extended_xyz(const Sample& sample, const std::map<std::string, std::string>& info = {}) {
  sample.check();
  std::string out = std::to_string(sample.size()) + "\nLattice=\"";
  const auto list = [&](const double* values, int count) {
    for (int k = 0; k < count; ++k) {
      if (k) out += ' ';
      append_number(out, values[k]);
    }
  };
  list(sample.cell.vectors.data(), 9);
  out += "\" Properties=species:S:1:pos:R:3:id:I:1";
  if (sample.masses.size() != 0) out += ":masses:R:1";
  for (const auto& [name, values] : sample.fields) {
    if (!detail::is_one_word(name, detail::xyz_column_marks))
      throw Error("a field named '", shown(name), "' cannot be written to extended XYZ");
    if (detail::is_xyz_column(name)) throw Error("a field named '", name, "' would be read back as something else: rename it");
    if (values.rows() < 1 || values.cols() != sample.size())
      throw Error("field '", name, "' has ", values.rows(), " × ", values.cols(), " numbers for ", sample.size(), " atoms");
    if (!values.allFinite()) throw Error("field '", name, "' holds what is not a number");
    out += ':' + name + ":R:" + std::to_string(values.rows());
  }
  out += " pbc=\"";
  for (std::size_t axis = 0; axis < 3; ++axis) (out += axis ? " " : "") += sample.cell.periodic[axis] ? 'T' : 'F';
  out += '"';
  if (sample.cell.origin != Vec3::Zero()) {
    out += " Origin=\"";
    list(sample.cell.origin.data(), 3);
    out += '"';
  }
  for (const auto& [key, value] : info) {
    if (!detail::is_one_word(key, detail::xyz_comment_marks))
      throw Error("a key '", shown(key), "' cannot be written to extended XYZ");
    for (const std::string_view own : detail::xyz_keys)
      if (detail::same_letters(key, own)) throw Error("the key ", key, " is the sample's own: leave it out of the info");
    out += ' ' + key + '=' + detail::quoted(value);
  }
  out += '\n';
  for (Eigen::Index i = 0; i < sample.size(); ++i) {
    const std::string& name = sample.element(i);
    if (!detail::is_one_word(name)) throw Error("'", shown(name), "' cannot be written as the name of a species");
    out += name + ' ';
    list(sample.positions.col(i).data(), 3);
    out += ' ';
    append_number(out, sample.ids[static_cast<std::size_t>(i)]);
    if (sample.masses.size() != 0) {
      out += ' ';
      append_number(out, sample.masses[i]);
    }
    for (const auto& [field, values] : sample.fields) {
      out += ' ';
      list(values.col(i).data(), static_cast<int>(values.rows()));
    }
    out += '\n';
  }
  return out;
}

/// Writes one frame, whole or not at all. Throws Error.
inline void write_extended_xyz(const std::filesystem::path& path, const Sample& sample,
                               const std::map<std::string, std::string>& info = {}) {
  write_file(path, format_extended_xyz(sample, info));
}
/// The same for several frames.
inline void write_extended_xyz(const std::filesystem::path& path, std::span<const Frame> frames) {
  OutputFile file(path);
  for (const Frame& frame : frames) file.write(format_extended_xyz(frame.sample, frame.info));
  file.commit();
}

}  // namespace tarn
