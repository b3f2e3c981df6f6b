#pragma once
// The Engine of one potential type. Included by the files that each compile one family of them.

#include <algorithm>
#include <chrono>
#include <concepts>
#include <utility>
#include <vector>

#include "common/engine.hpp"
#include "tarn/core/openmp.hpp"
#include "tarn/potential/potential.hpp"

namespace tarn::programs {

/// What an engine asks of a potential beyond evaluation.
template <class P>
concept EnginePotential = Potential<P> && requires(const P& potential) {
  { potential.masses() } -> std::convertible_to<std::vector<double>>;
  { potential.executor().threads() } -> std::convertible_to<int>;
};

/// Evaluation; what needs double precision is added by DoubleEngine.
template <EnginePotential P>
class EngineOf : public Engine {
 public:
  EngineOf(P potential, Json noise) : potential_(std::move(potential)), noise_(std::move(noise)) {}

  [[nodiscard]] std::vector<std::string> elements() const override { return potential_.elements(); }
  [[nodiscard]] std::vector<double> masses() const override { return potential_.masses(); }
  [[nodiscard]] Json table_noise() const override { return noise_; }
  [[nodiscard]] int threads() const override { return potential_.executor().threads(); }
  [[nodiscard]] Evaluation evaluate(const Sample& sample) const override { return tarn::evaluate(sample, potential_); }

  [[nodiscard]] double force_us_per_atom(const Sample& sample) const override {
    using Clock = std::chrono::steady_clock;
    auto workspace = potential_.workspace(sample);
    (void)potential_.evaluate(sample, workspace);
    std::vector<double> times;
    for (const auto begin = Clock::now();
         times.size() < 5 || (Clock::now() - begin < std::chrono::seconds(2) && times.size() < 1000);) {
      const auto from = Clock::now();
      (void)potential_.evaluate(sample, workspace);
      times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - from).count());
    }
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    return times[times.size() / 2] / static_cast<double>(sample.size());
  }
  [[nodiscard]] Relaxed relax(const Sample&, const ProgressCallback&) const override {
    throw Error("minimising needs --precision double");
  }
  [[nodiscard]] Modes modes(const Sample&, const std::string&, const Selection&, std::uint64_t) const override {
    throw Error("modes need --precision double");
  }
  [[nodiscard]] AnySearcher searcher(const Sample&, const SearchChoice&) const override {
    throw Error("searches for saddles need --precision double");
  }
  [[nodiscard]] Matrix hessian(const Sample&) const override { throw Error("a Hessian needs --precision double"); }

 protected:
  P potential_;
  Json noise_;
};

}  // namespace tarn::programs
