#pragma once
// The engine in double precision: what minimises and has modes.

#include <memory>

#include "common/engine.hpp"
#include "common/potentials.hpp"

namespace tarn::programs {

[[nodiscard]] std::unique_ptr<Engine> make_double_engine(const PotentialSource& source, const OpenMP& executor);

}  // namespace tarn::programs
