#pragma once
// LAMMPS dump files (text): one frame of a trajectory as a sample.
//
// Format: https://docs.lammps.org/dump.html. Units "metal" (or "lj", taken as they are).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tarn/io/assemble.hpp"

namespace tarn {

namespace detail {

class LammpsDumpReader {
 public:
  LammpsDumpReader(TextReader& text, std::ptrdiff_t frame, const std::vector<std::string>& elements)
      : text_(text), frame_(frame), elements_(elements) {}

  Sample read() {
    check_element_list(elements_);
    find_frame();
    bool atoms = false, box = false;
    while (!atoms) {
      if (!next()) throw text_.error("the frame ends before its atoms: the file is cut");
      if (item("TIMESTEP") || item("TIME") || item("UNITS")) {
        need_line("a value");
      } else if (item("NUMBER OF ATOMS")) {
        need_line("the number of atoms");
        count_ = number<std::int64_t>(text_, words_[0], "the number of atoms");
        if (count_ <= 0) throw text_.error(count_, " atoms: a sample needs at least one");
      } else if (item("BOX BOUNDS")) {
        read_box();
        box = true;
      } else if (item("ATOMS")) {
        if (count_ == 0) throw text_.error("ITEM: NUMBER OF ATOMS is missing before the atoms");
        if (!box) throw text_.error("ITEM: BOX BOUNDS is missing before the atoms");
        read_atoms();
        atoms = true;
      } else {
        throw text_.error("'", shown(text_.line()), "' where an ITEM: line of a dump of atoms is expected");
      }
    }
    if (next() && !text_.line().starts_with("ITEM:"))
      throw text_.error("more than the ", count_, " atoms that the frame's header says");
    return std::move(sample_);
  }

 private:
  bool next() {
    while (text_.next()) {
      split(text_.line(), words_);
      if (!words_.empty()) return true;
    }
    words_.clear();
    return false;
  }
  void need_line(std::string_view what) {
    if (!next()) throw text_.error(what, " is missing: the file is cut");
  }
  /// Whether the line is ITEM: and this name; leaves what follows the name in words_.
  bool item(std::string_view name) {
    const auto named = words(name);
    if (words_[0] != "ITEM:" || words_.size() <= named.size() || !std::equal(named.begin(), named.end(), words_.begin() + 1))
      return false;
    words_.erase(words_.begin(), words_.begin() + 1 + static_cast<std::ptrdiff_t>(named.size()));
    return true;
  }

  void find_frame() {
    std::vector<TextReader::Place> frames;
    if (!text_.bytes_left()) throw Error(text_.name(), ": is empty, a LAMMPS dump is expected");
    for (auto before = text_.place(); text_.next(); before = text_.place()) {
      if (text_.line().starts_with("ITEM: TIMESTEP")) {
        frames.push_back(before);
      } else if (text_.line().starts_with("ITEM: UNITS")) {  // in the first frame only
        if (!next() || (words_[0] != "metal" && words_[0] != "lj"))
          throw text_.error("units '", shown(text_.line()),
                            "': only metal (or lj) is read; write the dump from LAMMPS in metal units");
      }
    }
    if (frames.empty()) throw Error(text_.name(), ": no line 'ITEM: TIMESTEP': not a LAMMPS dump, or cut");
    text_.go_to(frames[pick_frame(text_.name(), frame_, frames.size())]);
  }

  void read_box() {
    std::vector<std::string> flags(words_.begin(), words_.end());
    const bool tilted = flags.size() >= 3 && flags[0] == "xy" && flags[1] == "xz" && flags[2] == "yz";
    const bool general = flags.size() >= 2 && flags[0] == "abc" && flags[1] == "origin";
    flags.erase(flags.begin(), flags.begin() + (tilted ? 3 : general ? 2 : 0));
    if (!flags.empty() && flags.size() != 3)
      throw text_.error("three boundary flags are expected, such as pp pp ff; ", flags.size(), " found");
    Cell& cell = sample_.cell;
    for (std::size_t axis = 0; axis < flags.size(); ++axis) {
      const std::string& flag = flags[axis];
      if (flag.size() != 2 || flag.find_first_not_of("pfsm") != flag.npos || (flag[0] == 'p') != (flag[1] == 'p'))
        throw text_.error("boundary flag '", shown(flag), "': two letters of p, f, s, m are expected");
      cell.periodic[axis] = flag[0] == 'p';
    }
    double at[3][4] = {};
    const std::size_t width = general ? 4 : tilted ? 3 : 2;
    for (auto& row : at) {
      need_line("a line of the box");
      if (words_.size() != width) throw text_.error(width, " numbers of the box are expected, ", words_.size(), " words found");
      for (std::size_t k = 0; k < width; ++k) row[k] = number<double>(text_, words_[k], "a number of the box");
    }
    if (general) {
      for (Eigen::Index v = 0; v < 3; ++v) {
        cell.vectors.col(v) = Vec3(at[v][0], at[v][1], at[v][2]);
        cell.origin[v] = at[v][3];
      }
    } else {
      // the bounds are those of the whole parallelepiped
      const double xy = at[0][2], xz = at[1][2], yz = at[2][2];
      const Vec3 lo(at[0][0] - std::min({0.0, xy, xz, xy + xz}), at[1][0] - std::min(0.0, yz), at[2][0]);
      const Vec3 hi(at[0][1] - std::max({0.0, xy, xz, xy + xz}), at[1][1] - std::max(0.0, yz), at[2][1]);
      for (Eigen::Index axis = 0; axis < 3; ++axis)
        if (!(hi[axis] > lo[axis]))
          throw text_.error("the box has no extent along ", "xyz"[axis], ": it goes from ", lo[axis], " to ", hi[axis]);
      const Vec3 size = hi - lo;
      cell.origin = lo;
      cell.vectors << size[0], xy, xz, 0, size[1], yz, 0, 0, size[2];
    }
    try {
      cell.check();
    } catch (const Error& error) {
      throw text_.error(error.what());
    }
  }

