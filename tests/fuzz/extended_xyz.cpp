#include "tarn/io/extended_xyz.hpp"

#include "fuzz/law.hpp"
#include "tarn/io/write_extended_xyz.hpp"

using namespace tarn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto read = [](const std::string& text, std::ptrdiff_t frame = -1) {
    TextReader reader("glass.extxyz", text);
    return read_extended_xyz(reader, frame);
  };
  (void)fuzz::value_or_error([&] { return read(fuzz::text_of(bytes, size), 0); });
  const auto frame = fuzz::value_or_error([&] { return read(fuzz::text_of(bytes, size)); });
  if (!frame) return 0;
  const auto text = fuzz::value_or_error([&] { return format_extended_xyz(frame->sample, frame->info); });
  if (!text) return 0;
  const Frame again = read(*text);
  fuzz::require_same(frame->sample, again.sample);
  fuzz::require(frame->info == again.info, "what else the comment line says reads back", *text);
  return 0;
}
