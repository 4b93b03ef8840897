// A thin owner of an SQLite database and its statements.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace basalt {

/// What SQLite said: for whoever uses a database to turn into a note or an Error.
struct DatabaseFailure {
  std::string reason;
};

enum class DatabaseAccess : std::uint8_t { read, write };

class Database {
 public:
  /// Opens the file, which `write` creates. Waits up to two seconds, here and later, while another process writes.
  /// Throws DatabaseFailure.
  Database(const std::filesystem::path& path, DatabaseAccess access);

  /// Runs one statement that has no parameters and gives nothing back. Throws DatabaseFailure.
  void run(const char* sql);
  /// Rows that the last statement inserted, changed or deleted.
  [[nodiscard]] int changes() const { return sqlite3_changes(handle_.get()); }

  class Statement {
   public:
    Statement(Database& database, const char* sql);
    /// Parameters count from 1.
    Statement& bind(int parameter, const std::string& text);
    /// Goes to the next row: false where there is none.
    bool step();
    /// Columns count from 0.
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::int64_t number(int column) const { return sqlite3_column_int64(handle_.get(), column); }

   private:
    struct Finalize {
      void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
    };
    Database& database_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  };

 private:
  [[noreturn]] void fail() const;

  struct Close {
    void operator()(sqlite3* database) const noexcept { sqlite3_close(database); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

/// All statements between here and commit() happen together or not at all.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) { database_.run("BEGIN IMMEDIATE"); }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace basalt
