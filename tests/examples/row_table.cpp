#include "common/row_table.hpp"

#include <doctest/doctest.h>

#include "support/vibrating.hpp"

using namespace tarn;
using namespace tarn::programs;
using namespace tarn::testing;

TEST_CASE("a row that is refused leaves no cell of it behind") {
  RowTable table({"name", "value", "error"});
  table.add("first", 1.5, 2);
  CHECK(refuses([&] { table.add("second", 2.5, NAN); }, "not a finite number"));
  CHECK(refuses([&] { table.add("second", 2.5); }, "2 cells in a table of 3"));
  table.add("third", 3.5, 4);
  RowTable more = table.without_rows();
  more.add("fourth", 5.5, 6);
  table.append(more);
  CHECK(refuses([&] { table.append(RowTable({"name"})); }, "other columns"));
  CHECK(format_csv(table.csv()) == "name,value,error\nfirst,1.5,2\nthird,3.5,4\nfourth,5.5,6\n");
}
