#pragma once
// Selections of atoms: by element, by having a value.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

/// Atoms by their columns, ascending.
using AtomSelection = std::vector<Eigen::Index>;

/// A selection with a name: "all", or an element.
struct AtomGroup {
  std::string name;
  AtomSelection atoms;
};

/// "all", then each element that has atoms, by name of the sample's order.
[[nodiscard]] inline std::vector<AtomGroup> groups_by_element(const Sample& sample) {
  std::vector<AtomGroup> groups{{"all", {}}};
  for (const std::string& element : sample.elements) groups.push_back({element, {}});
  for (Eigen::Index i = 0; i < sample.size(); ++i) {
    groups[0].atoms.push_back(i);
    groups[static_cast<std::size_t>(sample.species[static_cast<std::size_t>(i)]) + 1].atoms.push_back(i);
  }
  std::erase_if(groups, [](const AtomGroup& group) { return group.atoms.empty(); });
  return groups;
}

/// The atoms that have a value.
[[nodiscard]] inline AtomSelection atoms_with_value(const std::vector<std::optional<double>>& values) {
  AtomSelection out;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i]) out.push_back(static_cast<Eigen::Index>(i));
  return out;
}

/// Entries of a vector.
[[nodiscard]] inline Vector pick(const Vector& values, const AtomSelection& selection) { return values(selection); }

/// The sample with these atoms alone, in this order. Throws Error where it has no atoms, and where an index is out of range.
[[nodiscard]] inline Sample pick(const Sample& sample, const AtomSelection& selection) {
  if (selection.empty()) throw Error("a selection without atoms");
  Sample out;
  out.cell = sample.cell;
  out.elements = sample.elements;
  for (const Eigen::Index i : selection) {
    if (i < 0 || i >= sample.size()) throw Error("a selection names atom ", i, " of ", sample.size(), ", counted from 0");
    out.species.push_back(sample.species[static_cast<std::size_t>(i)]);
    out.ids.push_back(sample.ids[static_cast<std::size_t>(i)]);
  }
  out.positions = sample.positions(Eigen::all, selection);
  if (sample.masses.size() != 0) out.masses = sample.masses(selection);
  for (const auto& [name, values] : sample.fields) out.fields[name] = values(Eigen::all, selection);
  return out;
}

}  // namespace tarn
