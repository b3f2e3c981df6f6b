#include "tarn/io/lammps_dump.hpp"

#include "fuzz/law.hpp"
#include "tarn/io/extended_xyz.hpp"
#include "tarn/io/write_extended_xyz.hpp"

using namespace tarn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text = fuzz::text_of(bytes, size);
  const auto read = [&](std::ptrdiff_t frame, const std::vector<std::string>& elements) {
    return fuzz::value_or_error([&] {
      TextReader reader("glass.dump", text);
      return read_lammps_dump(reader, frame, elements);
    });
  };
  (void)read(0, {"Cu", "Zr"});
  const auto sample = read(-1, {});
  if (!sample) return 0;
  sample->check();
  // extended XYZ holds all of it but numbers that stand for names, unless it says why not
  const auto written = fuzz::value_or_error([&] { return format_extended_xyz(*sample); });
  if (!written) return 0;
  TextReader reader("again.extxyz", *written);
  const Sample again = read_extended_xyz(reader).sample;
  fuzz::require(again.positions == sample->positions && again.ids == sample->ids, "positions and ids read back", *written);
  fuzz::require(again.cell.vectors == sample->cell.vectors && again.cell.origin == sample->cell.origin &&
                    again.cell.periodic == sample->cell.periodic,
                "the cell reads back", *written);
  fuzz::require(again.masses.size() == sample->masses.size() && again.masses == sample->masses, "masses read back", *written);
  fuzz::require(again.fields.size() == sample->fields.size(), "fields read back", *written);
  for (const auto& [name, values] : sample->fields)
    fuzz::require(again.fields.count(name) == 1 && again.fields.at(name) == values, "fields read back", name);
  for (Eigen::Index i = 0; i < again.size(); ++i)
    fuzz::require(!is_named(sample->element(i)) || again.element(i) == sample->element(i), "names of species read back",
                  *written);
  return 0;
}
