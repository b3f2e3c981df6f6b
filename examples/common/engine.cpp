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

std::unique_ptr<Engine> make_engine(const EngineChoice& choice) {
  const OpenMP executor(choice.threads);
  const auto source = read_potential(choice.potential, choice.raw_table);
  if (choice.precision == "double") return make_double_engine(source, executor);
  const auto evaluator = [](auto potential, Json noise) -> std::unique_ptr<Engine> {
    return std::make_unique<EngineOf<decltype(potential)>>(std::move(potential), std::move(noise));
  };
  if (choice.precision == "mixed") return with_potential<Mixed>(source, executor, evaluator);
  if (choice.precision == "single") return with_potential<Single>(source, executor, evaluator);
  throw Error("no precision '", choice.precision, "': there are double, mixed, single");
}

}  // namespace tarn::programs
