#pragma once
// Tables as CSV (RFC 4180): one header row, then rows of cells; numbers in the fewest digits that read back bit for bit.

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tarn/core/error.hpp"
#include "tarn/core/file.hpp"
#include "tarn/core/text.hpp"
#include "tarn/core/vector.hpp"

namespace tarn {

/// Named columns of equal length. To write: `CsvTable table; table.add("omega_rad_per_ps", omega).add("element", names);`. As
/// read: numbers(name), texts(name), … A cell is empty where there is no value: add a std::optional. A NaN or an infinity is
/// refused, for no column may hold one.
class CsvTable {
 public:
  /// Adds a column from any range of numbers, bools (1, 0), texts, or optionals of these; Eigen vectors too. Throws Error where
  /// the name is taken, the length differs from the other columns', or a number is not finite.
  template <class Range>
  CsvTable& add(std::string name, const Range& values) {
    Column column{std::move(name), {}, {}};
    for (const auto& value : values) {
      append(column, value);
      column.ends.push_back(column.text.size());
    }
    return add_column(std::move(column));
  }
  /// Adds three columns, the x, y and z of vectors.
  CsvTable& add(const std::array<std::string, 3>& names, const Vectors& vectors) {
    for (std::size_t axis = 0; axis < 3; ++axis) add(names[axis], vectors.row(static_cast<Eigen::Index>(axis)));
    return *this;
  }

  [[nodiscard]] std::size_t rows() const { return columns_.empty() ? 0 : columns_[0].ends.size(); }
  [[nodiscard]] std::size_t columns() const { return columns_.size(); }
  [[nodiscard]] const std::string& name(std::size_t column) const { return columns_.at(column).name; }
  [[nodiscard]] bool has(std::string_view name) const {
    return std::ranges::find(columns_, name, &Column::name) != columns_.end();
  }
  [[nodiscard]] std::string_view cell(std::size_t row, std::size_t column) const { return columns_.at(column).cell(row); }

  /// The cells of a column as they stand. Throws Error where there is no such column.
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const {
    const Column& column = find(name);
    std::vector<std::string> out;
    for (std::size_t row = 0; row < rows(); ++row) out.emplace_back(column.cell(row));
    return out;
  }
  /// The numbers of a column. Throws Error, with file and line, where a cell is empty or no number.
  [[nodiscard]] Vector numbers(std::string_view name) const {
    const Column& column = find(name);
    Vector out(static_cast<Eigen::Index>(rows()));
    for (std::size_t row = 0; row < rows(); ++row) out[static_cast<Eigen::Index>(row)] = parse<double>(column, row, "a number");
    return out;
  }
  /// The whole numbers of a column. Throws as numbers() does.
  [[nodiscard]] std::vector<std::int64_t> integers(std::string_view name) const {
    const Column& column = find(name);
    std::vector<std::int64_t> out;
    for (std::size_t row = 0; row < rows(); ++row) out.push_back(parse<std::int64_t>(column, row, "a whole number"));
    return out;
  }
  /// The numbers of a column, none where a cell is empty. Throws Error, with file and line, where a cell is no number.
  [[nodiscard]] std::vector<std::optional<double>> optional_numbers(std::string_view name) const {
    const Column& column = find(name);
    std::vector<std::optional<double>> out;
    for (std::size_t row = 0; row < rows(); ++row)
      out.push_back(column.cell(row).empty() ? std::nullopt : std::optional(parse<double>(column, row, "a number, or nothing,")));
    return out;
  }

 private:
  friend CsvTable read_csv(TextReader& text);

  struct Column {
    std::string name, text;  // the cells, one behind the other
    std::vector<std::size_t> ends;
    [[nodiscard]] std::string_view cell(std::size_t row) const {
      const std::size_t start = row == 0 ? 0 : ends.at(row - 1);
      return std::string_view(text).substr(start, ends.at(row) - start);
    }
  };

  template <class Value>
  static void append(Column& column, const Value& value) {
    if constexpr (std::floating_point<Value>) {
      if (!std::isfinite(value))
        throw Error("column '", shown(column.name), "', row ", column.ends.size() + 1, ": ", value,
                    " is no number for a table (leave the cell empty by an optional)");
      append_number(column.text, value);
    } else if constexpr (std::same_as<Value, bool>) {
      column.text += value ? '1' : '0';
    } else if constexpr (std::integral<Value>) {
      append_number(column.text, value);
    } else if constexpr (std::convertible_to<const Value&, std::string_view>) {
      column.text += std::string_view(value);
    } else if constexpr (std::convertible_to<const Value&, bool> && !requires { value.has_value(); }) {
      column.text += static_cast<bool>(value) ? '1' : '0';  // std::vector<bool>
    } else {
      if (value.has_value()) append(column, *value);
    }
  }

  CsvTable& add_column(Column column) {
    if (column.name.empty()) throw Error("a column of a table needs a name");
    if (has(column.name)) throw Error("two columns '", shown(column.name), "' in a table");
    if (!columns_.empty() && column.ends.size() != rows())
      throw Error("column '", shown(column.name), "' has ", column.ends.size(), " rows, the table ", rows());
    columns_.push_back(std::move(column));
    return *this;
  }

