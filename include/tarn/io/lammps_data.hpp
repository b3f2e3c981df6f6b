#pragma once
// LAMMPS data files of atom style `atomic`, read in all their forms; write_lammps_data.hpp writes them.
//
// Format: https://docs.lammps.org/read_data.html. Units "metal" (or "lj", taken as they are).

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
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

class LammpsDataReader {
 public:
  LammpsDataReader(TextReader& text, const std::vector<std::string>& elements) : text_(text), elements_(elements) {}

  Sample read() {
    check_element_list(elements_);
    if (!text_.next()) throw Error(text_.name(), ": is empty, a LAMMPS data file is expected");
    check_units(text_.line());
    read_header();
    while (!section_.empty()) read_section();
    if (sample_.ids.empty()) throw Error(text_.name(), ": no Atoms section: the file is cut or not a LAMMPS data file");
    finish();
    return std::move(sample_);
  }

 private:
  /// LAMMPS names the units in the title that it writes.
  void check_units(std::string_view title) {
    constexpr std::string_view key = "units = ";
    const auto at = title.find(key);
    if (at == title.npos) return;
    const auto rest = words(title.substr(at + key.size()));
    if (!rest.empty() && rest[0] != "metal" && rest[0] != "lj")
      throw text_.error("units '", shown(rest[0]), "': only metal (or lj) is read; write the file from LAMMPS in metal units");
  }

  /// The next line that is not blank, without its comment, cut into words_; false at the end.
  bool next() {
    while (text_.next()) {
      const std::string_view line = text_.line();
      const auto hash = line.find('#');
      split(line.substr(0, hash), words_);
      if (words_.empty()) continue;
      comment_ = hash == line.npos ? std::string_view{} : line.substr(hash + 1);
      return true;
    }
    words_.clear();
    return false;
  }

  bool ends_with(std::initializer_list<std::string_view> keyword, std::size_t numbers) const {
    return words_.size() == numbers + keyword.size() &&
           std::equal(keyword.begin(), keyword.end(), words_.end() - static_cast<std::ptrdiff_t>(keyword.size()));
  }
  double real(std::size_t word, std::string_view expected) const { return number<double>(text_, words_[word], expected); }
  Vec3 three() const { return {real(0, "a number"), real(1, "a number"), real(2, "a number")}; }
  template <class T>
  void set_once(std::optional<T>& place, T value) const {
    if (place) throw text_.error("'", shown(words_.back()), "' is given twice");
    place = value;
  }

  void read_header() {
    while (next()) {
      if (ends_with({"atoms"}, 1)) {
        set_once(atoms_, number<std::int64_t>(text_, words_[0], "a number of atoms"));
        if (*atoms_ <= 0) throw text_.error(*atoms_, " atoms: a sample needs at least one");
      } else if (ends_with({"atom", "types"}, 1)) {
        set_once(types_, number<std::int64_t>(text_, words_[0], "a number of atom types"));
        if (*types_ < 1 || *types_ > most_types) throw text_.error(*types_, " atom types: 1 to ", most_types, " are expected");
      } else if (ends_with({"xlo", "xhi"}, 2)) {
        read_bounds(0);
      } else if (ends_with({"ylo", "yhi"}, 2)) {
        read_bounds(1);
      } else if (ends_with({"zlo", "zhi"}, 2)) {
        read_bounds(2);
      } else if (ends_with({"xy", "xz", "yz"}, 3)) {
        set_once(tilt_, three());
      } else if (ends_with({"avec"}, 3)) {
        set_once(edges_[0], three());
      } else if (ends_with({"bvec"}, 3)) {
        set_once(edges_[1], three());
      } else if (ends_with({"cvec"}, 3)) {
        set_once(edges_[2], three());
      } else if (ends_with({"abc", "origin"}, 3)) {
        set_once(origin_, three());
      } else if (words_.size() == 2 && is_molecular(words_[1])) {
        if (number<std::int64_t>(text_, words_[0], "a number") != 0) refuse_molecular(words_[1]);
      } else if (const auto keyword = words_.back();
                 (words_.size() == 3 && keyword == "types") || (words_.size() == 5 && words_[1] == "extra")) {
        (void)number<std::int64_t>(text_, words_[0], "a number");  // bond types, extra bond per atom, …: of no bonds
      } else {
        start_section();
        break;
      }
    }
    if (!atoms_) throw text_.error("the header has no line 'N atoms': not a LAMMPS data file, or cut");
    if (!types_) throw text_.error("the header has no line 'N atom types': not a LAMMPS data file, or cut");
    make_cell();
    masses_.assign(static_cast<std::size_t>(*types_), 0.0);
  }

