#pragma once
// Extended XYZ, read: what ASE, OVITO and libAtoms exchange; write_extended_xyz.hpp writes it.
//
// A frame is the number of atoms, a line of key=value pairs, and a line for each atom:
//   Lattice="ax ay az bx by bz cx cy cz" Properties=species:S:1:pos:R:3:id:I:1:… pbc="T T T" energy=-1.5
// Format: https://github.com/libAtoms/extxyz. Plain XYZ is the case with no keys.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tarn/io/assemble.hpp"

namespace tarn {

/// One frame: the sample, and what else its comment line says, key by key (a key without value is "T").
struct Frame {
  Sample sample;
  std::map<std::string, std::string> info;
};

/// Around a sample without a Lattice its cell leaves this much, Å, on each side.
inline constexpr double xyz_margin_A = 1.0;

namespace detail {

// Columns that are no fields, by the names that they go under, and keys that are no info.
using XyzNames = std::span<const std::string_view>;
inline constexpr std::array<std::string_view, 4> xyz_species = {"species", "element", "symbol", "type"};
inline constexpr std::array<std::string_view, 3> xyz_position = {"pos", "position", "positions"};
inline constexpr std::array<std::string_view, 1> xyz_id = {"id"}, xyz_mass = {"mass"}, xyz_masses = {"masses"},
                                                 xyz_force = {"forces"};
inline constexpr std::array<std::string_view, 4> xyz_keys = {"Lattice", "Properties", "pbc", "Origin"};
inline bool is_xyz_column(std::string_view name) {
  const auto among = [&](XyzNames own) { return std::ranges::find(own, name) != own.end(); };
  return among(xyz_species) || among(xyz_position) || among(xyz_id) || among(xyz_mass) || among(xyz_masses) || among(xyz_force);
}

inline bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

inline std::optional<bool> truth(std::string_view word) {
  for (const std::string_view yes : {"t", "1", "true"})
    if (same_letters(word, yes)) return true;
  for (const std::string_view no : {"f", "0", "false"})
    if (same_letters(word, no)) return false;
  return std::nullopt;
}

/// Key=value pairs of a comment line; values bare, quoted (\" and \\ within), or in brackets. Throws Error (without file and
/// line).
inline std::vector<std::pair<std::string, std::string>> key_values(std::string_view line) {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::size_t at = 0;
  const auto blank = [&] { return line[at] == ' ' || line[at] == '\t'; };
  const auto token = [&](bool key) {
    std::string out;
    const char open = line[at];
    const char close = open == '"' || open == '\'' ? open : open == '{' ? '}' : open == '[' ? ']' : '\0';
    if (close == '\0') {
      while (at < line.size() && !blank() && !(key && line[at] == '=')) out += line[at++];
      return out;
    }
    std::size_t depth = 1;
    for (++at; at < line.size(); ++at) {
      const char c = line[at];
      if (c == '\\' && at + 1 < line.size()) {
        out += line[++at] == 'n' ? '\n' : line[at];
        continue;
      }
      if (c == open && close != open) ++depth;
      if (c == close && --depth == 0) {
        ++at;
        return out;
      }
      out += c;
    }
    throw Error("the comment line has an opening ", open, " without its end");
  };
  while (true) {
    while (at < line.size() && blank()) ++at;
    if (at == line.size()) return pairs;
    std::string key = token(true), value = "T";
    std::size_t ahead = at;
    while (ahead < line.size() && (line[ahead] == ' ' || line[ahead] == '\t')) ++ahead;
    if (ahead < line.size() && line[ahead] == '=') {
      at = ahead + 1;
      while (at < line.size() && blank()) ++at;
      value = at < line.size() ? token(false) : std::string();
    }
    if (key.empty()) throw Error("the comment line has a value without a key");
    pairs.emplace_back(std::move(key), std::move(value));
  }
}

class ExtendedXyzReader {
 public:
  ExtendedXyzReader(TextReader& text, const std::vector<std::string>& elements) : text_(text), elements_(elements) {
    check_element_list(elements_);
    find_frames();
  }
  [[nodiscard]] std::size_t frames() const { return frames_.size(); }

