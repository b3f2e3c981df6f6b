#pragma once
// Embedded-atom and Finnis–Sinclair potentials from tables.
//
// The conditioned splines (conditioning.hpp) are laid out for the force call: functions of s = r² on segments whose number is the leading bits of s, so that no
// root, division or search is needed; the coefficients of φ_ab, f_{b→a}, f_{a→b} on a segment stand side by side as the lanes of one vector. Energy,
// forces, Hessian and third derivatives are exact derivatives of these same polynomials.

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tarn/core/simd.hpp"
#include "tarn/potential/conditioning.hpp"
#include "tarn/potential/short_range.hpp"

namespace tarn {

/// Pair functions and embedding of a setfl table, pair arithmetic in `Real`.
template <class Real = double>
class EamFunctions {
 public:
  /// Throws Error where the parts of the table do not fit together, or it is too short to be fitted.
  explicit EamFunctions(const Setfl& table, const Conditioning& how = {})
      : elements_(table.elements), masses_(table.masses), raw_(how.raw), step_(table.radius_step_A) {
    table.check();
    if (how.segments < 1 || how.segments > 4096)
      throw Error("conditioning: 1 to 4096 segments expected, ", how.segments, " given");
    const std::size_t n = elements_.size();
    shift_ = mantissa - static_cast<int>(std::bit_width(static_cast<unsigned>(how.segments))) + 1;
    std::vector<Conditioned> density;
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = 0; b < n; ++b)
        density.push_back(condition_radial("the density of " + elements_[a] + " at " + elements_[b], table.density[a * n + b],
                                           step_, table.cutoff_A, how));
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = a; b < n; ++b) {
        std::vector<double> phi = table.pair[a * n + b];
        for (std::size_t k = 1; k < phi.size(); ++k) phi[k] /= static_cast<double>(k) * step_;
        if (!phi.empty()) phi[0] = 2 * phi[1];  // r·φ(r) at r = 0 does not give φ; nothing uses it
        const auto pair = condition_radial("phi of " + elements_[a] + '-' + elements_[b], phi, step_, table.cutoff_A, how);
        lay_out(pair, density[b * n + a], density[a * n + b]);
        residuals_.push_back(pair.residual);
      }
    for (const auto& d : density) residuals_.push_back(d.residual);
    for (const Table& t : tables_)  // a function that ends before the last density of its pair is cut off there
      if (std::min({t.end[0], t.end[1], t.end[2]}) < t.density_end * t.density_end) stride_ = 56;
    for (int a = 0; a < static_cast<int>(n); ++a)
      for (int b = 0; b < static_cast<int>(n); ++b) lay_out_lanes(table_of(a, b), a > b);
    for (std::size_t a = 0; a < n; ++a) {
      embedding_.emplace_back(condition_embedding("F of " + elements_[a], table.embedding[a], table.density_step, how));
      residuals_.push_back(embedding_.back().function.residual);
    }
  }

  [[nodiscard]] const std::vector<std::string>& elements() const { return elements_; }
  [[nodiscard]] const std::vector<double>& masses() const { return masses_; }
  [[nodiscard]] double pair_reach(int a, int b) const { return table_of(a, b).pair_end; }
  [[nodiscard]] double density_reach(int a, int b) const { return table_of(a, b).density_end; }
  [[nodiscard]] double inner_reach() const { return inner_; }
  /// What conditioning left of each function.
  [[nodiscard]] const std::vector<Residual>& residuals() const { return residuals_; }

  /// The functions of a pair at s = r² and their K derivatives with respect to s; zero beyond their ends.
  template <int K>
  [[nodiscard]] PairTerms<K> terms(int a, int b, double s) const {
    const Table& table = table_of(a, b);
    const auto place = segment_of(table, s);  // not bindings: clang 14 does not capture them
    PairTerms<K> out;
    const auto lane = [&](std::size_t l) {
      Quintic c{};
      if (s < table.end[l])
        for (std::size_t k = 0; k < 6; ++k) c[k] = table.exact[(place.first * 6 + k) * 4 + l];
      return jet<K>(c, place.second);
    };
    out.pair = lane(0);
    out.density_first = lane(a <= b ? 1 : 2);
    out.density_second = lane(a <= b ? 2 : 1);
    return out;
  }

  // What the force kernel asks (KernelReady): a key is the place, in the tables of all pairs of species, of the segment that would have number 0.
  [[nodiscard]] std::int32_t key(int a, int b) const { return stride_ * first_segment(a, b); }
  [[nodiscard]] std::int32_t key_alone(int a, int b) const { return 8 * first_segment(a, b); }

  void locate(std::size_t n, Real* s, std::int32_t* key) const {
    for (std::size_t k = 0; k < n; k += 8) segments(simd::Pack<Real, 8>::load(s + k), stride_, key + k).store(s + k);
  }
  [[nodiscard, gnu::always_inline]] simd::Pack<Real, 8> lanes(Real t, std::int32_t offset) const {
    using Eight = simd::Pack<Real, 8>;
    const Real* c = lanes_.data() + offset;
    const auto x = Eight::all(t);
    auto v = Eight::load(c + 40);
    for (int power = 4; power >= 0; --power) v = simd::fma(v, x, Eight::load(c + 8 * power));
    return stride_ == 48 ? v : simd::where_below(v, x, Eight::load(c + 48));
  }
  [[nodiscard, gnu::always_inline]] simd::Pack<Real, 8> lanes(Real t, std::int32_t offset, simd::Pack<Real, 8>& slopes) const {
    using Eight = simd::Pack<Real, 8>;
    const Real* c = lanes_.data() + offset;
    const auto x = Eight::all(t);
    auto v = Eight::load(c + 40), slope = Eight::all(0);
    for (int power = 4; power >= 0; --power) {
      slope = simd::fma(slope, x, v);
      v = simd::fma(v, x, Eight::load(c + 8 * power));
    }
    slopes = stride_ == 48 ? slope : simd::where_below(slope, x, Eight::load(c + 48));
    return stride_ == 48 ? v : simd::where_below(v, x, Eight::load(c + 48));
  }
  [[nodiscard, gnu::always_inline]] simd::Pack<Real, 8> alone(const simd::Pack<Real, 8>& s, std::int32_t* key,
                                                              simd::Pack<Real, 8>& value) const {
    const auto t = segments(s, 8, key);
    simd::Pack<Real, 8> c[6];
    simd::columns(pair_.data(), key, c);
    auto v = c[5], slope = c[5];
    for (std::size_t k = 4; k > 0; --k) {
      v = simd::fma(v, t, c[k]);
      slope = simd::fma(slope, t, v);
    }
    value += simd::fma(v, t, c[0]);
    return slope + slope;
  }
  [[nodiscard, gnu::always_inline]] simd::Pack<Real, 8> alone(const simd::Pack<Real, 8>& s, std::int32_t* key,
                                                              simd::Pack<Real, 8>& value, simd::Pack<Real, 8>& slopes) const {
    const auto t = segments(s, 8, key);
    simd::Pack<Real, 8> c[6];
    simd::columns(pair_.data(), key, c);
    auto v = c[5], slope = c[5], second = c[5];  // the last: half the second derivative
    for (std::size_t k = 4; k > 1; --k) {
      v = simd::fma(v, t, c[k]);
      slope = simd::fma(slope, t, v);
      second = simd::fma(second, t, slope);
    }
    v = simd::fma(v, t, c[1]);
    slope = simd::fma(slope, t, v);
    value += simd::fma(v, t, c[0]);
    slopes = simd::Pack<Real, 8>::all(4) * second;
    return slope + slope;
  }

  /// F of an element at a density, and K derivatives. Below zero, and beyond the table's last density, F goes on as a straight line.
  template <int K>
  [[nodiscard]] Jet<K> embedding(int a, double density) const {
    const Embedding& f = embedding_[static_cast<std::size_t>(a)];
    if constexpr (K == 1)
      if (density > f.low && density < f.function.end) {  // the same, found without a search
        const double q = std::sqrt(density);
        const Spline& spline = f.function.spline;
        std::size_t piece = f.piece[static_cast<std::size_t>(q * f.scale)];
        while (q >= spline.knots[piece + 1] && piece + 2 < spline.knots.size()) ++piece;
        const auto g = jet<1>(spline.pieces[piece], q - spline.knots[piece]);
        return {g[0], 0.5 / q * g[1]};
      }
    return at_density<K>(f.function, density);
  }

 private:
  using Bits = std::conditional_t<sizeof(Real) == 8, std::uint64_t, std::uint32_t>;
  static constexpr int mantissa = sizeof(Real) == 8 ? 52 : 23;

  struct Table {                // of one unordered pair of species
    std::vector<double> exact;  // [segment][power][φ, f_{b→a}, f_{a→b}, 0]
    std::vector<double> left;   // s at the left of each segment
    std::vector<Real> left_real;
    double end[4] = {0, 0, 0, 0};          // s where each lane ends
    double pair_end = 0, density_end = 0;  // Å
    std::int64_t first = 0;                // number of the first segment
  };

  struct Embedding {  // F of one element
    Conditioned function;
    std::vector<std::uint32_t> piece;  // of √ρ = k / scale
    double scale = 0, low = 0;         // no search above this density
    explicit Embedding(Conditioned f) : function(std::move(f)) {
      const auto& knots = function.spline.knots;
      const std::size_t cells = 4 * knots.size();
      scale = static_cast<double>(cells) / std::sqrt(function.end);
      for (std::size_t k = 0; k <= cells; ++k)
        piece.push_back(static_cast<std::uint32_t>(function.spline.piece_of(static_cast<double>(k) / scale * (1 - 1e-12))));
      low = 1e-14 * knots[1] * knots[1];
    }
  };

  [[nodiscard]] const Table& table_of(int a, int b) const {
    const auto low = static_cast<std::size_t>(std::min(a, b)), high = static_cast<std::size_t>(std::max(a, b)),
               n = elements_.size();
    return tables_[low * n - low * (low + 1) / 2 + high];
  }

  // Segment of s, and s from its left end.
  template <class T>
  [[nodiscard]] std::pair<std::size_t, T> segment_of(const Table& table, T s) const {
    const auto last = static_cast<std::int64_t>(table.left.size()) - 1;
    if (raw_) {
      auto k =
          std::clamp(static_cast<std::int64_t>(std::sqrt(static_cast<double>(s)) / step_) - table.first, std::int64_t{0}, last);
      if (k > 0 && static_cast<double>(s) < table.left[static_cast<std::size_t>(k)]) --k;
      return {static_cast<std::size_t>(k), static_cast<T>(static_cast<double>(s) - table.left[static_cast<std::size_t>(k)])};
    }
    const auto number = static_cast<std::int64_t>(std::bit_cast<Bits>(static_cast<Real>(s)) >> shift_);
    const auto k = static_cast<std::size_t>(std::clamp(number - table.first, std::int64_t{0}, last));
    return {k, s - static_cast<T>(table.left_real[k])};
  }

  // Number of the segment of each of eight s: adds stride · number to the offsets; returns s from the left of the segments.
  [[nodiscard, gnu::always_inline]] simd::Pack<Real, 8> segments(const simd::Pack<Real, 8>& s, std::int32_t stride,
                                                                 std::int32_t* offset) const {
    if (!raw_) return simd::segments(s, shift_, stride, offset);
    using Eight = simd::Pack<double, 8>;
    const auto at = simd::to<double>(s), step = Eight::all(step_);
    auto number = simd::trunc(simd::sqrt(at) / step);
    const auto left = [&] { return number * number * step * step; };
    number = number - simd::where_below(Eight::all(1), at, left());  // rounding may have gone up to the next
    (simd::Pack<std::int32_t, 8>::load(offset) + simd::to<std::int32_t>(number * Eight::all(stride))).store(offset);
    return simd::to<Real>(at - left());
  }

  [[nodiscard]] std::int32_t first_segment(int a, int b) const {
    return places_[static_cast<std::size_t>(a) * elements_.size() + static_cast<std::size_t>(b)];
  }

  // `at_first`: the density of the second species at the first.
  void lay_out(const Conditioned& pair, const Conditioned& at_first, const Conditioned& at_second) {
    Table table;
    const Conditioned* functions[3] = {&pair, &at_first, &at_second};
    double low = 1e300, high = 0;
    for (std::size_t l = 0; l < 3; ++l) {
      table.end[l] = functions[l]->end * functions[l]->end;
      if (functions[l]->spline.pieces.empty()) continue;
      low = std::min(low, functions[l]->spline.knots.front());
      high = std::max({high, functions[l]->spline.knots.back(), table.end[l]});
      inner_ = std::max(inner_, std::sqrt(functions[l]->spline.knots.front()));
    }
    table.pair_end = pair.end;
    table.density_end = std::max(at_first.end, at_second.end);
    if (high > 0) {
      if (raw_) {
        table.first = std::max<std::int64_t>(
            0, std::llround(std::sqrt(low) / step_) - 1);  // one more, for what rounding does at the inner radius
        for (auto k = table.first; static_cast<double>(k) * step_ < std::sqrt(high) - 0.5 * step_; ++k)
          table.left.push_back(static_cast<double>(k * k) * step_ * step_);
      } else {
        const auto number = [&](double s) {
          return static_cast<std::int64_t>(std::bit_cast<Bits>(static_cast<Real>(s)) >> shift_);
        };
        table.first = std::max<std::int64_t>(0, number(low) - 1);
        for (auto k = table.first; k <= number(high); ++k)
          table.left.push_back(static_cast<double>(std::bit_cast<Real>(static_cast<Bits>(k) << shift_)));
      }
    } else {
      table.left.push_back(0);
    }
    table.exact.assign(table.left.size() * 24, 0.0);
    for (std::size_t k = 0; k < table.left.size(); ++k)
      for (std::size_t l = 0; l < 3; ++l) {
        const Spline& spline = functions[l]->spline;
        const double left = table.left[k], right = k + 1 < table.left.size() ? table.left[k + 1] : high;
        if (spline.pieces.empty() || left >= std::max(spline.knots.back(), table.end[l])) continue;
        const std::size_t piece =
            spline.piece_of(0.5 * (std::max(left, spline.knots.front()) + std::min(right, spline.knots.back())));
        const auto c = shifted(spline.pieces[piece], left - spline.knots[piece]);
        for (std::size_t power = 0; power < 6; ++power) table.exact[(k * 6 + power) * 4 + l] = c[power];
      }
    table.left_real.assign(table.left.begin(), table.left.end());
    tables_.push_back(std::move(table));
  }

  // The table of a pair of species as the kernel reads it, one segment more on each side.
  void lay_out_lanes(const Table& table, bool exchange) {
    const std::size_t begin = pair_.size() / 8, count = table.left.size(), stride = static_cast<std::size_t>(stride_);
    places_.push_back(static_cast<std::int32_t>(static_cast<std::int64_t>(begin + 1) - table.first));
    const std::size_t function[8] = {0, exchange ? 2u : 1u, exchange ? 1u : 2u, 0, 3, 3, exchange ? 2u : 1u, exchange ? 1u : 2u};
    for (std::size_t k = 0; k < count + 2; ++k) {
      const std::size_t segment = std::clamp<std::size_t>(k, 1, count) - 1;
      const auto c = [&](std::size_t power, std::size_t l) {
        return power < 6 ? table.exact[(segment * 6 + power) * 4 + l] : 0.0;
      };
      for (std::size_t power = 0; power < 6; ++power)
        for (std::size_t l = 0; l < 8; ++l)
          lanes_.push_back(static_cast<Real>(l < 3 ? c(power, function[l])
                                                   : 2.0 * static_cast<double>(power + 1) * c(power + 1, function[l])));
      for (std::size_t l = 0; l < stride - 48; ++l) {  // how far from the left of the segment each lane goes
        const bool whole = segment + 1 < count && table.end[function[l]] >= table.left[segment + 1];
        lanes_.push_back(whole ? std::numeric_limits<Real>::infinity()
                               : static_cast<Real>(static_cast<Real>(table.end[function[l]]) - table.left_real[segment]));
      }
      for (std::size_t power = 0; power < 8; ++power) pair_.push_back(static_cast<Real>(c(power, 0)));
    }
  }

  std::vector<std::string> elements_;
  std::vector<double> masses_;
  bool raw_;
  double step_, inner_ = 0;
  int shift_;
  std::int32_t stride_ = 48;  // numbers a segment in lanes_: six rows, a seventh where lanes must be cut
  std::vector<Table> tables_;
  simd::AlignedVector<Real> lanes_;   // [pair of species in this order][segment][power; cut][the eight lanes]
  simd::AlignedVector<Real> pair_;    // [pair of species in this order][segment][power of φ; 0, 0]
  std::vector<std::int32_t> places_;  // of each pair of species, the segment that would have number 0
  std::vector<Embedding> embedding_;
  std::vector<Residual> residuals_;
};

static_assert(KernelReady<EamFunctions<double>, double> && KernelReady<EamFunctions<float>, float>);

/// A tabulated EAM or Finnis–Sinclair potential: EamSplines<Double> potential(read_setfl(file)).
template <Precision P = Double, Executor E = Serial>
class EamSplines : public ShortRange<EamFunctions<typename P::Real>, P, E> {
 public:
  using Functions = EamFunctions<typename P::Real>;
  explicit EamSplines(const Setfl& table, const Conditioning& how = {}, E executor = E{}, double skin_A = 1.0)
      : ShortRange<Functions, P, E>(Functions(table, how), std::move(executor), skin_A) {}
};

}  // namespace tarn