  void read_bounds(std::size_t axis) {
    const double lo = real(0, "a bound of the box"), hi = real(1, "a bound of the box");
    if (!(hi > lo)) throw text_.error("the box ends at ", hi, " and begins at ", lo, ": the upper bound must be the larger one");
    set_once(lo_[axis], lo);
    hi_[axis] = hi;
  }

  void make_cell() {
    Cell& cell = sample_.cell;
    const bool bounds = lo_[0] || lo_[1] || lo_[2] || tilt_, general = edges_[0] || edges_[1] || edges_[2] || origin_;
    if (bounds && general)
      throw text_.error("the header has both a restricted box (xlo xhi …) and a general one (avec …): keep one");
    if (general) {
      if (!edges_[0] || !edges_[1] || !edges_[2] || !origin_)
        throw text_.error("a general box needs four header lines: avec, bvec, cvec and abc origin");
      cell.vectors << *edges_[0], *edges_[1], *edges_[2];
      cell.origin = *origin_;
    } else {
      for (std::size_t axis = 0; axis < 3; ++axis)
        if (!lo_[axis]) throw text_.error("the header has no line '", "xyz"[axis], "lo ", "xyz"[axis], "hi': the file is cut");
      const Vec3 tilt = tilt_.value_or(Vec3::Zero());
      cell.origin = Vec3(*lo_[0], *lo_[1], *lo_[2]);
      const Vec3 size = Vec3(hi_[0], hi_[1], hi_[2]) - cell.origin;
      cell.vectors << size[0], tilt[0], tilt[1], 0, size[1], tilt[2], 0, 0, size[2];
    }
    try {
      cell.check();
    } catch (const Error& error) {
      throw Error(text_.name(), ": ", error.what());
    }
  }

  static bool is_molecular(std::string_view name) {
    for (const std::string_view other :
         {"bonds", "angles", "dihedrals", "impropers", "ellipsoids", "lines", "triangles", "bodies", "crossterms"})
      if (name == other) return true;
    return false;
  }
  [[noreturn]] void refuse_molecular(std::string_view name) const {
    throw text_.error("the file has ", shown(name),
                      ": only atoms of style atomic are read; write the file with atom_style atomic");
  }

  static bool is_skipped(std::string_view name) {  // of other potentials, or of bonds that are not there
    return name.ends_with(" Coeffs") || (name.ends_with(" Type Labels") && name != "Atom Type Labels");
  }
  static bool is_section(std::string_view name) {
    for (const std::string_view known : {"Atoms", "Velocities", "Masses", "Atom Type Labels", "Bonds", "Angles", "Dihedrals",
                                         "Impropers", "Ellipsoids", "Lines", "Triangles", "Bodies"})
      if (name == known) return true;
    return is_skipped(name);
  }
  std::string joined() const {
    std::string name;
    for (const auto word : words_) (name += name.empty() ? "" : " ") += word;
    return name;
  }

  void start_section() {
    section_ = joined();
    if (!is_section(section_))
      throw text_.error("'", shown(section_),
                        "' is neither a line of the header nor a section: Atoms, Velocities, Masses, Atom Type Labels are read, "
                        "Coeffs skipped; or more lines stand here than the header says");
    if (!seen_.insert(section_).second) throw text_.error("a second section ", shown(section_));
  }

