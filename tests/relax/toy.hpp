#pragma once
// A potential to test minimisers with that shares nothing with the library's: Lennard-Jones times a smooth cut-off, all pairs,
// all images, no list. φ(r) = 4ε[(σ/r)¹² − (σ/r)⁶](1 − r²/c²)³, ε = 0.2 eV, σ = 2.3 Å, c = 5.5 Å.

#include <cmath>
#include <string>
#include <vector>

#include "tarn/core/executor.hpp"
#include "tarn/core/random.hpp"
#include "tarn/potential/potential.hpp"

namespace tarn::testing {

struct Toy {
  struct Workspace {};
  [[nodiscard]] std::vector<std::string> elements() const { return {"X"}; }
  [[nodiscard]] std::vector<double> masses() const { return {50.0}; }
  [[nodiscard]] Serial executor() const { return {}; }
  [[nodiscard]] Workspace workspace(const Sample&) const { return {}; }
  [[nodiscard]] Evaluation evaluate(const Sample& sample, Workspace&) const {
    constexpr double c2 = 5.5 * 5.5, sigma2 = 2.3 * 2.3;
    const Mat3 inverse = sample.cell.vectors.inverse();
    const Vec3 heights = sample.cell.heights_A();
    int reach[3];  // of images: with |s| ≤ ½ those beyond (reach + ½) heights are too far
    for (int k = 0; k < 3; ++k) reach[k] = static_cast<int>(std::floor(5.5 / heights[k] + 0.5));
    Evaluation out;
    out.virial_eV.setZero();
    out.forces = Vectors::Zero(3, sample.size());
    for (Eigen::Index i = 0; i < sample.size(); ++i)
      for (Eigen::Index j = 0; j <= i; ++j) {
        Vec3 s = inverse * (sample.positions.col(j) - sample.positions.col(i));
        s -= Vec3(s.array().round());
        for (int a = -reach[0]; a <= reach[0]; ++a)
          for (int b = -reach[1]; b <= reach[1]; ++b)
            for (int c = -reach[2]; c <= reach[2]; ++c) {
              const Vec3 d = sample.cell.vectors * (s + Vec3(a, b, c));
              const double r2 = d.squaredNorm();
              if (r2 >= c2 || (i == j && r2 < 1e-20)) continue;
              const double x = sigma2 / r2, x3 = x * x * x, lj = 0.8 * (x3 * x3 - x3), cut = 1 - r2 / c2;
              const double by_r2 = 0.8 * (-6 * x3 * x3 + 3 * x3) / r2 * cut * cut * cut - lj * 3 * cut * cut / c2;
              const double share = i == j ? 0.5 : 1.0;
              out.energy_eV += share * lj * cut * cut * cut;
              out.virial_eV -= share * 2 * by_r2 * d * d.transpose();
              if (i == j) continue;
              out.forces.col(i) += 2 * by_r2 * d;
              out.forces.col(j) -= 2 * by_r2 * d;
            }
      }
    return out;
  }
};
static_assert(Potential<Toy>);

/// The sample with every coordinate moved by up to ±`amplitude`, Å.
[[nodiscard]] inline Sample rattled(Sample sample, double amplitude, RandomStream stream) {
  for (double& x : flat(sample.positions)) x += stream.uniform(-amplitude, amplitude);
  return sample;
}

}  // namespace tarn::testing
