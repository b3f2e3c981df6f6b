// Precisions, and the engines that only evaluate.

#include "common/engine.hpp"

#include "common/engine_double.hpp"
#include "common/engine_of.hpp"
#include "common/potentials.hpp"

namespace tarn::programs {

const std::vector<std::string>& precision_names() {
  static const std::vector<std::string> names{"double", "mixed", "single"};
  return names;
}

namespace {

std::unique_ptr<Engine> engine_of(const PotentialSource& source, const EngineChoice& choice, const OpenMP& executor) {
  if (choice.precision == "double") return make_double_engine(source, executor);
  const auto evaluator = [](auto potential, Json noise) -> std::unique_ptr<Engine> {
    return std::make_unique<EngineOf<decltype(potential)>>(std::move(potential), std::move(noise));
  };
  if (choice.precision == "mixed") return with_potential<Mixed>(source, executor, evaluator);
  if (choice.precision == "single") return with_potential<Single>(source, executor, evaluator);
  throw Error("no precision '", choice.precision, "': there are double, mixed, single");
}

}  // namespace

std::unique_ptr<Engine> make_engine(const EngineChoice& choice) {
  const OpenMP executor(choice.threads);
  const auto source = read_potential(choice.potential, choice.raw_table);
  auto engine = [&] {
    try {
      return engine_of(source, choice, executor);
    } catch (const Error& problem) {
      throw Error(choice.potential, ": ", problem.what());
    }
  }();
  if (const auto* lennard_jones = std::get_if<LennardJonesSource>(&source)) engine->reduced = lennard_jones->reduced;
  return engine;
}

}  // namespace tarn::programs
