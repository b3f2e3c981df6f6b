#pragma once
// What one search for a saddle around an atom came to: three barriers, the evidence for each, how it ended, and what it took.
//
//   loose  every |F_i| < 0.05 eV/Å and a negative lowest eigenvalue: the criterion of Yang, Wang and Zaccone (2022), section II.C
//   tight  every |F_i| < 1e-3 eV/Å and exactly one negative eigenvalue, as surely as saddle_order.hpp says
//   own    tight, both sides minimised; one is the initial minimum or its soft twin, the other is neither; and the centre moved by more than 0.1 Å
// A barrier is E(point) − E(minimum). A search that finds no tight saddle has failed, and its end says how.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tarn/core/error.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

/// How a search ended: at a tight saddle, or how it failed.
enum class SearchEnd {
  saddle,                 ///< tight; whether it is connected and whether the atom moved is told apart from that
  no_negative_curvature,  ///< the way out ended with no eigenvalue below the threshold
  back_in_basin,          ///< it fell back to the initial minimum
  other_basin,            ///< it lost the mode and ran into another minimum
  not_converged,          ///< its evaluations were spent
  higher_order,  ///< it converged, but to a point with more than one negative eigenvalue, or with an order that could not be shown
  explosion,     ///< energy or displacement went out of bounds
};
inline constexpr std::array<std::pair<SearchEnd, std::string_view>, 7> search_ends{
    {{SearchEnd::saddle, "saddle"},
     {SearchEnd::no_negative_curvature, "no_negative_curvature"},
     {SearchEnd::back_in_basin, "back_in_basin"},
     {SearchEnd::other_basin, "other_basin"},
     {SearchEnd::not_converged, "not_converged"},
     {SearchEnd::higher_order, "higher_order"},
     {SearchEnd::explosion, "explosion"}}};
/// Its name, as it stands above.
[[nodiscard]] constexpr std::string_view name(SearchEnd end) { return search_ends[static_cast<std::size_t>(end)].second; }

/// Which minimum a side of the saddle leads to.
enum class Connection { no, twin, initial };
inline constexpr std::array<std::string_view, 3> connections{"no", "twin", "initial"};
[[nodiscard]] constexpr std::string_view name(Connection connection) { return connections[static_cast<std::size_t>(connection)]; }

/// Evaluations: each is a force call or a product with the Hessian.
struct Cost {
  std::int64_t forces = 0, products = 0;
  [[nodiscard]] std::int64_t total() const { return forces + products; }
  Cost& operator+=(const Cost& other) {
    forces += other.forces;
    products += other.products;
    return *this;
  }
};

/// Where the evaluations of a search went.
struct SearchCost {
  Cost way_out;    ///< push, until the curvature is negative
  Cost following;  ///< to the loose point
  Cost refining;   ///< from there to the tight saddle
  Cost order;      ///< showing that there is one negative eigenvalue and no more
  Cost sides;      ///< minimising both sides

  /// Their names, as files have them, and where they are.
  static constexpr std::array<std::pair<std::string_view, Cost SearchCost::*>, 5> phases{{{"way_out", &SearchCost::way_out},
                                                                                          {"following", &SearchCost::following},
                                                                                          {"refining", &SearchCost::refining},
                                                                                          {"order", &SearchCost::order},
                                                                                          {"sides", &SearchCost::sides}}};
  [[nodiscard]] Cost total() const {
    Cost sum;
    for (const auto& [phase_name, phase] : phases) sum += this->*phase;
    return sum;
  }
  SearchCost& operator+=(const SearchCost& other) {
    for (const auto& [phase_name, phase] : phases) this->*phase += other.*phase;
    return *this;
  }
};

/// An eigenvalue of the Hessian, eV/Å², and the norm of its residual: an eigenvalue lies within it.
struct BoundedEigenvalue {
  double value = 0, residual = 0;
};

/// What the centre's search found; see the head. Lengths Å, energies eV above the initial minimum.
struct AtomActivation {
  SearchEnd end = SearchEnd::not_converged;
  std::string detail;  ///< of a failure, a few words: where and why
  SearchCost cost;

  std::optional<double> loose_barrier;

  // at the tight saddle; the rest has no meaning without one
  double barrier = 0;
  double max_force = 0;  ///< eV/Å
  BoundedEigenvalue lowest, second;
  double centre_moved = 0;        ///< from the minimum to the saddle
  int atoms_moved = 0;            ///< from one side to the other, by more than 0.1 Å
  double jump_participation = 0;  ///< (Σu²)²/(N Σu⁴) of the displacement from side to side
  Connection connected = Connection::no;
  bool own = false;
  bool sides_converged = false;           ///< both minimisations reached their tolerance
  std::array<double, 2> side_energy{};    ///< first the side that is nearer to the initial minimum
  std::array<double, 2> side_distance{};  ///< largest displacement of an atom from the initial minimum
  Vectors saddle;                         ///< 3 × N, positions; no columns where there is none

  [[nodiscard]] bool found() const { return end == SearchEnd::saddle; }
  /// Whether both sides are known: of a saddle they are not where its evaluations were spent before.
  [[nodiscard]] bool sides_known() const { return found() && side_distance[1] > 0; }
  /// Of the way back, from the far side: barrier − E(far side).
  [[nodiscard]] double reverse_barrier() const { return barrier - side_energy[1]; }
};

}  // namespace tarn
