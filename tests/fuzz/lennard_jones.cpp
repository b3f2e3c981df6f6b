// The JSON of --potential lj:FILE.

#include "common/potentials.hpp"

#include "fuzz/law.hpp"

using namespace tarn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const fuzz::MemoryFile file(bytes, size);
  const auto source = fuzz::value_or_error([&] { return programs::read_potential("lj:" + file.path().string(), false); });
  if (!source) return 0;
  const auto& functions = std::get<programs::LennardJonesSource>(*source).functions;
  const int count = static_cast<int>(functions.elements().size());
  for (int a = 0; a < count; ++a)
    for (int b = 0; b < count; ++b)
      fuzz::require(functions.pair_reach(a, b) > 0 && functions.pair_reach(a, b) == functions.pair_reach(b, a),
                    "a potential that is read has a reach");
  return 0;
}
