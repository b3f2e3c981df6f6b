#include "support/potentials.hpp"

namespace tarn {
template class EamFunctions<double>;
template class EamFunctions<float>;
template class ShortRange<EamFunctions<double>, Double>;
template class ShortRange<EamFunctions<double>, Double, OpenMP>;
template class ShortRange<EamFunctions<float>, Mixed>;
template class ShortRange<EamFunctions<float>, Single>;
template class ShortRange<LennardJonesFunctions, Double>;
template class ShortRange<LennardJonesFunctions, Double, OpenMP>;
template class ShortRange<LennardJonesFunctions, Mixed>;
}  // namespace tarn
