#pragma once
// Searches for saddles with parameters by name: which way out of the basin, how far, how tight.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tarn/atoms/sample.hpp"
#include "tarn/core/random.hpp"
#include "tarn/landscape/activation.hpp"
#include "tarn/potential/eam.hpp"
#include "tarn/potential/lennard_jones.hpp"

namespace tarn::programs {

/// Parameters of a search that a user may name; the rest are the library's. Lengths Å, forces eV/Å.
struct SearchChoice {
  std::string way_out;
  double push, push_radius, curvature, loose_force, tight_force, side_force, frozen_radius, release_force;
  int max_evaluations;

  SearchChoice();  ///< the library's defaults
  /// Names and values of those that decide what this way out finds.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> fingerprint() const;
};
[[nodiscard]] const std::vector<std::string>& way_out_names();

using SerialEam = ShortRange<EamFunctions<double>, Double, Serial>;
using SerialLennardJones = LennardJones<Double, Serial>;

/// A searcher of any type, for one thread.
struct AnySearcher {
  std::function<AtomActivation(Eigen::Index, RandomStream)> find;
};
/// Around the atoms of a sample at a minimum. Throws Error where it is not, or a parameter makes no sense.
[[nodiscard]] AnySearcher make_searcher(const Sample& minimum, std::shared_ptr<const SerialEam> potential,
                                        const SearchChoice& choice);
[[nodiscard]] AnySearcher make_searcher(const Sample& minimum, std::shared_ptr<const SerialLennardJones> potential,
                                        const SearchChoice& choice);

}  // namespace tarn::programs