  Frame read(std::ptrdiff_t frame) {
    text_.go_to(frames_[pick_frame(text_.name(), frame, frames_.size())]);
    frame_ = {};
    columns_.clear();
    text_.next();
    const auto count = atom_count();
    if (!text_.next()) throw text_.error("the comment line is missing: the file is cut");
    const bool lattice = read_comment();
    read_atoms(count);
    Sample& sample = frame_.sample;
    if (!lattice) {
      const Vec3 lo = sample.positions.rowwise().minCoeff().array() - xyz_margin_A,
                 hi = sample.positions.rowwise().maxCoeff().array() + xyz_margin_A;
      sample.cell = {Mat3((hi - lo).asDiagonal()), lo, {false, false, false}};
    }
    check_read(text_.name(), sample);
    return std::move(frame_);
  }

 private:
  struct Column {
    std::string name;
    char type = 'R';
    std::size_t count = 1, start = 0;
    std::vector<double> values{};
  };

  std::int64_t atom_count() {
    split(text_.line(), words_);
    if (words_.empty()) throw text_.error("the number of atoms is expected, a blank line found");
    const auto count = number<std::int64_t>(text_, words_[0], "the number of atoms of a frame");
    if (words_.size() != 1) throw text_.error("the number of atoms alone is expected, ", words_.size(), " words found");
    if (count <= 0) throw text_.error(count, " atoms: a sample needs at least one");
    return count;
  }

  void find_frames() {
    if (!text_.bytes_left()) throw Error(text_.name(), ": is empty, an extended XYZ file is expected");
    for (auto before = text_.place(); text_.next(); before = text_.place()) {
      if (text_.line().find_first_not_of(" \t\r\v\f") == std::string_view::npos) continue;  // between frames, at the end
      const auto count = atom_count();
      frames_.push_back(before);
      for (std::int64_t k = 0; k <= count && text_.next(); ++k) {
      }
    }
    if (frames_.empty()) throw Error(text_.name(), ": has only blank lines, an extended XYZ file is expected");
  }

  /// Returns whether there is a lattice.
  bool read_comment() {
    const std::string_view line = text_.line();
    std::vector<std::pair<std::string, std::string>> pairs;
    try {
      pairs = key_values(line);
    } catch (const Error& error) {
      if (line.find("Lattice") != line.npos || line.find("Properties") != line.npos) throw text_.error(error.what());
      pairs.clear();  // plain XYZ: any text
    }
    const bool plain = line.find('=') == line.npos || pairs.empty();
    if (plain && !line.empty()) frame_.info["comment"] = line;
    std::string properties = "species:S:1:pos:R:3";
    std::optional<std::string> lattice, origin, periodic;
    named_ = false;
    if (!plain)
      for (const auto& [key, value] : pairs) {
        const auto once = [&, &key = key, &value = value](std::optional<std::string>& place) {
          if (place) throw text_.error("the key ", shown(key), " is given twice");
          place = value;
        };
        if (same_letters(key, "Properties")) {
          if (std::exchange(named_, true)) throw text_.error("the key Properties is given twice");
          properties = value;
        } else if (same_letters(key, "Lattice")) {
          once(lattice);
        } else if (same_letters(key, "Origin")) {
          once(origin);
        } else if (same_letters(key, "pbc")) {
          once(periodic);
        } else if (!frame_.info.emplace(key, value).second) {
          throw text_.error("the key ", shown(key), " is given twice");
        }
      }
    read_properties(properties);
    Cell& cell = frame_.sample.cell;
    if (periodic) {
      const auto flags = words(*periodic);
      for (std::size_t axis = 0; axis < 3; ++axis) {
        const auto flag = flags.size() == 3 ? truth(flags[axis]) : std::nullopt;
        if (!flag) throw text_.error("pbc=\"", shown(*periodic), "\": three of T and F are expected");
        cell.periodic[axis] = *flag;
      }
    }
    bool given = lattice.has_value();
    if (given) {
      numbers(*lattice, "Lattice", cell.vectors.data(), 9);
      const bool open = periodic && cell.periodic == std::array<bool, 3>{};
      if (open && cell.vectors.isZero(0)) given = false;  // how some programs write a molecule
    }
    if (given) {
      if (origin) numbers(*origin, "Origin", cell.origin.data(), 3);
      try {
        cell.check();
      } catch (const Error& error) {
        throw text_.error(error.what());
      }
    } else if (periodic && cell.periodic != std::array<bool, 3>{}) {
      throw text_.error("pbc=\"", shown(*periodic), "\" is periodic, but the frame has no Lattice");
    }
    return given;
  }

