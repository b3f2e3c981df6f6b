#include "tarn/io/lammps_dump.hpp"

#include "fuzz/law.hpp"

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
  if (const auto sample = read(-1, {})) sample->check();
  return 0;
}
