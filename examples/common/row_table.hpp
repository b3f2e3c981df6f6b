#pragma once
// A table that is filled row by row.

#include <cmath>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tarn/core/error.hpp"
#include "tarn/core/text.hpp"
#include "tarn/io/csv.hpp"

namespace tarn::programs {

class RowTable {
 public:
  explicit RowTable(std::vector<std::string> names) : names_(std::move(names)), cells_(names_.size()) {}

  /// One cell a column: texts and numbers. Throws Error for another number of cells, and a number that is not finite; the table is then as before.
  template <class... Cells>
  void add(const Cells&... cells) {
    if (sizeof...(cells) != names_.size())
      throw Error("a row of ", sizeof...(cells), " cells in a table of ", names_.size(), " columns");
    std::vector<std::string> row{text(cells)...};  // whole, before any column has a part of it
    for (std::size_t k = 0; k < row.size(); ++k) cells_[k].push_back(std::move(row[k]));
  }
  /// A table with these columns and no rows: for rows that are to be appended all or none.
  [[nodiscard]] RowTable without_rows() const { return RowTable(names_); }
  /// The rows of another table. Throws Error where its columns have other names.
  void append(const RowTable& rows) {
    if (rows.names_ != names_) throw Error("rows of one table are appended to another with other columns");
    for (std::size_t k = 0; k < cells_.size(); ++k)
      cells_[k].insert(cells_[k].end(), rows.cells_[k].begin(), rows.cells_[k].end());
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