  void read_section() {
    const std::string name = section_;
    if (name == "Atoms") {
      read_atoms();
    } else if (name == "Velocities") {
      read_velocities();
    } else if (name == "Masses") {
      rows(*types_, 2, [&] {
        const auto type = type_of(words_[0]);
        const double mass = real(1, "a mass in u");
        if (!(mass > 0 && mass < 1e6)) throw text_.error("mass ", mass, " u of type ", type + 1, ": it must be positive");
        if (masses_[type] != 0) throw text_.error("a second mass of type ", type + 1);
        masses_[type] = mass;
      });
    } else if (name == "Atom Type Labels") {
      labels_.resize(static_cast<std::size_t>(*types_));
      rows(*types_, 2, [&] {
        const auto type = numbered_type(words_[0]);
        if (!labels_[type].empty()) throw text_.error("a second label of type ", type + 1);
        if (!is_name(words_[1])) throw text_.error("'", shown(words_[1]), "' cannot be a type label");
        labels_[type] = words_[1];
        if (!type_of_label_.emplace(labels_[type], type).second) throw text_.error("'", shown(words_[1]), "' labels two types");
      });
    } else if (is_skipped(name)) {
      while (next())
        if (is_section(joined())) return start_section();
      section_.clear();
      return;
    } else {
      refuse_molecular(name);
    }
    if (next()) {
      if (!is_section(joined()) && words_[0].find_first_not_of("+-0123456789") == words_[0].npos)
        throw text_.error("section ", name, " has more lines than the header says");
      start_section();
    } else {
      section_.clear();
    }
  }

  /// Runs `row` on each of `count` lines, each of `width` words (0: any).
  template <class Row>
  void rows(std::int64_t count, std::size_t width, const Row& row) {
    for (std::int64_t k = 0; k < count; ++k) {
      if (!next())
        throw text_.error("section ", section_, " ends after ", k, " of ", count, " lines: the file is cut, or its header wrong");
      if (const char first = words_[0][0]; first >= 'A' && first <= 'Z' && is_section(joined()))
        throw text_.error("section ", section_, " ends after ", k, " of ", count, " lines: the header says otherwise");
      if (width != 0 && words_.size() != width)
        throw text_.error("section ", section_, ": ", width, " words expected, ", words_.size(), " found");
      row();
    }
  }

  std::size_t numbered_type(std::string_view word) const {
    const auto type =
        number<std::int64_t>(text_, word, labels_.empty() ? "an atom type (a number)" : "an atom type (a number or label)");
    if (type < 1 || type > *types_) throw text_.error("atom type ", type, ": the header says 1 to ", *types_);
    return static_cast<std::size_t>(type - 1);
  }
  std::size_t type_of(std::string_view word) const {
    if (!labels_.empty() && !word.empty() && (word[0] < '0' || word[0] > '9'))
      if (const auto at = type_of_label_.find(word); at != type_of_label_.end()) return at->second;
    return numbered_type(word);
  }
  std::int64_t id_of(std::string_view word) const {
    const auto id = number<std::int64_t>(text_, word, "the id of an atom (a whole number)");
    if (id < 1) throw text_.error("atom id ", id, ": ids are 1 or more");
    return id;
  }

  void check_style() const {
    const auto hint = words(comment_);
    if (!hint.empty() && hint[0] != "atomic")
      throw text_.error("atoms of style '", shown(hint[0]),
                        "': only atomic is read; in LAMMPS, write the sample as a dump: "
                        "write_dump all custom FILE id type x y z");
  }

  void read_atoms() {
    check_style();
    const auto expected =
        static_cast<std::size_t>(std::min<std::int64_t>(*atoms_, static_cast<std::int64_t>(text_.bytes_left() / 10)));
    std::vector<double> positions, images;
    positions.reserve(3 * expected);
    std::size_t width = 0;
    rows(*atoms_, 0, [&] {
      if (width == 0) width = words_.size();
      if (words_.size() != width || (width != 5 && width != 8))
        throw text_.error(words_.size(),
                          " words: id, type, x, y, z and perhaps three image numbers are expected, the same in each line "
                          "(style atomic; write another as a dump: write_dump all custom FILE id type x y z)");
      sample_.ids.push_back(id_of(words_[0]));
      type_.push_back(static_cast<int>(type_of(words_[1])));
      for (std::size_t k = 2; k < 5; ++k) positions.push_back(real(k, "a coordinate"));
      for (std::size_t k = 5; k < width; ++k) images.push_back(number<int>(text_, words_[k], "an image number (a whole number)"));
      lines_.push_back(text_.line_number());
    });
    sample_.positions = as_columns(positions, 3);
    if (width == 8) sample_.fields["image"] = as_columns(images, 3);
    order_ = order_by_id(text_.name(), sample_.ids, lines_);
  }

