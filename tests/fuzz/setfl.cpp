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
  const auto require_numbers = [](const std::optional<Conditioned>& function) {
    if (!function) return;
    for (const Quintic& piece : function->spline.pieces)
      for (const double c : piece) fuzz::require(std::isfinite(c), "a conditioned function is made of numbers");
  };
  for (const bool raw : {true, false}) {
    Conditioning how;
    how.raw = raw;
    require_numbers(fuzz::value_or_error(
        [&] { return condition_radial("phi", table->pair[0], table->radius_step_A, table->cutoff_A, how); }));
    require_numbers(
        fuzz::value_or_error([&] { return condition_embedding("F", table->embedding[0], table->density_step, how); }));
  }
  return 0;
}
