#include "tarn/core/sqlite.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/wait.h>

#include <array>
#include <cmath>
#include <csignal>
#include <fstream>
#include <limits>
#include <vector>

#include "support/folder.hpp"

using namespace tarn;
using tarn::testing::Folder;
using tarn::testing::refusal;
namespace fs = std::filesystem;

namespace {

std::int64_t count(Database& database) {
  auto rows = database.prepare("SELECT count(*) FROM t");
  return rows.step() ? rows.integer(0) : -1;
}

/// A database with a table t of `rows` numbers.
fs::path numbers(const Folder& folder, int rows) {
  Database database(folder / "db");
  database.run("CREATE TABLE t (x INTEGER)");
  Transaction all(database);
  auto insert = database.prepare("INSERT INTO t VALUES (?)");
  for (int i = 0; i < rows; ++i) insert.run(i);
  all.commit();
  return database.path();
}

}  // namespace

TEST_CASE("what is bound comes back bit for bit") {
  const Folder folder;
  const std::string text("with a zero \0 inside", 20);
  const std::array<std::byte, 3> bytes{std::byte{0}, std::byte{255}, std::byte{7}};
  const std::vector<double> reals{0.1, 0.0, 5e-324, std::numeric_limits<double>::max(), std::numeric_limits<double>::infinity()};
  Database database(folder / "db");
  database.run("CREATE TABLE t (i INTEGER, x REAL, s TEXT, b BLOB, o REAL, l INTEGER)");
  auto insert = database.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)");
  for (const double x : reals)
    insert.run(std::numeric_limits<std::int64_t>::min(), x, text, std::span<const std::byte>(bytes), std::optional<double>(),
               true);
  insert.run(1, std::nan(""), "", std::span<const std::byte>(), std::optional(2.5), std::nullopt);

  auto rows = database.prepare("SELECT * FROM t WHERE i < ?");
  rows.bind(0);
  for (const double x : reals) {
    REQUIRE(rows.step());
    CHECK(rows.integer(0) == std::numeric_limits<std::int64_t>::min());
    CHECK(rows.real(1) == x);
    CHECK(rows.text(2) == text);
    const auto b = rows.bytes(3);
    CHECK(std::vector(b.begin(), b.end()) == std::vector(bytes.begin(), bytes.end()));
    CHECK(!rows.optional_real(4).has_value());
    CHECK(rows.integer(5) == 1);
  }
  CHECK(!rows.step());
  rows.bind(2);  // and again
  REQUIRE(rows.step());
  auto last = database.prepare("SELECT * FROM t WHERE i = 1");
  REQUIRE(last.step());
  CHECK(last.is_null(1));
  CHECK(last.text(2).empty());
  CHECK(!last.is_null(2));
  CHECK(last.bytes(3).empty());
  CHECK(last.optional_real(4) == 2.5);
  CHECK(last.is_null(5));
  CHECK(refusal([&] { insert.bind(std::uint64_t{1} << 63); }).find("too large") != std::string::npos);
}

TEST_CASE("a transaction is whole or not at all") {
  const Folder folder;
  Database database(numbers(folder, 3), DatabaseMode::write);
  {
    Transaction dropped(database);
    database.run("DELETE FROM t");
    CHECK(count(database) == 0);
  }
  CHECK(count(database) == 3);
  Transaction kept(database);
  database.run("DELETE FROM t WHERE x = 1");
  kept.commit();
  CHECK(count(database) == 2);
}

TEST_CASE("a killed process loses what it had not committed and no more") {
  const Folder folder;
  const fs::path path = folder / "db";
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Database database(path);
    database.write_ahead();
    database.run("CREATE TABLE t (x INTEGER)");
    for (int i = 0; i < 5; ++i) {
      Transaction one(database);
      database.run("INSERT INTO t VALUES (1)");
      one.commit();
    }
    Transaction open(database);
    database.run("INSERT INTO t VALUES (2)");
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  Database database(path, DatabaseMode::write);
  CHECK(count(database) == 5);
  CHECK_NOTHROW(database.check());
}

TEST_CASE("a file that is locked, damaged, cut, or of another kind says so") {
  const Folder folder;
  const fs::path path = numbers(folder, 20000);
  const std::string name = path.string();

  SUBCASE("locked") {
    Database other(path), database(path, DatabaseMode::write, 10);
    Transaction held(other);
    CHECK(refusal([&] { const Transaction mine(database); }) ==
          name + ": is locked by another program: wait for its end, or close it");
  }
  SUBCASE("damaged") {
    {
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(4096);
      file << std::string(8192, 'x');
    }
    Database database(path, DatabaseMode::write);
    CHECK(refusal([&] { database.check(); }).starts_with(name + ": is damaged ("));
    CHECK(refusal([&] { (void)count(database); }).starts_with(name + ": is damaged ("));
  }
  SUBCASE("cut") {
    fs::resize_file(path, fs::file_size(path) / 2);
    Database database(path, DatabaseMode::write);
    CHECK(refusal([&] { database.check(); }).starts_with(name + ": is damaged ("));
  }
  SUBCASE("no database") {
    std::ofstream(path)
        << "a letter to a friend, of more than a hundred bytes, so that it could be the head of a database: it is none";
    Database database(path, DatabaseMode::write);
    CHECK(refusal([&] { (void)count(database); }) == name + ": is no SQLite database: name another file, or move this one away");
  }
  SUBCASE("not there, not to be made, a folder") {
    fs::remove(path);
    CHECK(refusal([&] { const Database database(path, DatabaseMode::read); }) ==
          name + ": cannot be opened: there is no such file");
    CHECK(!fs::exists(path));
    CHECK(refusal([&] { const Database database(folder.path); }) == folder.path.string() + ": cannot be opened: it is a folder");
    CHECK(refusal([&] {
            const Database database(folder / "no/db");
          }).find("cannot be opened: No such file or directory: make its folder first") != std::string::npos);
  }
  SUBCASE("to be read only") {
    Database database(path, DatabaseMode::read);
    CHECK(count(database) == 20000);
    CHECK(refusal([&] { database.run("DELETE FROM t"); }) ==
          name + ": cannot be written: write elsewhere, or change who may write there");
  }
  SUBCASE("SQL that is wrong") {
    Database database(path, DatabaseMode::write);
    CHECK(refusal([&] { (void)database.prepare("SELECT y FROM t"); }) == name + ": no such column: y");
  }
}

TEST_CASE("a full disk says so, and what was committed stays") {
  const Folder folder;
  const fs::path path = folder / "db";
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  {
    Database database(path);
    database.write_ahead();
    database.run("CREATE TABLE t (x BLOB)");
    rlimit small = before;
    small.rlim_cur = 100000;
    ::setrlimit(RLIMIT_FSIZE, &small);
    auto insert = database.prepare("INSERT INTO t VALUES (zeroblob(3000))");
    const std::string said = refusal([&] {
      for (int i = 0; i < 1000; ++i) insert.run();
    });
    ::setrlimit(RLIMIT_FSIZE, &before);
    CAPTURE(said);
    CHECK(said.find("free some space, or write elsewhere") != std::string::npos);
    CHECK(count(database) > 5);
  }
  std::signal(SIGXFSZ, handler);
  Database database(path, DatabaseMode::write);
  CHECK(count(database) > 5);
  CHECK_NOTHROW(database.check());
}
