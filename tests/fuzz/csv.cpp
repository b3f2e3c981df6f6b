#include "tarn/io/csv.hpp"

#include "fuzz/law.hpp"

using namespace tarn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto read = [](const std::string& text) {
    TextReader reader("table.csv", text);
    return read_csv(reader);
  };
  const auto table = fuzz::value_or_error([&] { return read(fuzz::text_of(bytes, size)); });
  if (!table) return 0;
  (void)fuzz::value_or_error([&] { return table->numbers("no such column"); });
  const CsvTable again = read(format_csv(*table));
  fuzz::require(again.rows() == table->rows() && again.columns() == table->columns(), "the shape of a table reads back");
  for (std::size_t k = 0; k < table->columns(); ++k) {
    const std::string& name = table->name(k);
    fuzz::require(again.name(k) == name && again.texts(name) == table->texts(name), "cells read back", name);
    (void)fuzz::value_or_error([&] { return table->numbers(name); });
    (void)fuzz::value_or_error([&] { return table->integers(name); });
    (void)fuzz::value_or_error([&] { return table->optional_numbers(name); });
  }
  return 0;
}
