#pragma once
// What a potential is: a function of a sample that gives energy, forces and virial.

#include <algorithm>
#include <concepts>
#include <limits>
#include <string>
#include <vector>

#include "tarn/atoms/sample.hpp"
#include "tarn/core/units.hpp"

namespace tarn {

/// What a potential says of one configuration.
struct Evaluation {
  double energy_eV = 0;
  Vectors forces;  ///< 3 × N, eV/Å
  /// W_ab = −∂E/∂ε_ab at fixed scaled coordinates; symmetric. NaN from a potential that gives none: then no pressure is known and the cell cannot be minimised.
  Mat3 virial_eV = Mat3::Constant(std::numeric_limits<double>::quiet_NaN());

  /// W/V in bar: positive where the sample pushes outward. No kinetic part.
  [[nodiscard]] Mat3 pressure_bar(const Cell& cell) const { return virial_eV * (units::bar / cell.volume_A3()); }
  /// The largest force on an atom, eV/Å.
  [[nodiscard]] double max_force() const { return forces.cols() == 0 ? 0 : forces.colwise().norm().maxCoeff(); }
};

/// To make one of pair functions, see ShortRange (short_range.hpp). `workspace(sample)` makes what evaluation needs besides the sample (neighbour lists, scratch); it may be used again for any sample with the same
/// species table, from one thread at a time. `evaluate` throws Error where the sample holds an element that the potential lacks, or atoms too close.
template <class P>
concept Potential = requires(const P& potential, const Sample& sample, typename P::Workspace& workspace) {
  { potential.elements() } -> std::convertible_to<std::vector<std::string>>;
  { potential.workspace(sample) } -> std::same_as<typename P::Workspace>;
  { potential.evaluate(sample, workspace) } -> std::same_as<Evaluation>;
};

/// Energy, forces and virial of one configuration.
template <Potential P>
[[nodiscard]] Evaluation evaluate(const Sample& sample, const P& potential) {
  auto workspace = potential.workspace(sample);
  return potential.evaluate(sample, workspace);
}

/// For each element of the sample, its place in `elements`. Throws Error for one that is not there.
[[nodiscard]] inline std::vector<int> match_elements(const Sample& sample, const std::vector<std::string>& elements) {
  std::vector<int> place;
  for (const std::string& name : sample.elements) {
    const auto found = std::find(elements.begin(), elements.end(), name);
    if (found == elements.end()) {
      std::string known;
      for (const std::string& e : elements) known += (known.empty() ? "" : ", ") + e;
      throw Error("the potential has no element ", name, ": it knows ", known,
                  "; name the sample's types with --elements or choose another potential");
    }
    place.push_back(static_cast<int>(found - elements.begin()));
  }
  return place;
}

}  // namespace tarn
