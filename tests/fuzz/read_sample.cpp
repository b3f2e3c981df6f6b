#include "fuzz/law.hpp"
#include "tarn/io/sample.hpp"
#include "tarn/io/write_extended_xyz.hpp"

using namespace tarn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto sample = fuzz::value_or_error([&] {
    TextReader reader("glass", fuzz::text_of(bytes, size));
    return read_sample(reader, {}, size % 2 ? -1 : 0);
  });
  if (!sample) return 0;
  sample->check();
  // whatever it was, extended XYZ holds all of it, unless it says why not
  const auto text = fuzz::value_or_error([&] { return format_extended_xyz(*sample); });
  if (!text) return 0;
  TextReader reader("again", *text);
  const Sample again = read_sample(reader);
  fuzz::require(again.positions == sample->positions && again.ids == sample->ids, "positions and ids read back", *text);
  for (Eigen::Index i = 0; i < again.size(); ++i)
    fuzz::require(!is_named(sample->element(i)) || again.element(i) == sample->element(i), "names of species read back", *text);
  return 0;
}
