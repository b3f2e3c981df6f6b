#pragma once
// The potentials that tests use, compiled once (potentials.cpp).

#include "tarn/core/openmp.hpp"
#include "tarn/potential/eam.hpp"
#include "tarn/potential/lennard_jones.hpp"

namespace tarn {
extern template class EamFunctions<double>;
extern template class EamFunctions<float>;
extern template class ShortRange<EamFunctions<double>, Double>;
extern template class ShortRange<EamFunctions<double>, Double, OpenMP>;
extern template class ShortRange<EamFunctions<float>, Mixed>;
extern template class ShortRange<EamFunctions<float>, Single>;
extern template class ShortRange<LennardJonesFunctions, Double>;
extern template class ShortRange<LennardJonesFunctions, Double, OpenMP>;
extern template class ShortRange<LennardJonesFunctions, Mixed>;
}  // namespace tarn
