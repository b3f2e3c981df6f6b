#pragma once
// SQLite behind values that clean up after themselves: a database in one file, statements, transactions. What goes wrong is told with the file and
// the remedy. Including this header is what asks for SQLite (CMake: the component tarn::sqlite).

#include <sqlite3.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "tarn/core/error.hpp"
#include "tarn/core/file.hpp"

namespace tarn {

/// How a database is opened.
enum class DatabaseMode {
  create,  ///< to read and write; made where there is none
  write,   ///< to read and write one that is there
  read,    ///< only to read one that is there
};

class Statement;

/// An open database; used by one thread at a time.
class Database {
 public:
  /// Throws Error where the file cannot be opened. That it is no database, or is damaged or locked, is told by what is done first with it.
  explicit Database(std::filesystem::path path, DatabaseMode mode = DatabaseMode::create, int busy_timeout_ms = 2000)
      : path_(std::move(path)) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path_, ignored)) throw Error(path_.string(), ": cannot be opened: it is a folder");
    if (mode != DatabaseMode::create && !std::filesystem::exists(path_, ignored))
      throw Error(path_.string(), ": cannot be opened: there is no such file");
    const int flags = mode == DatabaseMode::create  ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                      : mode == DatabaseMode::write ? SQLITE_OPEN_READWRITE
                                                    : SQLITE_OPEN_READONLY;
    const int code = sqlite3_open_v2(path_.c_str(), &handle_, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) {
      const Error problem = error(code);
      sqlite3_close(std::exchange(handle_, nullptr));
      throw problem;
    }
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, busy_timeout_ms);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  Database(Database&& other) noexcept : path_(std::move(other.path_)), handle_(std::exchange(other.handle_, nullptr)) {}
  Database& operator=(Database&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  /// Its statements must have gone before.
  ~Database() { sqlite3_close(handle_); }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Runs statements that give no rows, one or several. Throws Error.
  void run(const std::string& sql) {
    if (const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK) throw error(code);
  }
  /// Changes go to a log beside the file: readers and a writer do not wait for each other, and a killed process loses only what it had not committed
  /// (a power cut perhaps the last commits too, and nothing else).
  void write_ahead() { run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"); }
  [[nodiscard]] inline Statement prepare(std::string_view sql);
  /// Looks at every page and index. Throws Error where one is damaged.
  inline void check();

  /// What a result code of SQLite means for this file.
  [[nodiscard]] Error error(int code) const {
    const std::string file = path_.string();
    const int reason = handle_ ? sqlite3_system_errno(handle_) : 0;
    const std::string said = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
    switch (code & 0xff) {
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        return Error(file, ": is locked by another program: wait for its end, or close it");
      case SQLITE_CORRUPT:
        return Error(file, ": is damaged (", said, "): bring back a copy, or move it away and begin again");
      case SQLITE_NOTADB:
        return Error(file, ": is no SQLite database: name another file, or move this one away");
      case SQLITE_FULL:
        return Error(file, ": cannot be written: the disk is full", write_remedy(ENOSPC));
      case SQLITE_READONLY:
      case SQLITE_PERM:
        return Error(file, ": cannot be written", write_remedy(EACCES));
      case SQLITE_CANTOPEN:
      case SQLITE_IOERR:
        if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_TRUNCATE ||
            code == SQLITE_IOERR_SHMSIZE)
          return Error(file, ": cannot be written: ", said, write_remedy(ENOSPC));  // it does not always keep the reason
        if (reason != 0)
          return Error(file, (code & 0xff) == SQLITE_CANTOPEN ? ": cannot be opened: " : ": cannot be read or written: ",
                       std::strerror(reason), write_remedy(reason));
        [[fallthrough]];
      default:
        return Error(file, ": ", said);
    }
  }

 private:
  friend class Statement;
  std::filesystem::path path_;
  sqlite3* handle_ = nullptr;
};

