#pragma once
// Elements: standard atomic weights, names told by masses, and masses told by names.
//
// Weights: T. Prohaska et al., Pure Appl. Chem. 94, 573 (2022), abridged; an interval by its conventional value. Elements that
// have no standard weight (Tc, Pm, Po … Ac, beyond U) are left out.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"

namespace tarn {

/// A symbol and its standard weight.
struct Element {
  std::string_view name;
  double mass_u;
};

/// By atomic number.
inline constexpr std::array elements_with_weight = std::to_array<Element>({
    {"H", 1.008},   {"He", 4.0026}, {"Li", 6.94},   {"Be", 9.0122}, {"B", 10.81},   {"C", 12.011},  {"N", 14.007},
    {"O", 15.999},  {"F", 18.998},  {"Ne", 20.180}, {"Na", 22.990}, {"Mg", 24.305}, {"Al", 26.982}, {"Si", 28.085},
    {"P", 30.974},  {"S", 32.06},   {"Cl", 35.45},  {"Ar", 39.95},  {"K", 39.098},  {"Ca", 40.078}, {"Sc", 44.956},
    {"Ti", 47.867}, {"V", 50.942},  {"Cr", 51.996}, {"Mn", 54.938}, {"Fe", 55.845}, {"Co", 58.933}, {"Ni", 58.693},
    {"Cu", 63.546}, {"Zn", 65.38},  {"Ga", 69.723}, {"Ge", 72.630}, {"As", 74.922}, {"Se", 78.971}, {"Br", 79.904},
    {"Kr", 83.798}, {"Rb", 85.468}, {"Sr", 87.62},  {"Y", 88.906},  {"Zr", 91.224}, {"Nb", 92.906}, {"Mo", 95.95},
    {"Ru", 101.07}, {"Rh", 102.91}, {"Pd", 106.42}, {"Ag", 107.87}, {"Cd", 112.41}, {"In", 114.82}, {"Sn", 118.71},
    {"Sb", 121.76}, {"Te", 127.60}, {"I", 126.90},  {"Xe", 131.29}, {"Cs", 132.91}, {"Ba", 137.33}, {"La", 138.91},
    {"Ce", 140.12}, {"Pr", 140.91}, {"Nd", 144.24}, {"Sm", 150.36}, {"Eu", 151.96}, {"Gd", 157.25}, {"Tb", 158.93},
    {"Dy", 162.50}, {"Ho", 164.93}, {"Er", 167.26}, {"Tm", 168.93}, {"Yb", 173.05}, {"Lu", 174.97}, {"Hf", 178.49},
    {"Ta", 180.95}, {"W", 183.84},  {"Re", 186.21}, {"Os", 190.23}, {"Ir", 192.22}, {"Pt", 195.08}, {"Au", 196.97},
    {"Hg", 200.59}, {"Tl", 204.38}, {"Pb", 207.2},  {"Bi", 208.98}, {"Th", 232.04}, {"Pa", 231.04}, {"U", 238.03},
});

/// The standard atomic weight, u, of an element by its symbol ("Cu"); none for other names.
[[nodiscard]] inline std::optional<double> standard_mass(std::string_view name) {
  for (const Element& element : elements_with_weight)
    if (element.name == name) return element.mass_u;
  return std::nullopt;
}

/// The element that a mass (u) tells: within 0.2 u and 0.5 % of its weight, and three times nearer than any other; else none. The
/// 0.5 % keep the mass 1 of a Lennard-Jones particle from being hydrogen.
[[nodiscard]] inline std::optional<std::string> element_of_mass(double mass_u) {
  const Element* nearest = nullptr;
  double best = std::numeric_limits<double>::infinity(), second = best;
  for (const Element& element : elements_with_weight) {
    const double distance = std::abs(element.mass_u - mass_u);
    if (distance < best) {
      second = std::exchange(best, distance);
      nearest = &element;
    } else {
      second = std::min(second, distance);
    }
  }
  if (!nearest || best > std::min(0.2, 0.005 * nearest->mass_u)) return std::nullopt;
  if (second <= 0.2 && 3 * best >= second) return std::nullopt;
  return std::string(nearest->name);
}

/// Names of the types 1, 2, … by their masses (u; 0 where unknown). A type that its mass does not tell, or tells the same as
/// another type's, is named by its number: "1".
[[nodiscard]] inline std::vector<std::string> name_elements_by_mass(std::span<const double> masses) {
  std::vector<std::string> names;
  for (const double mass : masses) names.push_back(element_of_mass(mass).value_or(""));
  std::map<std::string, int> told;
  for (const std::string& name : names) ++told[name];
  for (std::size_t type = 0; type < names.size(); ++type)
    if (names[type].empty() || told[names[type]] > 1) names[type] = std::to_string(type + 1);
  return names;
}

/// Whether a species has a name, and not only the number that a file of types without names leaves it with.
[[nodiscard]] inline bool is_named(std::string_view species) {
  return !species.empty() && species.find_first_not_of("0123456789") != species.npos;
}

/// Throws Error where an atom's species has only a number for a name: for what cannot go on without elements.
inline void require_named_elements(const Sample& sample) {
  for (Eigen::Index i = 0; i < sample.size(); ++i)
    if (!is_named(sample.element(i)))
      throw Error("atom ", sample.ids[static_cast<std::size_t>(i)], " is of type ", sample.element(i),
                  ", which its mass does not name: give the elements of types 1, 2, … in order, such as Cu,Zr");
}

/// Throws Error where the sample has no masses: for vibrations, which cannot do without.
inline void require_masses(const Sample& sample) {
  if (sample.masses.size() != sample.size())
    throw Error("the sample has no masses: vibrations need them; give its elements, or masses in the file");
}

/// The sample with a mass for every atom: its own where it has them, else that of its element in `masses` (u, of `elements`: a
/// potential's), else the standard weight. Throws Error where an element has neither, or elements and masses are not as many.
[[nodiscard]] inline Sample with_masses(Sample sample, std::span<const std::string> elements, std::span<const double> masses) {
  if (sample.masses.size() != 0) return sample;
  if (!masses.empty() && masses.size() != elements.size())
    throw Error(masses.size(), " masses for ", elements.size(), " elements of a potential: one each is expected, or none");
  sample.masses.resize(sample.size());
  for (Eigen::Index i = 0; i < sample.size(); ++i) {
    const std::string& name = sample.element(i);
    const auto place = static_cast<std::size_t>(std::ranges::find(elements, name) - elements.begin());
    const auto known = place < masses.size() ? std::optional(masses[place]) : standard_mass(name);
    if (!known) throw Error("no mass for ", name, ": neither the sample nor the potential gives one: add masses to the sample");
    sample.masses[i] = *known;
  }
  return sample;
}

/// The same with the masses of a potential: of anything that has elements() and masses().
template <class P>
[[nodiscard]] Sample with_masses(Sample sample, const P& potential) {
  const std::vector<std::string> elements = potential.elements();
  const std::vector<double> masses = potential.masses();
  return with_masses(std::move(sample), elements, masses);
}

}  // namespace tarn
