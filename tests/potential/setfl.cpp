#include "tarn/potential/setfl.hpp"

#include <doctest/doctest.h>

#include "support/samples.hpp"

using namespace tarn;
using testing::Invented;

namespace {
Setfl read(std::string text) {
  TextReader reader("table", std::move(text));
  return read_setfl(reader);
}
std::string lines(const std::string& text, int count) {
  std::size_t at = 0;
  for (int i = 0; i < count; ++i) at = text.find('\n', at) + 1;
  return text.substr(0, at);
}
}  // namespace

TEST_CASE("eam.fs: blocks in LAMMPS's order, cross densities told apart") {
  const Setfl t = read(Invented::table());
  CHECK(t.elements == std::vector<std::string>{"P", "Q"});
  CHECK(t.masses == std::vector<double>{20, 33});
  const int k = 1500;
  const double r = k * t.radius_step_A;
  for (int a = 0; a < 2; ++a) {
    CHECK(t.embedding[static_cast<std::size_t>(a)][1500] == doctest::Approx(Invented::embedding(a, 15)));
    for (int b = 0; b < 2; ++b) {
      CHECK(t.density[static_cast<std::size_t>(2 * a + b)][k] == doctest::Approx(Invented::density(a, b, r)));
      CHECK(t.pair[static_cast<std::size_t>(2 * a + b)][k] == doctest::Approx(r * Invented::phi(a, b, r)));
    }
  }
  CHECK(t.density[1][k] != doctest::Approx(t.density[2][k]));
}

TEST_CASE("eam.alloy is told by its length: one density an element") {
  const Setfl t = read(Invented::table(true));
  CHECK(t.density[0] == t.density[1]);
  CHECK(t.density[2] == t.density[3]);
  CHECK(t.density[2][1000] == doctest::Approx(Invented::density(1, 0, 1000 * t.radius_step_A)));
}

TEST_CASE("Windows line ends, a UTF-8 mark and Fortran exponents are read") {
  std::string text = Invented::table(false, 61);
  const Setfl plain = read(text);
  for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos; at += 2) text.insert(at, "\r");
  for (char& c : text)
    if (c == 'e' && text.find("invented") + 3 != static_cast<std::size_t>(&c - text.data())) c = 'D';
  const Setfl same = read("\xEF\xBB\xBF" + text);
  CHECK(same.pair == plain.pair);
  CHECK(same.density == plain.density);
}

TEST_CASE("a table cut at any line is refused, with file and line") {
  for (bool alloy : {false, true}) {
    const std::string text = Invented::table(alloy, 61);
    const int count = static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    CHECK_NOTHROW(static_cast<void>(read(text)));
    for (int n = 0; n < count - 1; ++n) {
      std::string message;
      try {
        static_cast<void>(read(lines(text, n)));
      } catch (const Error& error) {
        message = error.what();
      }
      REQUIRE_MESSAGE(message.starts_with("table"), "cut after ", n, " lines: ", message);
    }
  }
}

TEST_CASE("what is wrong in a table is named") {
  const std::string good = Invented::table(false, 61);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  const auto message = [&](const std::string& text) -> std::string {
    try {
      static_cast<void>(read(text));
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message(with("2 P Q", "2 P")) == "table:4: 2 names of elements expected, 1 found");
  CHECK(message(with("2 P Q", "2 P P")) == "table:4: element P is named twice");
  CHECK(message(with("2 P Q", "2 P \x1bQ")) == "table:4: '?Q' is not the name of an element");
  CHECK(message(with("2 P Q", "0")) == "table:4: 0 elements: 1 to 100 expected");
  CHECK(message(with("61 0.01", "x 0.01")) == "table:5: the number of densities expected, 'x' found");
  CHECK(message(with("61 0.01", "61 nan")) == "table:5: the spacing of the densities expected, 'nan' found");
  CHECK(message(with("61 0.01", "61 -0.01")) == "table:5: spacings and cut-off must be positive");
  CHECK(message(with("61 0.01", "1e30 0.01")).find("whole number from 2 to 1e8") != std::string::npos);
  CHECK(message(with(" 5.2\n", " 9.2\n")).find("lies beyond the last of the radii") != std::string::npos);
  CHECK(message(with("10 20 3.5", "10 -20 3.5")).find("the mass of P must be positive") != std::string::npos);
  CHECK(message(good + "1.5\n").find("make") != std::string::npos);  // a number too many
  CHECK_THROWS_WITH_AS(static_cast<void>(read_setfl(std::filesystem::path("/nowhere/table.eam"))),
                       doctest::Contains("/nowhere/table.eam: cannot be opened"), Error);
}

TEST_CASE("the published Cu-Zr table is read") {
  const Setfl t = read_setfl(std::filesystem::path(testing::data("CuZr_MKO2009.eam.fs")));
  CHECK(t.elements == std::vector<std::string>{"Cu", "Zr"});
  CHECK(t.cutoff_A == 7.6);
  CHECK(t.pair.back().size() == 10000);
}

TEST_CASE("three elements: pairs stand as 11 21 22 31 32 33, densities element by element") {
  std::string text = "one\ntwo\nthree\n3 A B C\n2 0.1 2 0.5 0.5\n";
  for (int a = 1; a <= 3; ++a) {
    text += std::to_string(a) + " 10 3 fcc\n0 " + std::to_string(a) + '\n';
    for (int b = 1; b <= 3; ++b) text += "0 " + std::to_string(100 + 10 * a + b) + '\n';
  }
  for (const char* pair : {"11", "21", "22", "31", "32", "33"}) text += "0 " + std::string(pair) + '\n';
  const Setfl t = read(text);
  CHECK_NOTHROW(t.check());
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = 0; b < 3; ++b) {
      CHECK(t.density[3 * a + b][1] == 111 + 10 * static_cast<double>(a) + static_cast<double>(b));
      CHECK(t.pair[3 * a + b][1] == 11 + 10 * static_cast<double>(std::max(a, b)) + static_cast<double>(std::min(a, b)));
    }
}

TEST_CASE("a table made by hand whose parts do not fit is refused") {
  const auto refuses = [](const char* what, const auto& spoil) {
    Setfl t = testing::Invented::setfl();
    CHECK_NOTHROW(t.check());
    spoil(t);
    CHECK_THROWS_WITH_AS(t.check(), doctest::Contains(what), Error);
  };
  refuses("a table without elements: read one with read_setfl", [](Setfl& t) { t = {}; });
  refuses("a table of 3 elements needs 3 masses and F, 9 densities and pairs; it has 2, 2, 4 and 4",
          [](Setfl& t) { t.elements.push_back("R"); });
  refuses("it has 2, 2, 4 and 3", [](Setfl& t) { t.pair.pop_back(); });
  refuses("the spacings and the cut-off of a table must be positive; they are 0.01, -1 and 5.2",
          [](Setfl& t) { t.radius_step_A = -1; });
  refuses("a table has a function without values", [](Setfl& t) { t.density[2].clear(); });
}
