#pragma once
// DYNAMO setfl tables: eam.alloy, and its Finnis–Sinclair extension eam.fs.
//
//   three lines of comment · number of elements, their names · Nρ Δρ Nr Δr r_c · for each element: Z, mass, lattice constant, lattice; F(ρ);
//   f(r): one block (alloy) or one for each element (fs) · r·φ(r) of the pairs 11, 21, 22, 31, …
// The k-th density block of element a in an eam.fs file is what an atom of element a contributes at the place of one of element k, as LAMMPS reads
// it (M. S. Daw, S. M. Foiles, M. I. Baskes, Mater. Sci. Rep. 9, 251 (1993); LAMMPS manual, pair_style eam/fs).

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tarn/core/text.hpp"

namespace tarn {

/// The numbers of a setfl file, as they are.
struct Setfl {
  std::string source;                          ///< file name, for messages
  std::vector<std::string> elements;           ///< n names
  std::vector<double> masses;                  ///< n, u
  double density_step = 0;                     ///< Δρ
  double radius_step_A = 0;                    ///< Δr
  double cutoff_A = 0;                         ///< r_c
  std::vector<std::vector<double>> embedding;  ///< n × Nρ, F(ρ) in eV at ρ = k Δρ
  std::vector<std::vector<double>> density;    ///< n² × Nr, [a n + b]: density of a source a at a place of b, r = k Δr
  std::vector<std::vector<double>> pair;       ///< n² × Nr, [a n + b]: r φ(r) in eV Å

  /// Throws Error where the parts do not fit together: for tables made by hand, as read_setfl returns none such.
  void check() const {
    const std::size_t n = elements.size();
    if (n == 0) throw Error("a table without elements: read one with read_setfl");
    if (masses.size() != n || embedding.size() != n || density.size() != n * n || pair.size() != n * n)
      throw Error("a table of ", n, " elements needs ", n, " masses and F, ", n * n, " densities and pairs; it has ",
                  masses.size(), ", ", embedding.size(), ", ", density.size(), " and ", pair.size());
    if (!(density_step > 0 && radius_step_A > 0 && cutoff_A > 0))
      throw Error("the spacings and the cut-off of a table must be positive; they are ", density_step, ", ", radius_step_A,
                  " and ", cutoff_A);
    for (const auto* functions : {&embedding, &density, &pair})
      for (const auto& values : *functions)
        if (values.empty()) throw Error("a table has a function without values: each F, density and pair needs some");
  }
};

namespace detail {

// Words of a file one after the other, across lines.
class Words {
 public:
  explicit Words(TextReader& reader) : reader_(reader) {}
  // The next one; throws where the file ends, saying what is missing.
  template <class... What>
  std::string_view next(const What&... what) {
    while (at_ == line_.size()) {
      if (!reader_.next())
        throw Error(reader_.name(), ':', reader_.line_number(), ": the file ends where ", what...,
                    " should be: it is cut; fetch it again");
      line_ = words(reader_.line());
      at_ = 0;
    }
    return line_[at_++];
  }
  // Whether nothing but blanks is left.
  bool at_end() {
    while (at_ == line_.size()) {
      if (!reader_.next()) return true;
      line_ = words(reader_.line());
      at_ = 0;
    }
    return false;
  }

