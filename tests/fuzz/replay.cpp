// The fuzzers' inputs once more, without libFuzzer and so with any compiler: each file of corpus/ through its reader, whole, and cut in half.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using Reader = int(const std::uint8_t*, std::size_t);

int replayed = 0;

void replay(const char* name, Reader* reader) {
  for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(TARN_FUZZ_CORPUS) / name)) {
    std::printf("%s\n", file.path().c_str());  // the last one is what broke a law
    std::fflush(stdout);
    std::ifstream bytes(file.path(), std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(bytes), {});
    for (const std::size_t size : {text.size(), text.size() / 2})
      (void)reader(reinterpret_cast<const std::uint8_t*>(text.data()), size);
    ++replayed;
  }
}

}  // namespace

// readers.inc, made by CMake: READER(csv) and so on
#define READER(name) extern "C" Reader fuzz_##name;
#include "readers.inc"
#undef READER

int main() {
#define READER(name) replay(#name, fuzz_##name);
#include "readers.inc"
#undef READER
  return replayed > 0 ? 0 : 1;
}