  void numbers(const std::string& value, const char* key, double* out, std::size_t count) const {
    const auto parts = words(value);
    if (parts.size() != count) throw text_.error(key, " has ", parts.size(), " numbers, ", count, " are expected");
    for (std::size_t k = 0; k < count; ++k) out[k] = number<double>(text_, parts[k], std::string("a number of ") + key);
  }

  void read_properties(std::string_view text) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0;;) {
      const std::size_t end = std::min(text.find(':', at), text.size());
      parts.push_back(text.substr(at, end - at));
      if (end == text.size()) break;
      at = end + 1;
    }
    if (parts.size() % 3 != 0) throw text_.error("Properties=", shown(text), ": triples name:type:columns are expected");
    width_ = 0;
    std::set<std::string_view> seen;
    for (std::size_t k = 0; k < parts.size(); k += 3) {
      Column column{.name = std::string(parts[k])};
      if (column.name.empty()) throw text_.error("Properties has a column without a name");
      if (parts[k + 1].size() != 1 || std::string_view("SRIL").find(parts[k + 1][0]) == std::string_view::npos)
        throw text_.error("Properties: type '", shown(parts[k + 1]), "' of ", shown(parts[k]), ": S, R, I or L is expected");
      column.type = parts[k + 1][0];
      column.count = number<unsigned>(text_, parts[k + 2], "a number of columns in Properties");
      if (column.count < 1 || column.count > 10'000)
        throw text_.error("Properties: ", column.count, " columns of ", shown(parts[k]), ": 1 to 10000 are expected");
      column.start = width_;
      width_ += column.count;
      if (!seen.insert(parts[k]).second) throw text_.error("Properties names ", shown(column.name), " twice");
      columns_.push_back(std::move(column));
    }
  }

  Column* find(std::string_view name) {
    const auto at = std::ranges::find(columns_, name, &Column::name);
    return at == columns_.end() ? nullptr : &*at;
  }
  Column* find(XyzNames names, char type, std::size_t count) {
    for (const auto name : names)
      if (Column* column = find(name)) {
        if ((type == 'R' ? column->type != 'R' && column->type != 'I' : type == 'I' && column->type != 'I') ||
            column->count != count)
          throw text_.error("Properties: ", shown(name), " is ", column->type, ':', column->count, ", but ", type, ':', count,
                            " is expected");
        return column;
      }
    return nullptr;
  }

  void read_atoms(std::int64_t count) {
    Sample& sample = frame_.sample;
    Column* const species = find(xyz_species, 'S', 1);
    if (!species) throw text_.error("Properties has no column 'species'");
    Column* const position = find(xyz_position, 'R', 3);
    if (!position) throw text_.error("Properties has no column 'pos'");
    Column* const id = find(xyz_id, 'I', 1);
    Column* const mass = find(xyz_mass, 'R', 1);
    Column* const masses = find(xyz_masses, 'R', 1);
    std::vector<Column*> numeric;
    for (Column& column : columns_)
      if (column.type != 'S' && &column != species && &column != id) numeric.push_back(&column);

    NameTable name;
    std::vector<int> name_of;
    std::vector<std::int64_t> lines;
    position->values.reserve(3 * static_cast<std::size_t>(std::min<std::int64_t>(
                                     count, static_cast<std::int64_t>(text_.bytes_left() / (2 * width_)))));
    for (std::int64_t k = 0; k < count; ++k) {
      if (!text_.next())
        throw text_.error("the frame ends after ", k, " of ", count, " atoms: the file is cut, or its first line wrong");
      split(text_.line(), words_);
      if (words_.size() != width_)
        throw text_.error(width_, " words are expected, ", words_.size(), " found",
                          named_ ? "" : " (say what further columns are by Properties=… in the comment line)");
      try {
        name_of.push_back(name(words_[species->start]));
      } catch (const Error& error) {
        throw text_.error(error.what());
      }
      sample.ids.push_back(id ? number<std::int64_t>(text_, words_[id->start], "the id of an atom (a whole number)") : k + 1);
      for (Column* column : numeric)
        for (std::size_t c = 0; c < column->count; ++c) column->values.push_back(value_of(*column, words_[column->start + c]));
      if (mass && masses && mass->values.back() != masses->values.back())
        throw text_.error("column mass says ", mass->values.back(), " u, column masses ", masses->values.back(),
                          " u: keep one of them");
      if (const Column* own = mass ? mass : masses; own && !(own->values.back() > 0 && own->values.back() < 1e6))
        throw text_.error("mass ", own->values.back(), " u: it must be positive");
      lines.push_back(text_.line_number());
    }
    order_by_id(text_.name(), sample.ids, lines);
    sample.positions = as_columns(position->values, 3);
    if (const Column* own = mass ? mass : masses)
      sample.masses = Eigen::Map<const Vector>(own->values.data(), static_cast<Eigen::Index>(own->values.size()));
    for (const Column* column : numeric) {
      if (column == position || column == mass || column == masses) continue;
      const std::string field = column->name == xyz_force[0] ? "force" : column->name;
      if (!sample.fields.emplace(field, as_columns(column->values, static_cast<Eigen::Index>(column->count))).second)
        throw Error(text_.name(), ": has both a column force and a column forces: keep one of them");
    }
    set_named_species(text_.name(), sample, name_of, name.names(), elements_);
  }

