#pragma once
// Lennard-Jones mixtures with a smooth cut-off, the Kob–Andersen set among them.
//
//   φ(x) = 4ε [u(x) − T_k(x)],  u(x) = x⁻⁶ − x⁻³,  x = (r/σ)²,  T_k the Taylor polynomial of u at the cut-off to order k.
// φ and its first k derivatives vanish at the cut-off: k = 0 shifts the energy, k = 3 is as smooth as the tables' splines need to be for third derivatives
// (the form of E. Lerner, E. Bouchbinder, J. Chem. Phys. 148, 214502 (2018), there in powers of r²).

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tarn/core/simd.hpp"
#include "tarn/potential/short_range.hpp"

namespace tarn {

/// Parameters of one pair of species.
struct LennardJonesPair {
  double epsilon_eV = 1;
  double sigma_A = 1;
  double cutoff_A = 2.5;
};

/// How a Lennard-Jones potential ends: derivatives up to this order vanish at the cut-off; −1 cuts with a jump.
struct LennardJonesEnd {
  int order = 3;
};

/// Pair functions of a Lennard-Jones mixture.
class LennardJonesFunctions {
 public:
  /// `pairs[a n + b]` of n elements, symmetric; `masses` in u. Throws Error for a parameter that is not positive, an asymmetric table, an order outside −1 … 3.
  LennardJonesFunctions(std::vector<std::string> elements, std::vector<double> masses, std::vector<LennardJonesPair> pairs,
                        LennardJonesEnd end = {})
      : elements_(std::move(elements)), masses_(std::move(masses)) {
    const std::size_t n = elements_.size();
    if (n == 0 || masses_.size() != n || pairs.size() != n * n)
      throw Error("a Lennard-Jones mixture of ", n, " elements needs ", n, " masses and ", n * n, " pairs, ", masses_.size(),
                  " and ", pairs.size(), " given");
    if (end.order < -1 || end.order > 3)
      throw Error("a Lennard-Jones potential can end with order -1 to 3, ", end.order, " given");
    for (std::size_t a = 0; a < n; ++a) {
      if (!(masses_[a] > 0)) throw Error("the mass of ", elements_[a], " must be positive, ", masses_[a], " given");
      for (std::size_t b = 0; b < n; ++b) {
        const auto& p = pairs[a * n + b];
        const auto& q = pairs[b * n + a];
        if (!(p.epsilon_eV > 0 && p.sigma_A > 0 && p.cutoff_A > 0 && std::isfinite(p.epsilon_eV + p.sigma_A + p.cutoff_A)))
          throw Error("epsilon, sigma and cut-off of ", elements_[a], '-', elements_[b], " must be positive");
        if (p.epsilon_eV != q.epsilon_eV || p.sigma_A != q.sigma_A || p.cutoff_A != q.cutoff_A)
          throw Error("the parameters of ", elements_[a], '-', elements_[b], " differ from those of ", elements_[b], '-',
                      elements_[a]);
        Term term{
            4 * p.epsilon_eV, 1 / (p.sigma_A * p.sigma_A), p.cutoff_A, p.cutoff_A * p.cutoff_A / (p.sigma_A * p.sigma_A), {}};
        const auto u = shape<3>(term.end);
        double factorial = 1;
        for (int k = 0; k <= end.order; factorial *= ++k)
          term.taylor[static_cast<std::size_t>(k)] = u[static_cast<std::size_t>(k)] / factorial;
        inner_ = std::max(inner_, 0.05 * p.sigma_A);
        terms_.push_back(term);
      }
    }
  }

  [[nodiscard]] const std::vector<std::string>& elements() const { return elements_; }
  [[nodiscard]] const std::vector<double>& masses() const { return masses_; }
  [[nodiscard]] double pair_reach(int a, int b) const { return term_of(a, b).cutoff; }
  [[nodiscard]] double density_reach(int, int) const { return 0; }
  [[nodiscard]] double inner_reach() const { return inner_; }

  template <int K>
  [[nodiscard]] PairTerms<K> terms(int a, int b, double s) const {
    const Term& term = term_of(a, b);
    const double x = s * term.scale;
    PairTerms<K> out;
    if (x >= term.end) return out;
    const auto u = shape<K>(x);
    const auto t = jet<K>(Quintic{term.taylor[0], term.taylor[1], term.taylor[2], term.taylor[3], 0, 0}, x - term.end);
    double power = term.factor;
    for (std::size_t k = 0; k <= K; ++k, power *= term.scale) out.pair[k] = power * (u[k] - t[k]);
    return out;
  }
  template <int K>
  [[nodiscard]] Jet<K> embedding(int, double) const {
    return {};
  }

