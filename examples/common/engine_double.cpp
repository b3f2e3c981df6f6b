// Double precision: minimising, modes and searches.

#include "common/engine_double.hpp"

#include "common/engine_of.hpp"
#include "common/solvers.hpp"
#include "tarn/relax/minimise.hpp"
#include "tarn/vibration/dynamical_matrix.hpp"

namespace tarn::programs {

namespace {

template <EnginePotential P>
requires TwiceDifferentiable<P>
class DoubleEngine final : public EngineOf<P> {
 public:
  using SerialPotential = ShortRange<std::remove_cvref_t<decltype(std::declval<const P&>().functions())>, Double, Serial>;

  DoubleEngine(P potential, Json noise)
      : EngineOf<P>(std::move(potential), std::move(noise)),
        serial_(std::make_shared<const SerialPotential>(this->potential_.functions())) {}

  [[nodiscard]] Relaxed relax(const Sample& sample, const ProgressCallback& observer) const override {
    const Evaluation before = this->evaluate(sample);
    const Stop stop{.max_force = 1e-9};
    auto found = minimise(sample, this->potential_, Lbfgs{}, stop, observer);
    if (!found.converged() && found.max_force > 1e-6)
      throw Error("minimising ended (", name(found.outcome), ") after ", found.evaluations, " evaluations with a force of ",
                  found.max_force, ' ', this->force_unit(), ": the sample may be far from a glass");
    const auto moved = (found.sample.positions - sample.positions).colwise().norm();
    Json report = {{"method", "L-BFGS at fixed cell"},
                   {"evaluations", found.evaluations},
                   {"outcome", std::string(name(found.outcome))},
                   {"max_force_before_eV_per_A", before.max_force()},
                   {"max_force_eV_per_A", found.max_force},
                   {"energy_change_eV", found.last.energy_eV - before.energy_eV},
                   {"largest_displacement_A", moved.maxCoeff()},
                   {"rms_displacement_A", std::sqrt(moved.squaredNorm() / static_cast<double>(sample.size()))}};
    return {std::move(found.sample), std::move(report)};
  }

  [[nodiscard]] Modes modes(const Sample& sample, const std::string& solver, const Selection& selection,
                            std::uint64_t seed) const override {
    if (is_dense(solver))
      return to_modes(solve_dense(solver, dense_dynamical_matrix(sample, this->potential_), selection, this->threads()));
    const auto op = dynamical_operator(sample, this->potential_);
    return to_modes(solve_operator({op.rows(), [&](const double* x, double* y) { op.perform_op(x, y); }}, selection,
                                   translations(sample.masses), seed));
  }

  [[nodiscard]] AnySearcher searcher(const Sample& minimum, const SearchChoice& choice) const override {
    return make_searcher(minimum, serial_, choice);
  }
  [[nodiscard]] Matrix hessian(const Sample& sample) const override { return dense_hessian(sample, this->potential_); }

 private:
  std::shared_ptr<const SerialPotential> serial_;  // searches run at once, each on its thread
};

}  // namespace

std::unique_ptr<Engine> make_double_engine(const PotentialSource& source, const OpenMP& executor) {
  return with_potential<Double>(source, executor, [](auto potential, Json noise) -> std::unique_ptr<Engine> {
    return std::make_unique<DoubleEngine<decltype(potential)>>(std::move(potential), std::move(noise));
  });
}

}  // namespace tarn::programs
