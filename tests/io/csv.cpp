#include "tarn/io/csv.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>
#include <random>

#include "io/damage.hpp"

using namespace tarn;
using namespace tarn::testing;

namespace {
CsvTable read(const std::string& text) {
  TextReader reader("table.csv", text);
  return read_csv(reader);
}
}  // namespace

TEST_CASE("every kind of column") {
  CsvTable table;
  const Vectors positions = (Vectors(3, 2) << 1, 2, 3, 4, 5, 6).finished();
  table.add("id", std::vector<std::int64_t>{7, -9})
      .add("element", std::vector<std::string>{"Cu", "Zr"})
      .add({"x_A", "y_A", "z_A"}, positions)
      .add("omega_rad_per_ps", Vector(Eigen::Vector2d(0.1, -2e-300)))
      .add("barrier_eV", std::vector<std::optional<double>>{std::nullopt, 0.25})
      .add("own", std::vector<bool>{true, false})
      .add("twice", 2 * positions.row(0));
  CHECK(format_csv(table) ==
        "id,element,x_A,y_A,z_A,omega_rad_per_ps,barrier_eV,own,twice\n"
        "7,Cu,1,3,5,0.1,,1,2\n"
        "-9,Zr,2,4,6,-2e-300,0.25,0,4\n");
  CHECK(table.rows() == 2);
  CHECK(table.columns() == 9);
  CHECK(table.numbers("z_A") == Vector(Eigen::Vector2d(5, 6)));
}

TEST_CASE("numbers read back bit for bit") {
  std::mt19937_64 random(11);
  std::vector<double> values{0.0,
                             -0.0,
                             1.0 / 3,
                             std::numeric_limits<double>::max(),
                             std::numeric_limits<double>::denorm_min(),
                             1e22,
                             123456789012345678.0};
  while (values.size() < 5000) {
    const std::uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) values.push_back(value);
  }
  CsvTable table;
  table.add("value", values);
  const Vector back = read(format_csv(table)).numbers("value");
  CHECK(std::memcmp(back.data(), values.data(), values.size() * sizeof(double)) == 0);
}

TEST_CASE("cells with commas, quotes, line ends and blanks; no value") {
  const std::vector<std::string> cells{"plain", "", "a,b", "say \"no\"", "two\nlines", " blank ", "\"", "\r\n", "é"};
  CsvTable one, two;
  one.add("cell", cells);
  two.add("a,\"b\"", cells).add("other", cells);
  CHECK(read(format_csv(CsvTable().add("\xEF\xBB\xBFmarked", cells))).texts("\xEF\xBB\xBFmarked") == cells);
  CHECK(read(format_csv(one)).texts("cell") == cells);
  CHECK(read(format_csv(two)).texts("a,\"b\"") == cells);
  CHECK(read(format_csv(two)).texts("other") == cells);
}

TEST_CASE("files of others: Windows line ends, a mark, blanks, quoted numbers, no end of the last line") {
  const CsvTable table = read("\xEF\xBB\xBFid, energy ,name\r\n1, 0.5 ,\"Cu, hot\"\r\n \"2\" ,,x\r\n3,1D2,");
  CHECK(table.rows() == 3);
  CHECK(table.integers("id") == std::vector<std::int64_t>{1, 2, 3});
  CHECK(table.optional_numbers("energy") == std::vector<std::optional<double>>{0.5, std::nullopt, 100.0});
  CHECK(table.texts("name") == std::vector<std::string>{"Cu, hot", "x", ""});
  CHECK(table.has("energy"));
  CHECK(!table.has("Energy"));
  CHECK(read("a,b\n\n\n").rows() == 0);
}