  // What the force kernel asks (KernelReady): a key is the place of the pair in terms_; no pair has a density.
  [[nodiscard]] std::int32_t key(int, int) const { return 0; }
  [[nodiscard]] std::int32_t key_alone(int a, int b) const { return a * static_cast<int>(elements_.size()) + b; }
  template <class Real>
  void locate(std::size_t, Real*, std::int32_t*) const {}
  template <class Real>
  [[nodiscard]] simd::Pack<Real, 8> lanes(Real, std::int32_t) const {
    return simd::Pack<Real, 8>::all(0);
  }
  template <class Real>
  [[nodiscard]] simd::Pack<Real, 8> lanes(Real, std::int32_t, simd::Pack<Real, 8>& slopes) const {
    return slopes = simd::Pack<Real, 8>::all(0);
  }
  template <class Real>
  [[nodiscard, gnu::always_inline]] simd::Pack<Real, 8> alone(const simd::Pack<Real, 8>& s, const std::int32_t* key,
                                                              simd::Pack<Real, 8>& value) const {
    using Eight = simd::Pack<Real, 8>;
    const auto of = [&](const auto& member) {
      Real x[8];
      for (std::size_t l = 0; l < 8; ++l) x[l] = static_cast<Real>(member(terms_[static_cast<std::size_t>(key[l])]));
      return Eight::load(x);
    };
    const auto factor = of([](const Term&t) { return t.factor; }), scale = of([](const Term&t) { return t.scale; });
    const auto x = s * scale, beyond = x - of([](const Term&t) { return t.end; });
    const auto i = Eight::all(1) / x, i3 = i * i * i;
    auto taylor = of([](const Term&t) { return t.taylor[3]; }), slope = taylor;  // Horner's rule, with the derivative
    const auto c2 = of([](const Term&t) { return t.taylor[2]; }), c1 = of([](const Term&t) { return t.taylor[1]; }),
               c0 = of([](const Term&t) { return t.taylor[0]; });
    taylor = simd::fma(taylor, beyond, c2);
    slope = simd::fma(slope, beyond, taylor);
    taylor = simd::fma(taylor, beyond, c1);
    slope = simd::fma(slope, beyond, taylor);
    taylor = simd::fma(taylor, beyond, c0);
    const auto u = simd::fma(i3, i3, Eight::all(0) - i3), du = i * i3 * simd::fma(Eight::all(-6), i3, Eight::all(3));
    value += factor * (u - taylor);
    return Eight::all(2) * factor * scale * (du - slope);
  }
  template <class Real>
  [[nodiscard]] simd::Pack<Real, 8> alone(const simd::Pack<Real, 8>& s, const std::int32_t* key, simd::Pack<Real, 8>& value,
                                          simd::Pack<Real, 8>& slopes) const {
    const auto at = s.array();
    Real second[8];
    const auto n = static_cast<std::int32_t>(elements_.size());
    for (std::size_t l = 0; l < 8; ++l)
      second[l] = static_cast<Real>(2 * terms<2>(key[l] / n, key[l] % n, static_cast<double>(at[l])).pair[2]);
    slopes = simd::Pack<Real, 8>::load(second);
    return alone(s, key, value);
  }

 private:
  struct Term {
    double factor, scale, cutoff, end;  // 4ε, 1/σ², Å, (cutoff/σ)²
    std::array<double, 4> taylor;       // of (x − end)
  };
  // x⁻⁶ − x⁻³ and its derivatives
  template <int K>
  static Jet<K> shape(double x) {
    const double i = 1 / x, i3 = i * i * i, i6 = i3 * i3;
    Jet<K> u{i6 - i3};
    if constexpr (K >= 1) u[1] = i * (-6 * i6 + 3 * i3);
    if constexpr (K >= 2) u[2] = i * i * (42 * i6 - 12 * i3);
    if constexpr (K >= 3) u[3] = i3 * (-336 * i6 + 60 * i3);
    return u;
  }
  [[nodiscard]] const Term& term_of(int a, int b) const {
    return terms_[static_cast<std::size_t>(a) * elements_.size() + static_cast<std::size_t>(b)];
  }

  std::vector<std::string> elements_;
  std::vector<double> masses_;
  std::vector<Term> terms_;
  double inner_ = 0;
};

/// A Lennard-Jones mixture as a potential.
template <Precision P = Double, Executor E = Serial>
using LennardJones = ShortRange<LennardJonesFunctions, P, E>;

/// The 80:20 glass former of W. Kob, H. C. Andersen, Phys. Rev. E 51, 4626 (1995), elements A and B. Reduced units: ε_AA is 1 eV, σ_AA 1 Å, the mass 1 u, so a
/// reduced frequency is ω / 98.2269 of that in rad/ps.
[[nodiscard]] inline LennardJonesFunctions kob_andersen(LennardJonesEnd end = {}) {
  const LennardJonesPair aa{1, 1, 2.5}, ab{1.5, 0.8, 2.0}, bb{0.5, 0.88, 2.2};
  return {{"A", "B"}, {1, 1}, {aa, ab, ab, bb}, end};
}

}  // namespace tarn
