#pragma once
// Whether a list of pairs made for one configuration still holds all pairs of another.

#include <cmath>
#include <vector>

#include "tarn/atoms/sample.hpp"

namespace tarn {

/// A list is made with every pair nearer than reach + skin. A pair farther apart than that then is farther apart than the reach now as long as
///   s (reach + skin) − 2 u ≥ reach:  s the smallest stretch of the cell since then, u the largest displacement beyond it.
class Skin {
 public:
  /// `skin_A` Å ≥ 0. Throws Error otherwise.
  explicit Skin(double skin_A) : skin_(skin_A) {
    if (!(skin_ >= 0 && std::isfinite(skin_)))
      throw Error("the skin of a neighbour list must not be negative, ", skin_, " Å given");
  }
  [[nodiscard]] double width_A() const { return skin_; }

  /// A list was made for this sample, with pairs up to `reach_A` + skin.
  void begin(const Sample& sample, double reach_A) {
    reach_ = reach_A;
    cell_ = sample.cell;
    positions_ = sample.positions;
    species_ = sample.species;
    begun_ = true;
  }

  /// The list still holds every pair of this sample within the reach.
  [[nodiscard]] bool covers(const Sample& sample) const {
    if (!begun_ || positions_.cols() != sample.size() || species_ != sample.species || cell_.periodic != sample.cell.periodic)
      return false;
    if (cell_.vectors == sample.cell.vectors) {  // u ≤ skin/2 with no stretch
      const double limit2 = 0.25 * skin_ * skin_;
      for (Eigen::Index i = 0; i < sample.size(); ++i)
        if (!((sample.positions.col(i) - positions_.col(i)).squaredNorm() <= limit2)) return false;
      return true;
    }
    const Mat3 stretch = sample.cell.vectors * cell_.vectors.inverse();
    const double smallest = 1 - (stretch - Mat3::Identity()).norm();  // a lower bound of the smallest singular value
    const double left = 0.5 * (smallest * (reach_ + skin_) - reach_);
    if (!(left > 0)) return false;
    for (Eigen::Index i = 0; i < sample.size(); ++i)
      if (!((sample.positions.col(i) - sample.cell.origin - stretch * (positions_.col(i) - cell_.origin)).squaredNorm() <=
            left * left))
        return false;
    return true;
  }

 private:
  double skin_, reach_ = 0;
  bool begun_ = false;
  Cell cell_;
  Vectors positions_;
  std::vector<int> species_;
};

}  // namespace tarn