  [[nodiscard]] std::string where(std::size_t row) const {
    if (file_.empty()) return "row " + std::to_string(row + 1);
    return file_ + ':' + std::to_string(lines_.at(row));
  }
  [[nodiscard]] const Column& find(std::string_view name) const {
    const auto at = std::ranges::find(columns_, name, &Column::name);
    if (at != columns_.end()) return *at;
    std::string list;
    for (const Column& column : columns_) {
      list += list.empty() ? "" : ", ";
      if (list.size() > 400) {
        list += "…";
        break;
      }
      list += shown(column.name);
    }
    throw Error(file_.empty() ? std::string("the table") : file_, ": no column '", shown(name), "': there are ", list);
  }
  template <class Number>
  [[nodiscard]] Number parse(const Column& column, std::size_t row, const char* expected) const {
    Number value{};
    if (!parse_number(column.cell(row), value))
      throw Error(where(row), ": column '", shown(column.name), "': ", expected, " expected, '", shown(column.cell(row)),
                  "' found");
    return value;
  }

  std::vector<Column> columns_;
  std::string file_;  // where it was read, and the line of each row
  std::vector<std::int64_t> lines_;
};

/// The text of a table. Cells with a comma, a quote, a line end or a blank at an end are quoted.
[[nodiscard]] inline std::string format_csv(const CsvTable& table) {
  if (table.columns() == 0) throw Error("a table without columns cannot be written");
  std::string out;
  const auto put = [&](std::string_view cell, bool first) {
    if (!first) out += ',';
    const bool quote =
        cell.find_first_of(",\"\r\n") != cell.npos ||
        (!cell.empty() && (cell.front() == ' ' || cell.back() == ' ' || cell.front() == '\t' || cell.back() == '\t')) ||
        cell.starts_with("\xEF\xBB\xBF") ||  // not to be taken for the file's mark
        (cell.empty() && table.columns() == 1);
    if (!quote) {
      out += cell;
      return;
    }
    out += '"';
    for (const char c : cell) {
      if (c == '"') out += c;
      out += c;
    }
    out += '"';
  };
  for (std::size_t column = 0; column < table.columns(); ++column) put(table.name(column), column == 0);
  out += '\n';
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (std::size_t column = 0; column < table.columns(); ++column) put(table.cell(row, column), column == 0);
    out += '\n';
  }
  return out;
}

/// Writes the table, whole or not at all. Throws Error.
inline void write_csv(const std::filesystem::path& path, const CsvTable& table) { write_file(path, format_csv(table)); }

/// Reads a table: quoted cells, Windows line ends, blanks around a cell that is not quoted (dropped), blank lines at the end.
/// Throws Error with file and line where there is no header, two columns share a name, a row has more or fewer cells than the
/// header, or a quote is not closed.
[[nodiscard]] inline CsvTable read_csv(TextReader& reader) {
  CsvTable table;
  table.file_ = reader.name();
  std::string_view text = reader.text();
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  if (text.empty()) throw Error(reader.name(), ": is empty, a table with a header row is expected");

  std::vector<std::string> row;
  std::int64_t line = 1;
  bool header = true;
  for (std::size_t at = 0; at <= text.size();) {
    const auto fail = [&](const auto&... parts) { return Error(reader.name(), ':', line, ": ", parts...); };
    const std::int64_t row_line = line;
    std::size_t cells = 0;
    for (bool more = true; more;) {
      if (cells == row.size()) row.emplace_back();
      std::string& cell = row[cells++];
      cell.clear();
      while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
      if (at < text.size() && text[at] == '"') {
        for (++at;; ++at) {
          if (at == text.size()) {
            line = row_line;
            throw fail("a quote is not closed");
          }
          if (text[at] == '"') {
            if (at + 1 == text.size() || text[at + 1] != '"') break;
            ++at;
          }
          if (text[at] == '\n') ++line;
          cell += text[at];
        }
        ++at;
        while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')) ++at;
        if (at < text.size() && text[at] != ',' && text[at] != '\n')
          throw fail("text behind a closing quote: '", shown(text.substr(at, text.find('\n', at) - at)), "'");
      } else {
        const std::size_t end = std::min(text.find_first_of(",\n", at), text.size());
        cell = text.substr(at, end - at);
        while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t' || cell.back() == '\r')) cell.pop_back();
        at = end;
      }
      more = at < text.size() && text[at] == ',';
      ++at;
    }
    if (header) {
      header = false;
      std::set<std::string_view> seen;
      for (std::size_t k = 0; k < cells; ++k) {
        if (row[k].empty()) throw fail("column ", k + 1, " of the header has no name");
        if (!seen.insert(row[k]).second) throw fail("two columns '", shown(row[k]), "'");
        table.columns_.push_back({row[k], {}, {}});
      }
    } else {
      if (cells != table.columns_.size())
        throw Error(reader.name(), ':', row_line, ": ", cells, " cells, the header has ", table.columns_.size());
      for (std::size_t k = 0; k < cells; ++k) {
        table.columns_[k].text += row[k];
        table.columns_[k].ends.push_back(table.columns_[k].text.size());
      }
      table.lines_.push_back(row_line);
    }
    ++line;
  }
  return table;
}
/// The same from a file.
[[nodiscard]] inline CsvTable read_csv(const std::filesystem::path& path) {
  TextReader text(path);
  return read_csv(text);
}

}  // namespace tarn
