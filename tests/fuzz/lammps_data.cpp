#include "tarn/io/lammps_data.hpp"

#include "fuzz/law.hpp"
#include "tarn/io/write_lammps_data.hpp"

using namespace tarn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto read = [](const std::string& text) {
    TextReader reader("glass.data", text);
    return read_lammps_data(reader);
  };
  const auto sample = fuzz::value_or_error([&] { return read(fuzz::text_of(bytes, size)); });
  if (!sample) return 0;
  // names without masses need labels, which not every name can be: then they are read back as numbers
  const auto text = fuzz::value_or_error([&] { return format_lammps_data(*sample, {.type_labels = true}); });
  const auto plain = text ? text : fuzz::value_or_error([&] { return format_lammps_data(*sample); });
  if (!plain) return 0;
  std::optional<Sample> again;
  try {
    again = read(*plain);
  } catch (const Error& error) {  // a cell so thin that the rounding of a bound flattens it; nothing else is excused
    fuzz::require(std::string_view(error.what()).find("the cell is singular") != std::string_view::npos,
                  "what is written is read", error.what());
    return 0;
  }
  const Sample turned = restricted(*sample);
  if (text) fuzz::require_same(turned, *again, false);
  fuzz::require(turned.positions == again->positions && turned.ids == again->ids, "positions and ids read back");
  return 0;
}
