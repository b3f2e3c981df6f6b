#include "tarn/core/text.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <system_error>
#include <thread>

using namespace tarn;

namespace {
template <class Number>
std::optional<Number> parsed(std::string_view word) {
  Number value{};
  return parse_number(word, value) ? std::optional(value) : std::nullopt;
}
struct Temporary {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("tarn_text_test_" + std::to_string(::getpid()));
  ~Temporary() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};
}  // namespace

TEST_CASE("lines, with their numbers, whatever ends them") {
  TextReader text("table",
                  "\xEF\xBB\xBF"
                  "one\r\ntwo\n\nfour");
  CHECK(text.where() == "table:0");
  CHECK((text.next() && text.line() == "one" && text.line_number() == 1));
  const auto place = text.place();
  CHECK((text.next() && text.line() == "two"));
  CHECK((text.next() && text.line().empty()));
  CHECK((text.next() && text.line() == "four" && text.where() == "table:4"));
  CHECK(text.bytes_left() == 0);
  CHECK(!text.next());
  CHECK(!text.next());
  CHECK(text.line().empty());
  CHECK(std::string(text.error("bad ", 7).what()) == "table:4: bad 7");
  text.go_to(place);
  CHECK(text.line() == "one");
  CHECK((text.next() && text.line() == "two" && text.line_number() == 2));
  TextReader empty("empty", "");
  CHECK(!empty.next());
}

TEST_CASE("files that cannot be read") {
  CHECK_THROWS_WITH_AS(TextReader(std::filesystem::path("/nowhere.txt")),
                       "/nowhere.txt: cannot be opened: no such file, or not readable", Error);
  CHECK_THROWS_WITH_AS(TextReader(std::filesystem::path("/tmp")), "/tmp: is a folder, a file is expected", Error);
  CHECK_THROWS_WITH_AS(TextReader(std::filesystem::path("/proc/self/mem")), "/proc/self/mem: cannot be read to its end", Error);
  CHECK(!TextReader(std::filesystem::path("/dev/null")).next());
  if (::geteuid() != 0) {  // root reads everything
    const Temporary file;
    std::ofstream(file.path) << "text";
    std::filesystem::permissions(file.path, std::filesystem::perms::none);
    CHECK_THROWS_WITH_AS(TextReader{file.path},
                         (file.path.string() + ": cannot be opened: no such file, or not readable").c_str(), Error);
  }
}

TEST_CASE("a pipe is read to its end") {
  const Temporary pipe;
  REQUIRE(::mkfifo(pipe.path.c_str(), 0600) == 0);
  const std::string text = "one\n" + std::string(1 << 20, 'x');
  std::thread writer([&] { std::ofstream(pipe.path) << text; });
  const TextReader reader(pipe.path);
  writer.join();
  CHECK(reader.text() == text);
}

TEST_CASE("what is no text") {
  const std::string what = "a byte 0: this is no plain text but binary, compressed or UTF-16: unpack it, or save it as UTF-8";
  CHECK_THROWS_WITH_AS(TextReader("table", std::string("1 2\n\0", 5)), ("table:2: " + what).c_str(), Error);
  CHECK_THROWS_WITH_AS(TextReader("table", std::string("\xff\xfe\0"
                                                       "1",
                                                       4)),
                       ("table:1: " + what).c_str(), Error);
  CHECK_THROWS_WITH_AS(TextReader(std::filesystem::path("/dev/zero")), ("/dev/zero:1: " + what).c_str(), Error);  // it has no end
}

TEST_CASE("a file larger than the memory is refused before it is read") {
  const Temporary file;
  std::ofstream(file.path) << "text";
  std::filesystem::resize_file(file.path, std::uintmax_t{1} << 42);  // 4 TB that take no room on the disk
  CHECK_THROWS_WITH_AS(TextReader{file.path}, doctest::Contains(": needs 4398.04 GB of memory"), Error);
}

TEST_CASE("words") {
  using Words = std::vector<std::string_view>;
  CHECK(words("") == Words{});
  CHECK(words(" \t\r ") == Words{});
  CHECK(words("a") == Words{"a"});
  CHECK(words("  1 2.5\tCu\v\fx \r") == Words{"1", "2.5", "Cu", "x"});
  Words reused{"old"};
  split("new word", reused);
  CHECK(reused == Words{"new", "word"});
}

TEST_CASE("numbers that are read") {
  CHECK(parsed<double>("1.5") == 1.5);
  CHECK(parsed<double>("+2e5") == 2e5);
  CHECK(parsed<double>("-.5") == -0.5);
  CHECK(parsed<double>("3.") == 3.0);
  CHECK(parsed<double>("1.0D+00") == 1.0);
  CHECK(parsed<double>("-1.5d-3") == -1.5e-3);
  CHECK(parsed<double>("1e-999") == 0.0);
  CHECK(parsed<double>("1D-999") == 0.0);
  CHECK(parsed<double>("4.9e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(parsed<int>("-12") == -12);
  CHECK(parsed<int>("+12") == 12);
  CHECK(parsed<std::int64_t>("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("words that are no numbers") {
  for (const char* word : {"",      "+",      "-",     "+-1",  "++1",  "nan", "NaN",   "-nan",  "inf",   "infinity",
                           "1e999", "-1e999", "1D999", "1.5x", "x1.5", "1,5", "1e",    "1e5e5", "1d5d5", "1e5d5",
                           "d",     "d5",     "dead",  "0x10", "1 2",  " 1",  "1.5.5", "1_000", "١"}) {
    CAPTURE(word);
    CHECK(!parsed<double>(word));
  }
  // too large, in digits before a negative exponent: infinite, not zero
  CHECK(!parsed<double>(std::string(400, '9') + "e-3"));
  CHECK(!parsed<double>(std::string(400, '9')));
  for (const char* word : {"", "1.0", "1e3", "2147483648", "-2147483649", "99999999999999999999", "0x1", "1d0", "T"}) {
    CAPTURE(word);
    CHECK(!parsed<int>(word));
  }
}

TEST_CASE("a number written is the number read") {
  std::mt19937_64 random(5);
  for (int k = 0; k < 20000; ++k) {
    const double value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    std::string word;
    append_number(word, value);
    CHECK_MESSAGE(std::bit_cast<std::uint64_t>(*parsed<double>(word)) == std::bit_cast<std::uint64_t>(value), word);
  }
  std::string out = "n=";
  append_number(out, std::int64_t{-5});
  CHECK(out == "n=-5");
}

TEST_CASE("names") {
  for (const char* word : {"Cu", "1", "é", "A-B"}) CHECK(is_name(word));
  for (const std::string& word : {std::string(), std::string("a b"), std::string("a\x1b"), std::string("a\0", 2),
                                  std::string("\x7f"), std::string(65, 'x')})
    CHECK(!is_name(word));
}

TEST_CASE("words in messages are short and printable") {
  CHECK(shown("Cu") == "Cu");
  CHECK(shown(std::string_view("a\0b\x1b", 4)) == "a?b?");
  CHECK(shown(std::string(50, 'x')) == std::string(40, 'x') + "…");
  CHECK(shown(std::string(39, 'x') + "é!") == std::string(39, 'x') + "…");  // not within a character
  TextReader text("table", "glass");
  text.next();
  CHECK_THROWS_WITH_AS((void)number<double>(text, text.line(), "an energy"), "table:1: an energy expected, 'glass' found", Error);
}