/// A prepared statement: bind(), then step() until it gives no row. Its database must live as long. Places of parameters count from 1, columns from 0.
class Statement {
 public:
  Statement(Database& database, std::string_view sql) : database_(&database) {
    const int code = sqlite3_prepare_v2(database.handle_, sql.data(), static_cast<int>(sql.size()), &handle_, nullptr);
    if (code != SQLITE_OK) throw database.error(code);
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement(Statement&& other) noexcept : database_(other.database_), handle_(std::exchange(other.handle_, nullptr)) {}
  Statement& operator=(Statement&& other) noexcept {
    std::swap(database_, other.database_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Statement() { sqlite3_finalize(handle_); }

  /// Binds parameters 1, 2, … : whole numbers, doubles (bit for bit, but that NaN is stored as NULL and −0 as 0), bools, texts, bytes, optionals of these. Throws Error.
  template <class... Values>
  Statement& bind(const Values&... values) {
    int place = 0;
    (bind_one(++place, values), ...);
    return *this;
  }
  /// Goes on to the next row; false at the end, after which the statement can be bound and run again. Throws Error.
  bool step() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    const std::optional<Error> problem = code == SQLITE_DONE ? std::nullopt : std::optional(database_->error(code));
    sqlite3_reset(handle_);
    if (problem) throw *problem;
    return false;
  }
  /// Binds, and runs to the end.
  template <class... Values>
  void run(const Values&... values) {
    bind(values...);
    while (step()) {
    }
  }

  [[nodiscard]] bool is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
  [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(handle_, column); }
  [[nodiscard]] double real(int column) const { return sqlite3_column_double(handle_, column); }
  [[nodiscard]] std::optional<double> optional_real(int column) const {
    return is_null(column) ? std::nullopt : std::optional(real(column));
  }
  [[nodiscard]] std::string text(int column) const {
    const auto* bytes = sqlite3_column_text(handle_, column);
    return bytes ? std::string(reinterpret_cast<const char*>(bytes), size(column)) : std::string();
  }
  /// Valid until the next step().
  [[nodiscard]] std::span<const std::byte> bytes(int column) const {
    const void* data = sqlite3_column_blob(handle_, column);
    return {static_cast<const std::byte*>(data), data ? size(column) : 0};
  }

 private:
  [[nodiscard]] std::size_t size(int column) const { return static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)); }
  template <class Value>
  void bind_one(int place, const Value& value) {
    int code = SQLITE_OK;
    if constexpr (std::is_same_v<Value, bool>) {
      code = sqlite3_bind_int64(handle_, place, value ? 1 : 0);
    } else if constexpr (std::is_integral_v<Value>) {
      if (!std::in_range<std::int64_t>(value)) throw Error(database_->path_.string(), ": ", value, " is too large to be stored");
      code = sqlite3_bind_int64(handle_, place, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_floating_point_v<Value>) {
      code = sqlite3_bind_double(handle_, place, static_cast<double>(value));
    } else if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
      const std::string_view text = value;
      code = sqlite3_bind_text64(handle_, place, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    } else if constexpr (std::is_convertible_v<const Value&, std::span<const std::byte>>) {
      const std::span<const std::byte> bytes = value;
      code = bytes.empty() ? sqlite3_bind_zeroblob(handle_, place, 0)
                           : sqlite3_bind_blob64(handle_, place, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
    } else if constexpr (std::is_same_v<Value, std::nullopt_t>) {
      code = sqlite3_bind_null(handle_, place);
    } else {
      if (value.has_value()) return bind_one(place, *value);
      code = sqlite3_bind_null(handle_, place);
    }
    if (code != SQLITE_OK) throw database_->error(code);
  }

  Database* database_;
  sqlite3_stmt* handle_ = nullptr;
};

inline Statement Database::prepare(std::string_view sql) { return {*this, sql}; }

inline void Database::check() {
  Statement found = prepare("PRAGMA quick_check(1)");
  if (!found.step() || found.text(0) != "ok")
    throw Error(path_.string(), ": is damaged (", found.text(0), "): bring back a copy, or move it away and begin again");
}

/// All that happens while it lives is committed at once, by commit(), or not at all.
class Transaction {
 public:
  /// Takes the right to write at once, so that what was read in it stays true.
  explicit Transaction(Database& database) : database_(&database) { database.run("BEGIN IMMEDIATE"); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (!database_) return;
    try {
      database_->run("ROLLBACK");
    } catch (const Error&) {  // SQLite has rolled back already, as it does on a full disk
    }
  }
  void commit() {
    database_->run("COMMIT");
    database_ = nullptr;
  }

 private:
  Database* database_;
};

}  // namespace tarn