  double value_of(const Column& column, std::string_view word) const {
    double value = 0;
    if (column.type == 'R') {
      if (parse_number(word, value)) return value;
    } else if (column.type == 'L') {
      if (const auto is = truth(word)) return *is ? 1.0 : 0.0;
    } else if (std::int64_t whole = 0; parse_number(word, whole)) {
      if (std::abs(static_cast<double>(whole)) <= 9007199254740992.0) return static_cast<double>(whole);
      throw text_.error("column ", shown(column.name), ": ", whole, " is too large for an integer field (2^53)");
    }
    throw text_.error("column ", shown(column.name), ": ",
                      column.type == 'R'   ? "a number"
                      : column.type == 'L' ? "T or F"
                                           : "a whole number",
                      " expected, '", shown(word), "' found");
  }

  TextReader& text_;
  const std::vector<std::string>& elements_;
  std::vector<TextReader::Place> frames_;
  std::vector<std::string_view> words_;
  std::vector<Column> columns_;
  std::size_t width_ = 0;
  bool named_ = false;
  Frame frame_;
};

}  // namespace detail

/// Reads a frame: 0 the first, −1 the last. Columns: species (or element, symbol, type), pos, id (else 1, 2, …), mass or masses
/// (u; both must agree); every other column of numbers or of T and F (1 and 0) is a field of its name ("forces" becomes "force");
/// columns of text are left out. Without a Lattice the cell is the atoms' bounding box with xyz_margin_A around it, not periodic;
/// with one and without pbc, all directions are periodic. Names of species that are numbers are types, named by `elements`, else
/// by masses; else `elements`, where given, is the list of the elements that there may be, and their order. Throws Error with
/// file and line.
[[nodiscard]] inline Frame read_extended_xyz(TextReader& text, std::ptrdiff_t frame = -1,
                                             const std::vector<std::string>& elements = {}) {
  return detail::ExtendedXyzReader(text, elements).read(frame);
}
/// The same from a file.
[[nodiscard]] inline Frame read_extended_xyz(const std::filesystem::path& path, std::ptrdiff_t frame = -1,
                                             const std::vector<std::string>& elements = {}) {
  TextReader text(path);
  return read_extended_xyz(text, frame, elements);
}
/// Reads all frames. Throws Error with file and line.
[[nodiscard]] inline std::vector<Frame> read_extended_xyz_frames(const std::filesystem::path& path,
                                                                 const std::vector<std::string>& elements = {}) {
  TextReader text(path);
  detail::ExtendedXyzReader reader(text, elements);
  std::vector<Frame> frames;
  for (std::size_t k = 0; k < reader.frames(); ++k) frames.push_back(reader.read(static_cast<std::ptrdiff_t>(k)));
  return frames;
}

}  // namespace tarn
