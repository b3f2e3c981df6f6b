#pragma once
// From the text of --potential to a potential's type.

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "common/engine.hpp"
#include "tarn/core/openmp.hpp"
#include "tarn/potential/eam.hpp"
#include "tarn/potential/lennard_jones.hpp"

namespace tarn::programs {

struct TableSource {
  Setfl table;
  Conditioning how;
};
struct LennardJonesSource {
  LennardJonesFunctions functions;
  bool reduced;  ///< in its own units, which stand as 1 eV, 1 Å and 1 u
};
using PotentialSource = std::variant<TableSource, LennardJonesSource>;

/// Reads "FILE" (eam.fs, eam.alloy), or "lj:FILE" with FILE such as
///   {"units": "metal", "elements": ["A", "B"], "masses": [1, 1], "smooth_derivatives": 3,
///    "pairs": {"A-A": {"epsilon": 1, "sigma": 1, "cutoff": 2.5}, "A-B": {…}, "B-B": {…}}}
/// in eV, Å and u, or "units": "reduced", where the units of energy, length and mass are taken as 1 eV, 1 Å and 1 u. Throws Error with file and line.
[[nodiscard]] PotentialSource read_potential(const std::string& text, bool raw_table);

/// Residuals of conditioning, as JSON.
[[nodiscard]] Json to_json(const std::vector<Residual>& residuals);

/// make(potential, noise) for the potential of `source` in precision P.
template <Precision P, class Make>
std::unique_ptr<Engine> with_potential(const PotentialSource& source, const OpenMP& executor, Make&& make) {
  return std::visit(
      [&](const auto& s) -> std::unique_ptr<Engine> {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(s)>, TableSource>) {
          EamSplines<P, OpenMP> potential(s.table, s.how, executor);
          Json noise = to_json(potential.functions().residuals());
          return make(std::move(potential), std::move(noise));
        } else {
          return make(LennardJones<P, OpenMP>(s.functions, executor), Json::array());
        }
      },
      source);
}

}  // namespace tarn::programs
