#pragma once
// A table that is filled row by row.

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "tarn/core/error.hpp"
#include "tarn/core/text.hpp"
#include "tarn/io/csv.hpp"

namespace tarn::programs {

class RowTable {
 public:
  explicit RowTable(std::vector<std::string> names) : names_(std::move(names)), cells_(names_.size()) {}

  /// One cell a column: texts and numbers.
  template <class... Cells>
  void add(const Cells&... cells) {
    if (sizeof...(cells) != names_.size())
      throw Error("a row of ", sizeof...(cells), " cells in a table of ", names_.size(), " columns");
    std::size_t column = 0;
    (cells_[column++].push_back(text(cells)), ...);
  }
  [[nodiscard]] CsvTable csv() const {
    CsvTable table;
    for (std::size_t k = 0; k < names_.size(); ++k) table.add(names_[k], cells_[k]);
    return table;
  }

 private:
  template <class Cell>
  static std::string text(const Cell& cell) {
    if constexpr (std::is_arithmetic_v<Cell>) {
      if (!std::isfinite(static_cast<double>(cell))) throw Error("a result is not a finite number: ", cell);
      std::string out;
      append_number(out, cell);
      return out;
    } else {
      return std::string(cell);
    }
  }
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> cells_;
};

}  // namespace tarn::programs
