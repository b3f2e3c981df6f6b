#pragma once
// Per-atom columns of a CSV, brought into the order of a sample: by the column id.

#include <optional>
#include <string>
#include <vector>

#include "tarn/atoms/sample.hpp"
#include "tarn/io/csv.hpp"

namespace tarn::programs {

/// FILE or FILE:COLUMN: a path that exists is taken whole, colons and all.
struct ColumnName {
  std::string file, column;  ///< the column may be empty
};
[[nodiscard]] ColumnName parse_column(const std::string& text);

class AtomTable {
 public:
  /// Throws Error where the file cannot be read or has no id column, an id is given twice, or it is a table of another sample: other ids, elements, or
  /// positions (columns element, x_A, y_A, z_A, where it has them) that differ by more than 0.1 Å from those of the sample or their images.
  AtomTable(const std::string& path, const Sample& sample);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool has(const std::string& column) const { return table_.has(column); }
  /// The values of the sample's atoms; none where the table has no row for an atom or its cell is empty. Throws Error where there is no such column (it
  /// lists those there are), or a cell is no number.
  [[nodiscard]] std::vector<std::optional<double>> values(const std::string& column) const;
  /// The same where every atom must have one.
  [[nodiscard]] Vector all_values(const std::string& column) const;

 private:
  std::string path_;
  CsvTable table_;
  const Sample& sample_;
  std::vector<Eigen::Index> row_;  // of each atom; -1: none
};

/// The first columns of every table of atoms: id, element, x_A, y_A, z_A.
[[nodiscard]] CsvTable table_of_atoms(const Sample& sample);

/// Throws Error where all are the same.
void require_spread(const Vector& values, const std::string& what);

}  // namespace tarn::programs