TEST_CASE("bad input, each with its message") {
  const auto refused = [](const std::string& text) { return refusal([&] { (void)read(text); }); };
  CHECK(refused("") == "table.csv: is empty, a table with a header row is expected");
  CHECK(refused("\n\n") == "table.csv: is empty, a table with a header row is expected");
  CHECK(refused("a,b\n1\n") == "table.csv:2: 1 cells, the header has 2");
  CHECK(refused("a,b\n1,2\n\"x\ny\",2,3\n") == "table.csv:3: 3 cells, the header has 2");
  CHECK(refused("a,b\n1,2\n\n1,2\n") == "table.csv:3: 1 cells, the header has 2");
  CHECK(refused("a,a\n") == "table.csv:1: two columns 'a'");
  CHECK(refused("a,,b\n") == "table.csv:1: column 2 of the header has no name");
  CHECK(refused("a\n\"b\nc\n") == "table.csv:2: a quote is not closed");
  CHECK(refused("a\n\"b\"c\n") == "table.csv:2: text behind a closing quote: 'c'");
  CHECK(contains(refusal([] { (void)read_csv("/nowhere.csv"); }), "/nowhere.csv: cannot be opened"));
  const CsvTable table = read("a,b\n1,2\n\"\nx\",nan\n,1.5\n");
  CHECK(refusal([&] { (void)table.numbers("c"); }) == "table.csv: no column 'c': there are a, b");
  CHECK(refusal([&] { (void)table.numbers("a"); }) == "table.csv:3: column 'a': a number expected, '?x' found");
  CHECK(refusal([&] { (void)table.numbers("b"); }) == "table.csv:3: column 'b': a number expected, 'nan' found");
  CHECK(refusal([&] { (void)read("a\n1.5").integers("a"); }) == "table.csv:2: column 'a': a whole number expected, '1.5' found");
  CHECK(refusal([&] { (void)read("a,b\n1,\n").numbers("b"); }) == "table.csv:2: column 'b': a number expected, '' found");
}

TEST_CASE("names of columns in messages: on one line, and not all of ten thousand") {
  const CsvTable odd = read("\"a\nb\"\nx\n");
  CHECK(refusal([&] { (void)odd.numbers("c\n"); }) == "table.csv: no column 'c?': there are a?b");
  CHECK(refusal([&] { (void)odd.numbers("a\nb"); }) == "table.csv:3: column 'a?b': a number expected, 'x' found");
  std::string header = "k0";
  for (int k = 1; k < 10'000; ++k) header += ",k" + std::to_string(k);
  const std::string message = refusal([&] { (void)read(header).numbers("x"); });
  CHECK(message.size() < 500);
  CHECK(message.ends_with(", …"));
}

TEST_CASE("a table that does not fit together") {
  CsvTable table;
  table.add("a", std::vector<double>{1, 2});
  CHECK(refusal([&] { table.add("a", std::vector<double>{1, 2}); }) == "two columns 'a' in a table");
  CHECK(refusal([&] { table.add("b", std::vector<double>{1}); }) == "column 'b' has 1 rows, the table 2");
  CHECK(refusal([&] { table.add("", std::vector<double>{1, 2}); }) == "a column of a table needs a name");
  CHECK(contains(refusal([&] {
                   table.add("b", std::vector<double>{1, std::nan("")});
                 }),
                 "column 'b', row 2: nan is no number for a table"));
  CHECK(contains(refusal([&] {
                   table.add("b", std::vector<std::optional<double>>{1.0, HUGE_VAL});
                 }),
                 "column 'b', row 2: inf is no number"));
  CHECK(table.columns() == 1);
  CHECK(refusal([] { (void)format_csv(CsvTable{}); }) == "a table without columns cannot be written");
}

TEST_CASE("damaged tables are refused or read, never more") {
  const std::string text = "id,element,\"x, A\"\n1,Cu,0.5\n2,\"Zr \"\"a\"\"\",1.5\n3,Cu,-7e-3\n";
  check_damaged(text, [](const std::string& damaged) {
    const CsvTable table = read(damaged);
    return table.numbers("x, A").size() + static_cast<Eigen::Index>(table.texts("element").size());
  });
}
