#pragma once
// What the readers of samples share: names of species, the check of ids, the choice of a frame.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tarn/atoms/elements.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/text.hpp"

namespace tarn {

/// More types than any sample has: a larger count or number of a type is a broken file.
inline constexpr std::int64_t most_types = 100'000;

namespace detail {

inline void check_element_list(const std::vector<std::string>& elements) {
  for (const std::string& name : elements)
    if (name.empty() || name.find_first_of(" \t\r\n,\"':=") != name.npos)
      throw Error("'", shown(name), "' is not the name of an element: names are words such as Cu, one for each type, in order");
}

/// Names of types 1 … masses.size(): by the user's list, else by the file's labels ("" where none), else by masses (u; 0
/// unknown).
inline std::vector<std::string> name_types(const std::vector<std::string>& elements, const std::vector<std::string>& labels,
                                           std::span<const double> masses) {
  std::vector<std::string> names = name_elements_by_mass(masses);
  for (std::size_t type = 0; type < std::min(names.size(), labels.size()); ++type)
    if (!labels[type].empty()) names[type] = labels[type];
  if (!elements.empty()) {
    if (elements.size() < names.size())
      throw Error(elements.size(), " element names for ", names.size(), " atom types: give one for each");
    names = elements;
  }
  return names;
}

/// Species of atoms from their types (0, 1, …) and the types' names; types of one name are one species.
inline void set_species(Sample& sample, std::span<const int> types, const std::vector<std::string>& names) {
  std::vector<int> species_of;
  std::map<std::string_view, int> known;
  sample.elements.clear();
  for (const std::string& name : names) {
    const auto [at, is_new] = known.try_emplace(name, static_cast<int>(sample.elements.size()));
    if (is_new) sample.elements.push_back(name);
    species_of.push_back(at->second);
  }
  sample.species.resize(types.size());
  for (std::size_t i = 0; i < types.size(); ++i) sample.species[i] = species_of[static_cast<std::size_t>(types[i])];
}

/// Gives each new name the next number, in order of appearance.
class NameTable {
 public:
  /// Throws Error for what cannot be a name, and where there are more names than types can be.
  int operator()(std::string_view name) {
    if (last_ < names_.size() && names_[last_] == name) return static_cast<int>(last_);
    last_ = static_cast<std::size_t>(std::ranges::find(names_, name) - names_.begin());
    if (last_ == names_.size()) {
      if (!is_name(name)) throw Error("'", shown(name), "' is not the name of an element");
      if (names_.size() == 1000) throw Error("over 1000 different names of elements: is this the column of elements?");
      names_.emplace_back(name);
    }
    return static_cast<int>(last_);
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::size_t last_ = 0;
};

/// Species of atoms from the names in the file, names[name_of[i]]. Where all names are numbers they are types (named by
/// `elements`, else by masses); else `elements`, where given, says which names there may be, and their order; without it they are
/// in alphabetical order.
inline void set_named_species(const std::string& file, Sample& sample, std::span<const int> name_of,
                              const std::vector<std::string>& names, const std::vector<std::string>& elements) {
  if (std::ranges::none_of(names, is_named)) {
    std::vector<std::int64_t> type_of(names.size());
    std::int64_t count = 0;
    for (std::size_t k = 0; k < names.size(); ++k) {
      if (!parse_number(names[k], type_of[k]) || type_of[k] < 1 || type_of[k] > most_types)
        throw Error(file, ": '", shown(names[k]), "' is neither an element nor an atom type (1, 2, …)");
      count = std::max(count, type_of[k]);
    }
    std::vector<int> types;
    std::vector<double> masses(static_cast<std::size_t>(count), 0.0);
    for (std::size_t i = 0; i < name_of.size(); ++i) {
      types.push_back(static_cast<int>(type_of[static_cast<std::size_t>(name_of[i])] - 1));
      if (sample.masses.size() != 0) masses[static_cast<std::size_t>(types.back())] = sample.masses[static_cast<Eigen::Index>(i)];
    }
    return set_species(sample, types, name_types(elements, {}, masses));
  }
  sample.elements = elements;
  if (elements.empty()) {
    sample.elements = names;
    std::ranges::sort(sample.elements);
  }
  std::vector<int> species_of;
  for (const std::string& name : names) {
    const auto at = std::ranges::find(sample.elements, name);
    if (at == sample.elements.end()) {
      std::string list;
      for (const auto& element : elements) (list += list.empty() ? "" : ", ") += element;
      throw Error(file, ": has atoms of element '", shown(name), "', which is none of those given: ", list);
    }
    species_of.push_back(static_cast<int>(at - sample.elements.begin()));
  }
  sample.species.clear();
  for (const int name : name_of) sample.species.push_back(species_of[static_cast<std::size_t>(name)]);
}

/// Order of the atoms by id. Throws Error, with file and line, where two have the same.
inline std::vector<std::size_t> order_by_id(const std::string& file, const std::vector<std::int64_t>& ids,
                                            const std::vector<std::int64_t>& lines) {
  std::vector<std::size_t> order(ids.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!std::ranges::is_sorted(ids)) std::ranges::stable_sort(order, {}, [&](std::size_t i) { return ids[i]; });
  for (std::size_t k = 1; k < order.size(); ++k)
    if (ids[order[k]] == ids[order[k - 1]])
      throw Error(file, ':', lines[order[k]], ": atom ", ids[order[k]], " is also in line ", lines[order[k - 1]],
                  ": ids must differ");
  return order;
}

/// The sample's own check, with the file's name before what it says.
inline void check_read(const std::string& file, const Sample& sample) {
  try {
    sample.check();
  } catch (const Error& error) {
    throw Error(file, ": ", error.what());
  }
}

/// Which of `count` frames is meant: 0 the first, −1 the last. Throws Error where there is none such.
inline std::size_t pick_frame(const std::string& file, std::ptrdiff_t frame, std::size_t count) {
  const auto frames = static_cast<std::ptrdiff_t>(count);
  if (frame < -frames || frame >= frames)
    throw Error(file, ": no frame ", frame, ": the file has ", count, " (0 is the first, -1 the last)");
  return static_cast<std::size_t>(frame < 0 ? frame + frames : frame);
}

/// Numbers read row by row, as the columns of a matrix.
inline Matrix as_columns(const std::vector<double>& values, Eigen::Index rows) {
  return Eigen::Map<const Matrix>(values.data(), rows,
                                  static_cast<Eigen::Index>(values.size()) / std::max<Eigen::Index>(rows, 1));
}

}  // namespace detail
}  // namespace tarn
