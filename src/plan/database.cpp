#include "plan/database.h"

namespace basalt {
namespace {

constexpr int kBusyMilliseconds = 2000;

}  // namespace

Database::Database(const std::filesystem::path& path, DatabaseAccess access) {
  // who reads puts in order what a killed writer left, where the file may be written; elsewhere it is opened to be read
  const int flags = SQLITE_OPEN_READWRITE | (access == DatabaseAccess::write ? SQLITE_OPEN_CREATE : 0);
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);  // also after a failure: it knows why
  if (result != SQLITE_OK) {
    fail();
  }
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
}

void Database::fail() const {
  throw DatabaseFailure{handle_ ? sqlite3_errmsg(handle_.get()) : "out of memory"};
}

void Database::run(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail();
  }
}

Database::Statement::Statement(Database& database, const char* sql) : database_(database) {
  sqlite3_stmt* handle = nullptr;
  if (sqlite3_prepare_v2(database_.handle_.get(), sql, -1, &handle, nullptr) != SQLITE_OK) {
    database_.fail();
  }
  handle_.reset(handle);
}

Database::Statement& Database::Statement::bind(int parameter, const std::string& text) {
  // The statement keeps a copy of the text.
  if (sqlite3_bind_text64(handle_.get(), parameter, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) !=
      SQLITE_OK) {
    database_.fail();
  }
  return *this;
}

bool Database::Statement::step() {
  const int result = sqlite3_step(handle_.get());
  if (result != SQLITE_ROW && result != SQLITE_DONE) {
    database_.fail();
  }
  return result == SQLITE_ROW;
}

std::string Database::Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  const int bytes = sqlite3_column_bytes(handle_.get(), column);
  return text == nullptr ? std::string() : std::string(text, static_cast<std::size_t>(bytes));
}

Transaction::~Transaction() {
  if (open_) {
    try {
      database_.run("ROLLBACK");
    } catch (const DatabaseFailure&) {  // SQLite rolled back by itself
      open_ = false;
    }
  }
}

void Transaction::commit() {
  database_.run("COMMIT");
  open_ = false;
}

}  // namespace basalt