 private:
  TextReader& reader_;
  std::vector<std::string_view> line_;
  std::size_t at_ = 0;
};

}  // namespace detail

/// Reads an eam.fs or eam.alloy file; which of them it is, its length tells. Throws Error with file and line where it is cut, holds text or NaN in
/// place of a number, or has a size that cannot be.
[[nodiscard]] inline Setfl read_setfl(TextReader& reader) {
  Setfl table;
  table.source = reader.name();
  for (int i = 0; i < 3; ++i)
    if (!reader.next())
      throw Error(reader.name(), ": a setfl table begins with three lines of comment, this file has ", i, " lines");

  if (!reader.next()) throw Error(reader.where(), ": the file ends where the elements should be: it is cut; fetch it again");
  const auto names = words(reader.line());
  if (names.empty()) throw reader.error("the number of elements and their names expected, an empty line found");
  const auto count = number<std::int64_t>(reader, names[0], "the number of elements");
  if (count < 1 || count > 100) throw reader.error(count, " elements: 1 to 100 expected");
  const auto n = static_cast<std::size_t>(count);
  if (names.size() < n + 1) throw reader.error(count, " names of elements expected, ", names.size() - 1, " found");
  for (std::size_t i = 0; i < n; ++i) {
    if (!is_name(names[i + 1])) throw reader.error("'", shown(names[i + 1]), "' is not the name of an element");
    table.elements.emplace_back(names[i + 1]);
    for (std::size_t j = 0; j < i; ++j)
      if (table.elements[j] == table.elements[i]) throw reader.error("element ", table.elements[i], " is named twice");
  }

  detail::Words file(reader);
  const auto real = [&](const auto&... what) {
    const auto word = file.next(what...);
    double value = 0;
    if (!parse_number(word, value)) throw reader.error(Error(what...).what(), " expected, '", shown(word), "' found");
    return value;
  };
  const auto length = [&](std::string_view what) {
    const double value = real(what);
    if (!(value >= 2 && value <= 1e8) || value != std::floor(value))
      throw reader.error(what, " must be a whole number from 2 to 1e8, ", value, " found");
    return static_cast<std::size_t>(value);
  };
  const std::size_t densities = length("the number of densities");
  table.density_step = real("the spacing of the densities");
  const std::size_t radii = length("the number of radii");
  table.radius_step_A = real("the spacing of the radii");
  table.cutoff_A = real("the cut-off");
  if (!(table.density_step > 0 && table.radius_step_A > 0 && table.cutoff_A > 0))
    throw reader.error("spacings and cut-off must be positive");
  if (table.cutoff_A > table.radius_step_A * static_cast<double>(radii) * (1 + 1e-9))
    throw reader.error("the cut-off, ", table.cutoff_A, " Å, lies beyond the last of the radii, ",
                       table.radius_step_A * static_cast<double>(radii - 1), " Å");

  const auto read_block = [&](std::size_t size, const auto&... what) {
    std::vector<double> values;
    values.reserve(std::min<std::size_t>(size, 1 << 20));  // a wrong count must not take the memory
    for (std::size_t k = 0; k < size; ++k) values.push_back(real("value ", k + 1, " of ", size, " of ", what...));
    return values;
  };
  // All densities of an element stand together, so the first word after its first block tells the format: a new element begins with a whole
  // number (its Z) and three more words, which only the length of the file can tell from values of f. Count once.
  std::size_t total = 0;
  for (std::string_view rest = reader.text(); !rest.empty();) {
    const std::size_t begin = rest.find_first_not_of(" \t\r\n\v\f");
    if (begin == rest.npos) break;
    rest.remove_prefix(begin);
    rest.remove_prefix(std::min(rest.find_first_of(" \t\r\n\v\f"), rest.size()));
    ++total;
  }
  std::size_t before = 0;
  {
    TextReader head("", std::string(reader.text()));
    for (int i = 0; i < 4 && head.next(); ++i) before += words(head.line()).size();
  }
  const std::size_t body = total - before, pairs = n * (n + 1) / 2 * radii;
  const std::size_t alloy = 5 + n * (4 + densities + radii) + pairs, fs = 5 + n * (4 + densities + n * radii) + pairs;
  const bool extended = n > 1 && body > alloy;

  table.density.resize(n * n);
  table.pair.resize(n * n);
  for (std::size_t a = 0; a < n; ++a) {
    const std::string& name = table.elements[a];
    if (const double z = real("the atomic number of ", name); z != std::floor(z))
      throw reader.error("the atomic number of ", name, " expected, ", z, " found: values are missing before it");
    table.masses.push_back(real("the mass of ", name));
    if (!(table.masses.back() > 0))
      throw reader.error("the mass of ", name, " must be positive, ", table.masses.back(), " found");
    (void)real("the lattice constant of ", name);
    double value = 0;
    if (const auto lattice = file.next("the lattice of ", name); parse_number(lattice, value))
      throw reader.error("the lattice of ", name, " expected (fcc, …), ", value, " found: values are missing before it");
    table.embedding.push_back(read_block(densities, "F(rho) of ", name));
    for (std::size_t b = 0; b < n; ++b)
      table.density[a * n + b] = b > 0 && !extended
                                     ? table.density[a * n]
                                     : read_block(radii, "the density of ", name, extended ? " at " + table.elements[b] : "");
  }
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = 0; b <= a; ++b)
      table.pair[b * n + a] = table.pair[a * n + b] = read_block(radii, "r·phi of ", table.elements[b], '-', table.elements[a]);
  if (!file.at_end())
    throw reader.error("the table has ", body, " numbers; ", n, " elements, ", densities, " densities and ", radii,
                       " radii make ", alloy, " (eam.alloy) or ", fs, " (eam.fs)");
  return table;
}

/// The same from a file.
[[nodiscard]] inline Setfl read_setfl(const std::filesystem::path& path) {
  TextReader reader(path);
  return read_setfl(reader);
}

}  // namespace tarn