  std::optional<std::size_t> column(std::string_view name) const {
    const auto at = std::ranges::find(names_, name);
    if (at == names_.end()) return std::nullopt;
    return static_cast<std::size_t>(at - names_.begin());
  }

  void read_atoms() {
    names_.assign(words_.begin(), words_.end());
    for (std::set<std::string_view> seen; const std::string& name : names_)
      if (!seen.insert(name).second) throw text_.error("two columns '", shown(name), "'");
    const auto id = column("id"), type = column("type"), mass = column("mass");
    const auto element = column("element") ? column("element") : column("typelabel");
    if (!type && !element) throw text_.error("no column 'type' or 'element': add one to the dump");
    std::size_t position[3] = {};
    bool scaled = false, found = false;
    for (const std::string_view kind : {"", "u", "s", "su"}) {
      const auto x = column("x" + std::string(kind)), y = column("y" + std::string(kind)), z = column("z" + std::string(kind));
      if (found || !x || !y || !z) continue;
      found = true;
      scaled = kind.starts_with('s');
      position[0] = *x;
      position[1] = *y;
      position[2] = *z;
    }
    if (!found) throw text_.error("no columns x y z, nor xu yu zu, xs ys zs or xsu ysu zsu: add one of these to the dump");

    // the other columns: which field each belongs to, and where in it
    struct Field {
      std::string name;
      std::vector<std::size_t> columns;
      std::vector<double> values{};
    };
    std::vector<Field> fields;
    std::vector<char> taken(names_.size(), 0);
    for (const auto special :
         {id, type, element, mass, std::optional(position[0]), std::optional(position[1]), std::optional(position[2])})
      if (special) taken[*special] = 1;
    const auto triple = [&](const char* name, const char* x, const char* y, const char* z) {
      const auto a = column(x), b = column(y), c = column(z);
      if (!a || !b || !c) return;
      fields.push_back({name, {*a, *b, *c}});
      taken[*a] = taken[*b] = taken[*c] = 1;
    };
    triple("velocity", "vx", "vy", "vz");
    triple("force", "fx", "fy", "fz");
    triple("image", "ix", "iy", "iz");
    const auto triples = fields.size();
    for (std::size_t k = 0; k < names_.size(); ++k)
      if (!taken[k]) {
        for (std::size_t f = 0; f < triples; ++f)
          if (fields[f].name == names_[k])
            throw text_.error("column '", shown(names_[k]), "' has the name of the field of three columns");
        fields.push_back({names_[k], {k}});
      }

    std::vector<double> positions, masses;
    std::vector<int> types, labels;
    std::vector<std::int64_t> lines;
    NameTable label;
    const auto expected = static_cast<std::size_t>(
        std::min<std::int64_t>(count_, static_cast<std::int64_t>(text_.bytes_left() / (2 * names_.size()))));
    positions.reserve(3 * expected);
    for (std::int64_t k = 0; k < count_; ++k) {
      if (!next() || words_[0] == "ITEM:")
        throw text_.error("the frame ends after ", k, " of ", count_, " atoms: the file is cut, or its header wrong");
      if (words_.size() != names_.size()) throw text_.error(names_.size(), " columns are expected, ", words_.size(), " found");
      sample_.ids.push_back(id ? number<std::int64_t>(text_, words_[*id], "the id of an atom (a whole number)") : k + 1);
      if (type) {
        const auto value = number<std::int64_t>(text_, words_[*type], "an atom type (a number)");
        if (value < 1 || value > most_types) throw text_.error("atom type ", value, ": 1 to ", most_types, " are expected");
        if (!elements_.empty() && value > static_cast<std::int64_t>(elements_.size()))
          throw text_.error("atom type ", value, ", but ", elements_.size(), " element names: give one for each type");
        types.push_back(static_cast<int>(value - 1));
      }
      try {
        if (element) labels.push_back(label(words_[*element]));
      } catch (const Error& error) {
        throw text_.error(error.what());
      }
      Vec3 x;
      for (std::size_t axis = 0; axis < 3; ++axis)
        x[static_cast<Eigen::Index>(axis)] = number<double>(text_, words_[position[axis]], "a coordinate");
      if (scaled) x = sample_.cell.to_position(x);
      positions.insert(positions.end(), x.begin(), x.end());
      if (mass) {
        masses.push_back(number<double>(text_, words_[*mass], "a mass in u"));
        if (!(masses.back() > 0 && masses.back() < 1e6)) throw text_.error("mass ", masses.back(), " u: it must be positive");
      }
      for (Field& field : fields)
        for (const std::size_t c : field.columns) {
          double value = 0;
          if (!parse_number(words_[c], value))
            throw text_.error("column '", shown(names_[c]), "': a number expected, '", shown(words_[c]),
                              "' found (leave columns of text out of the dump)");
          field.values.push_back(value);
        }
      lines.push_back(text_.line_number());
    }
    order_by_id(text_.name(), sample_.ids, lines);
    sample_.positions = as_columns(positions, 3);
    if (mass) sample_.masses = Eigen::Map<const Vector>(masses.data(), static_cast<Eigen::Index>(masses.size()));
    for (Field& field : fields)
      sample_.fields[field.name] = as_columns(field.values, static_cast<Eigen::Index>(field.columns.size()));
    name_species(types, labels, label.names());
    check_read(text_.name(), sample_);
  }

