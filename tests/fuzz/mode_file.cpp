#include "tarn/io/mode_file.hpp"

#include "fuzz/law.hpp"

using namespace tarn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const fuzz::MemoryFile file(bytes, size);
  const auto modes = fuzz::value_or_error([&] { return read_mode_file(file.path()); });
  if (modes)
    fuzz::require(size == 128 + sizeof(double) * static_cast<std::size_t>(modes->vectors.size()) && modes->vectors.allFinite(),
                  "a file of modes is as long as its header says, and all numbers");
  return 0;
}