  void read_velocities() {
    if (sample_.ids.empty()) throw text_.error("section Velocities stands before section Atoms: it must follow");
    Matrix velocity = Matrix::Zero(3, sample_.size());
    std::vector<char> seen(sample_.ids.size(), 0);
    std::size_t k = 0;
    rows(*atoms_, 4, [&] {
      const auto id = id_of(words_[0]);
      std::size_t atom = k++;
      if (sample_.ids[atom] != id) {
        const auto at = std::ranges::lower_bound(order_, id, {}, [&](std::size_t i) { return sample_.ids[i]; });
        if (at == order_.end() || sample_.ids[*at] != id)
          throw text_.error("velocity of atom ", id, ", which section Atoms does not have");
        atom = *at;
      }
      if (seen[atom]++) throw text_.error("a second velocity of atom ", id);
      for (std::size_t axis = 0; axis < 3; ++axis)
        velocity(static_cast<Eigen::Index>(axis), static_cast<Eigen::Index>(atom)) = real(axis + 1, "a velocity");
    });
    sample_.fields["velocity"] = std::move(velocity);
  }

  void finish() {
    if (!elements_.empty() && elements_.size() != masses_.size())
      throw Error(text_.name(), ": ", elements_.size(), " element names for ", masses_.size(), " atom types: give one for each");
    set_species(sample_, type_, name_types(elements_, labels_, masses_));
    if (seen_.contains("Masses")) {
      sample_.masses.resize(sample_.size());
      for (Eigen::Index i = 0; i < sample_.size(); ++i)
        sample_.masses[i] = masses_[static_cast<std::size_t>(type_[static_cast<std::size_t>(i)])];
    }
    check_read(text_.name(), sample_);
  }

  TextReader& text_;
  const std::vector<std::string>& elements_;
  std::vector<std::string_view> words_;
  std::string_view comment_;
  std::string section_;
  std::set<std::string> seen_;
  std::optional<std::int64_t> atoms_, types_;
  std::optional<double> lo_[3];
  double hi_[3] = {};
  std::optional<Vec3> tilt_, edges_[3], origin_;
  std::vector<double> masses_;
  std::vector<std::string> labels_;
  std::map<std::string, std::size_t, std::less<>> type_of_label_;
  std::vector<int> type_;
  std::vector<std::int64_t> lines_;
  std::vector<std::size_t> order_;
  Sample sample_;
};

}  // namespace detail

/// Reads a data file of atom style `atomic`: orthogonal, tilted (xy xz yz) and general (avec bvec cvec, abc origin) boxes;
/// sections Atoms, Masses, Atom Type Labels, Velocities (field "velocity", Å/ps); coefficients are skipped, bonds and other
/// styles refused. Atoms in the file's order. Positions as they stand in the file: image numbers, where given, are the field
/// "image" (3 × N) and are not applied. The format does not say which directions are periodic: all are. Types are named by
/// `elements` (types 1, 2, …), else by labels, else by masses, else "1", "2", …; types of one name become one species. Throws
/// Error with file and line.
[[nodiscard]] inline Sample read_lammps_data(TextReader& text, const std::vector<std::string>& elements = {}) {
  return detail::LammpsDataReader(text, elements).read();
}
/// The same from a file.
[[nodiscard]] inline Sample read_lammps_data(const std::filesystem::path& path, const std::vector<std::string>& elements = {}) {
  TextReader text(path);
  return read_lammps_data(text, elements);
}

}  // namespace tarn
