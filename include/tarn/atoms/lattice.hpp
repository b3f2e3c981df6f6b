#pragma once
// Crystals, and random alloys on their sites.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "tarn/atoms/cell.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/core/error.hpp"
#include "tarn/core/random.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

/// A unit cell: vectors as columns (Å), sites in scaled coordinates, and which species sits on each.
struct Crystal {
  /// A place in the cell and what sits there.
  struct Site {
    Vec3 scaled;
    int species = 0;
  };
  Mat3 vectors;
  std::vector<Site> sites;
};

/// Simple cubic, 1 atom; `a` is the lattice constant, Å.
[[nodiscard]] inline Crystal sc(double a) { return {Mat3::Identity() * a, {{{0, 0, 0}}}}; }
/// Body-centred cubic, 2 atoms.
[[nodiscard]] inline Crystal bcc(double a) { return {Mat3::Identity() * a, {{{0, 0, 0}}, {{0.5, 0.5, 0.5}}}}; }
/// Face-centred cubic, 4 atoms.
[[nodiscard]] inline Crystal fcc(double a) {
  return {Mat3::Identity() * a, {{{0, 0, 0}}, {{0, 0.5, 0.5}}, {{0.5, 0, 0.5}}, {{0.5, 0.5, 0}}}};
}
/// Hexagonal close-packed, 2 atoms; a and b at 120°, c along z. Ideal c/a = √(8/3).
[[nodiscard]] inline Crystal hcp(double a, double c_over_a = 1.632993161855452) {
  Mat3 vectors;
  vectors << a, -0.5 * a, 0, 0, 0.5 * std::sqrt(3.0) * a, 0, 0, 0, c_over_a * a;
  return {vectors, {{{1.0 / 3, 2.0 / 3, 0.25}}, {{2.0 / 3, 1.0 / 3, 0.75}}}};
}
/// CsCl structure (B2), 2 atoms: species 0 on the corner, 1 in the centre.
[[nodiscard]] inline Crystal b2(double a) { return {Mat3::Identity() * a, {{{0, 0, 0}, 0}, {{0.5, 0.5, 0.5}, 1}}}; }

/// The crystal repeated along its vectors; atoms ordered by cell (first vector slowest), then by site; ids 1, 2, …; no masses.
/// `elements` names the species of the sites. Throws Error for repeats below 1, a species without a name, a cell that check()
/// refuses.
[[nodiscard]] inline Sample supercell(const Crystal& crystal, std::array<int, 3> repeats, std::vector<std::string> elements) {
  Sample sample;
  std::int64_t atoms = static_cast<std::int64_t>(crystal.sites.size());
  for (const int n : repeats) {
    if (n < 1)
      throw Error("a crystal repeated ", repeats[0], " × ", repeats[1], " × ", repeats[2], " times: each must be 1 or more");
    if (atoms > std::numeric_limits<std::int32_t>::max() / n)
      throw Error("the supercell would have more than 2^31 atoms: repeat it less often");
    atoms *= n;
  }
  for (const auto& site : crystal.sites)
    if (site.species < 0 || static_cast<std::size_t>(site.species) >= elements.size())
      throw Error("the crystal has a site of species ", site.species, ", but ", elements.size(), " elements are named");
  sample.cell.vectors = crystal.vectors * Vec3(repeats[0], repeats[1], repeats[2]).asDiagonal();
  sample.elements = std::move(elements);
  sample.positions.resize(3, atoms);
  sample.species.reserve(static_cast<std::size_t>(atoms));
  Eigen::Index at = 0;
  for (int i = 0; i < repeats[0]; ++i)
    for (int j = 0; j < repeats[1]; ++j)
      for (int k = 0; k < repeats[2]; ++k)
        for (const auto& site : crystal.sites) {
          sample.positions.col(at++) = crystal.vectors * (Vec3(i, j, k) + site.scaled);
          sample.species.push_back(site.species);
        }
  sample.ids.resize(static_cast<std::size_t>(atoms));
  std::iota(sample.ids.begin(), sample.ids.end(), std::int64_t{1});
  sample.check();
  return sample;
}
/// The same for one element, as often along each vector.
[[nodiscard]] inline Sample supercell(const Crystal& crystal, int repeats, const std::string& element) {
  return supercell(crystal, {repeats, repeats, repeats}, std::vector<std::string>{element});
}

/// How many of `atoms` atoms each share gets: the closest whole numbers with the right sum (largest remainders, the first wins a
/// tie). Throws Error unless the shares are ≥ 0 and their sum is positive; they need not add to 1.
[[nodiscard]] inline std::vector<std::int64_t> counts_of_shares(std::int64_t atoms, const std::vector<double>& shares) {
  double total = 0;
  for (const double share : shares) {
    if (!(share >= 0 && std::isfinite(share))) throw Error("a share of the composition is ", share, ": it must be 0 or more");
    total += share;
  }
  if (!(total > 0 && std::isfinite(total)))
    throw Error("the shares of the composition add to ", total, ": at least one must be positive");
  std::vector<std::int64_t> counts;
  std::vector<double> remainders;
  std::int64_t left = atoms;
  for (const double share : shares) {
    const double ideal = static_cast<double>(atoms) * (share / total);
    counts.push_back(std::min(left, static_cast<std::int64_t>(std::floor(ideal + 1e-9))));  // 1e-9: 0.3 × 10 is 3
    remainders.push_back(ideal - static_cast<double>(counts.back()));
    left -= counts.back();
  }
  for (; left > 0; --left) {
    const auto largest = static_cast<std::size_t>(std::max_element(remainders.begin(), remainders.end()) - remainders.begin());
    ++counts[largest];
    remainders[largest] -= 1;
  }
  return counts;
}

/// The same sites with elements drawn at random, as many of each as counts_of_shares says: {{"Cu", 50}, {"Zr", 50}}. Masses are
/// dropped. Throws Error as counts_of_shares does.
[[nodiscard]] inline Sample random_alloy(Sample sample, const std::vector<std::pair<std::string, double>>& composition,
                                         RandomStream stream) {
  std::vector<double> shares;
  sample.elements.clear();
  for (const auto& [element, share] : composition) {
    sample.elements.push_back(element);
    shares.push_back(share);
  }
  const auto counts = counts_of_shares(sample.size(), shares);
  sample.species.clear();
  for (std::size_t s = 0; s < counts.size(); ++s)
    sample.species.insert(sample.species.end(), static_cast<std::size_t>(counts[s]), static_cast<int>(s));
  stream.shuffle(sample.species);
  sample.masses.resize(0);
  return sample;
}

}  // namespace tarn
