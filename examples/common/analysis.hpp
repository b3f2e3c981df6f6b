#pragma once
// The vibrational analysis of a sample: computed from its modes, then written as tables and as keys of summary.json.

#include <optional>
#include <string>

#include "common/results.hpp"
#include "common/vibration_options.hpp"
#include "tarn/atoms/sample.hpp"
#include "tarn/vibration/boson_peak.hpp"
#include "tarn/vibration/density_of_states.hpp"
#include "tarn/vibration/modes.hpp"
#include "tarn/vibration/plane_waves.hpp"
#include "tarn/vibration/vibrational_displacement.hpp"

namespace tarn::programs {

/// What the modes of one sample say.
struct Analysis {
  ModeCensus census;
  DensityOfStates dos;
  Vector participation_ratio;
  Vector phonon_weight;
  VibrationalDisplacement displacement;
  std::optional<PeakWindow> window;      ///< as far as the modes fill it; nothing where they end below it
  std::optional<BosonPeak> peak;         ///< in that window; nothing where no mode has weight there
  std::optional<LowestPhonons> phonons;  ///< ω₁, by the modes until elastic constants give it
  std::string no_phonons;                ///< why there are none

  /// Whether the maximum is a peak: inside the window, and above twice ω₁.
  [[nodiscard]] bool resolved() const;
};

/// Throws Error where the modes end too low for any spectrum.
[[nodiscard]] Analysis analyse(const Sample& sample, const Modes& modes, const VibrationOptions& options);

/// Writes modes.csv, dos.csv and atoms.csv, and modes.bin where `vectors`.
void write_tables(ResultFolder& folder, const Sample& sample, const Modes& modes, const Analysis& analysis, bool vectors);

/// The keys of summary.json; null for what is not known.
[[nodiscard]] Json to_json(const Modes& modes, const Analysis& analysis);

}  // namespace tarn::programs
