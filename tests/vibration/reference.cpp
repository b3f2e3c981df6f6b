// The whole way from a sample to its boson peak, against a glass of 256 atoms whose modes were made by LAMMPS's finite differences.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "support/data.hpp"
#include "support/potentials.hpp"
#include "support/solvers.hpp"
#include "tarn/io/csv.hpp"
#include "tarn/io/sample.hpp"
#include "tarn/vibration/boson_peak.hpp"
#include "tarn/vibration/dynamical_matrix.hpp"
#include "tarn/vibration/participation.hpp"
#include "tarn/vibration/plane_waves.hpp"

using namespace tarn;

namespace {

struct Glass {
  Sample sample = read_sample(testing::data("cuzr256_minimum.data"), {"Cu", "Zr"});
  Modes modes;
  ModeCensus census;

  Glass() {
    const EamSplines<> potential(read_setfl(testing::data("CuZr_smooth.eam.fs")), {.raw = true});
    for (Eigen::Index i = 0; i < sample.size(); ++i) REQUIRE(sample.masses[i] == (sample.element(i) == "Cu" ? 63.546 : 91.224));
    modes = testing::dense_modes(dense_dynamical_matrix(sample, potential));
    census = classify_modes(modes, sample.masses);
  }
};

const Glass& glass() {
  static const Glass made;
  return made;
}

CsvTable table(const char* name) { return read_csv(testing::data(name)); }

}  // namespace

TEST_CASE("three zero modes, no unstable one, all frequencies to 5e-4 rad/ps") {
  CHECK(glass().census.zero == 3);
  CHECK(glass().census.unstable == 0);
  CHECK(glass().census.stable == 765);
  const Vector reference = table("cuzr256_minimum.omega.csv").numbers("omega_rad_per_ps");
  REQUIRE(reference.size() == 768);
  CHECK((glass().modes.omega_rad_per_ps - reference).tail(765).cwiseAbs().maxCoeff() < 5e-4);
  CHECK(glass().modes.omega_rad_per_ps.head(3).cwiseAbs().maxCoeff() < 1e-4);
}

TEST_CASE("participation ratios of the modes that stand apart") {
  const auto reference = table("cuzr256_minimum.participation.csv");
  const Vector omega = reference.numbers("omega_rad_per_ps"), ratio = reference.numbers("participation_ratio");
  const Vector mine = participation_ratio(glass().modes.vectors).tail(765);
  REQUIRE(omega.size() == 765);
  int compared = 0;
  for (Eigen::Index j = 1; j + 1 < omega.size(); ++j)
    if (std::min(omega[j] - omega[j - 1], omega[j + 1] - omega[j]) > 0.05) {
      CHECK(std::abs(mine[j] - ratio[j]) < 2e-3);
      ++compared;
    }
  CHECK(compared > 50);
}

TEST_CASE("the boson peak of the sample and of each atom") {
  const auto peak = boson_peak(glass().modes, glass().census);
  CHECK(peak.height_ps3 == doctest::Approx(0.0002528498114).epsilon(2e-4));
  CHECK(peak.peak_rad_per_ps == doctest::Approx(5.7));
  const auto reference = table("cuzr256_minimum.boson_peak.csv");
  const Vector id = reference.numbers("id"), height = reference.numbers("i_bp_ps3"),
               omega = reference.numbers("omega_at_peak_rad_per_ps");
  REQUIRE(id.size() == 256);
  int elsewhere = 0;
  for (Eigen::Index k = 0; k < id.size(); ++k) {
    const auto i = std::find(glass().sample.ids.begin(), glass().sample.ids.end(), static_cast<std::int64_t>(id[k])) -
                   glass().sample.ids.begin();
    REQUIRE(i < 256);
    CHECK(peak.atom_height_ps3[i] == doctest::Approx(height[k]).epsilon(1e-3));
    elsewhere += std::abs(peak.atom_peak_rad_per_ps[i] - omega[k]) > 0.051;
  }
  CHECK(elsewhere <= 2);  // atoms with two maxima alike
}

TEST_CASE("the lowest transverse phonons lie near 6.7 rad/ps, so the peak at 5.7 is not resolved") {
  const auto& sample = glass().sample;
  const auto phonons = lowest_transverse_phonons(glass().modes, glass().census, sample);
  CHECK(phonons.omega_1_rad_per_ps == doctest::Approx(6.7).epsilon(0.03));
  CHECK(phonons.modes.size() == 12);
  for (const Eigen::Index count : {20, 40, 90}) {  // from the lowest modes alone
    const Modes few{glass().modes.omega_rad_per_ps.head(count), glass().modes.vectors.leftCols(count)};
    const auto estimate = lowest_transverse_phonons(few, classify_modes(few, sample.masses), sample);
    CHECK(estimate.omega_1_rad_per_ps == doctest::Approx(phonons.omega_1_rad_per_ps).epsilon(0.01));
  }
  CHECK(!peak_resolved(5.7, phonons.omega_1_rad_per_ps));
  const Vector weight = phonon_weight(glass().modes, sample);
  CHECK(weight.sum() == doctest::Approx(78));
  CHECK(weight.segment(3, 12).mean() > 0.5);
}
