#include "tarn/potential/setfl.hpp"

#include "fuzz/law.hpp"
#include "tarn/potential/conditioning.hpp"

using namespace tarn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto table = fuzz::value_or_error([&] {
    TextReader reader("table.eam.fs", fuzz::text_of(bytes, size));
    return read_setfl(reader);
  });
  if (!table) return 0;
  // the first step of whoever uses it, raw and smoothed
  for (const bool raw : {true, false}) {
    Conditioning how;
    how.raw = raw;
    (void)fuzz::value_or_error(
        [&] { return condition_radial("phi", table->pair[0], table->radius_step_A, table->cutoff_A, how); });
    (void)fuzz::value_or_error([&] { return condition_embedding("F", table->embedding[0], table->density_step, how); });
  }
  return 0;
}
