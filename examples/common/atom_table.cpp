#include "common/atom_table.hpp"

#include <filesystem>
#include <map>

#include "tarn/core/error.hpp"

namespace tarn::programs {

ColumnName parse_column(const std::string& text) {
  std::error_code ignored;
  const auto colon = text.rfind(':');
  if (std::filesystem::exists(text, ignored) || colon == text.npos || colon == 0) return {text, ""};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

AtomTable::AtomTable(const std::string& path, const Sample& sample) : path_(path), table_(read_csv(path)), sample_(sample) {
  const auto ids = table_.integers("id");
  std::map<std::int64_t, Eigen::Index> row_of;
  for (std::size_t k = 0; k < ids.size(); ++k)
    if (!row_of.emplace(ids[k], static_cast<Eigen::Index>(k)).second) throw Error(path, ": two rows for atom ", ids[k]);
  const std::string other =
      ": this table is of another sample; compute it from this one, or name the sample that it was computed from";
  std::size_t found = 0;
  for (const std::int64_t id : sample.ids) {
    const auto at = row_of.find(id);
    row_.push_back(at == row_of.end() ? -1 : at->second);
    found += at != row_of.end();
  }
  if (found != ids.size())
    throw Error(path, ": has ", ids.size(), " atoms, and only ", found, " of their ids are among the ", sample.size(),
                " of the sample", other);
  if (found == 0) throw Error(path, ": has no rows");
  if (table_.has("element")) {
    const auto elements = table_.texts("element");
    for (Eigen::Index i = 0; i < sample.size(); ++i) {
      const Eigen::Index row = row_[static_cast<std::size_t>(i)];
      if (row >= 0 && elements[static_cast<std::size_t>(row)] != sample.element(i))
        throw Error(path, ": atom ", sample.ids[static_cast<std::size_t>(i)], " is ", elements[static_cast<std::size_t>(row)],
                    ", in the sample it is ", sample.element(i), other, "; names of types are given by --elements");
    }
  }
  if (table_.has("x_A") && table_.has("y_A") && table_.has("z_A")) {
    const Vector x = table_.numbers("x_A"), y = table_.numbers("y_A"), z = table_.numbers("z_A");
    for (Eigen::Index i = 0; i < sample.size(); ++i) {
      const Eigen::Index row = row_[static_cast<std::size_t>(i)];
      if (row < 0) continue;
      const Vec3 off = sample.cell.nearest_image(Vec3(x[row], y[row], z[row]) - sample.positions.col(i));
      if (off.norm() > 0.1)
        throw Error(path, ": atom ", sample.ids[static_cast<std::size_t>(i)], " is ", off.norm(),
                    " Å from its place in the sample", other);
    }
  }
}

std::vector<std::optional<double>> AtomTable::values(const std::string& column) const {
  const auto rows = table_.optional_numbers(column);
  std::vector<std::optional<double>> out;
  for (const Eigen::Index row : row_) out.push_back(row < 0 ? std::nullopt : rows[static_cast<std::size_t>(row)]);
  return out;
}

Vector AtomTable::all_values(const std::string& column) const {
  const auto some = values(column);
  Vector out(sample_.size());
  for (std::size_t i = 0; i < some.size(); ++i) {
    if (!some[i]) throw Error(path_, ": column ", column, " has no value for atom ", sample_.ids[i], ": every atom needs one");
    out[static_cast<Eigen::Index>(i)] = *some[i];
  }
  return out;
}

CsvTable table_of_atoms(const Sample& sample) {
  std::vector<std::string> elements;
  for (Eigen::Index i = 0; i < sample.size(); ++i) elements.push_back(sample.element(i));
  return CsvTable().add("id", sample.ids).add("element", elements).add({"x_A", "y_A", "z_A"}, sample.positions);
}

void require_spread(const Vector& values, const std::string& what) {
  if (values.size() > 0 && values.maxCoeff() == values.minCoeff())
    throw Error(what, ": all ", values.size(), " values are ", values[0], ": a constant has no correlation");
}

}  // namespace tarn::programs