  void name_species(const std::vector<int>& types, const std::vector<int>& labels, const std::vector<std::string>& labelled) {
    if (types.empty() || (elements_.empty() && !labels.empty())) {
      if (!types.empty()) {  // in the order of the types, where they go together
        std::map<int, int> first;
        for (std::size_t i = 0; i < types.size(); ++i) first.try_emplace(types[i], labels[i]);
        std::vector<std::string> ordered;
        for (const auto& [type, l] : first)
          if (const auto& name = labelled[static_cast<std::size_t>(l)]; std::ranges::find(ordered, name) == ordered.end())
            ordered.push_back(name);
        for (const auto& name : labelled)
          if (std::ranges::find(ordered, name) == ordered.end()) ordered.push_back(name);
        return set_named_species(text_.name(), sample_, labels, labelled, ordered);
      }
      return set_named_species(text_.name(), sample_, labels, labelled, elements_);
    }
    std::vector<double> masses(static_cast<std::size_t>(*std::ranges::max_element(types)) + 1, 0.0);
    if (sample_.masses.size() != 0)
      for (std::size_t i = 0; i < types.size(); ++i)
        masses[static_cast<std::size_t>(types[i])] = sample_.masses[static_cast<Eigen::Index>(i)];
    set_species(sample_, types, name_types(elements_, {}, masses));
  }

  TextReader& text_;
  std::ptrdiff_t frame_;
  const std::vector<std::string>& elements_;
  std::vector<std::string_view> words_;
  std::vector<std::string> names_;
  std::int64_t count_ = 0;
  Sample sample_;
};

}  // namespace detail

/// Reads a frame of a dump: 0 the first, −1 the last. Atoms in the file's order (ids 1, 2, … where there is no column "id").
/// Positions from the first of these that is there: x, xu, xs, xsu (scaled ones turned into Å). Boundaries p are periodic, others
/// not; a box without flags is periodic. Species by `elements` (types 1, 2, …), else by the column "element" (or "typelabel"),
/// else by masses, else "1", "2", … Column "mass" gives masses; vx vy vz, fx fy fz, ix iy iz the fields "velocity" (Å/ps),
/// "force" (eV/Å), "image"; every other column is a field of its own name; a column of text is refused. Throws Error with file
/// and line.
[[nodiscard]] inline Sample read_lammps_dump(TextReader& text, std::ptrdiff_t frame = -1,
                                             const std::vector<std::string>& elements = {}) {
  return detail::LammpsDumpReader(text, frame, elements).read();
}
/// The same from a file.
[[nodiscard]] inline Sample read_lammps_dump(const std::filesystem::path& path, std::ptrdiff_t frame = -1,
                                             const std::vector<std::string>& elements = {}) {
  TextReader text(path);
  return read_lammps_dump(text, frame, elements);
}

}  // namespace tarn
