#include "plan/wisdom.h"

#include <cstdlib>
#include <system_error>

#include "basalt/error.h"
#include "plan/database.h"
#include "plan/figures_json.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// "BSLT": tells a file of wisdom from other databases.
constexpr std::int64_t kApplicationId = 0x42534c54;
/// Of the table and of what its JSON means. Files of another version are left alone.
constexpr std::int64_t kFormatVersion = 1;

constexpr const char* kMarkFile = "PRAGMA application_id = 0x42534c54; PRAGMA user_version = 1";
constexpr const char* kCreateTable =
    "CREATE TABLE cpu (fingerprint TEXT PRIMARY KEY, processor TEXT NOT NULL, figures TEXT NOT NULL)";

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing in Basalt changes the environment
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

std::int64_t number_of(Database& database, const char* pragma) {
  Database::Statement statement(database, pragma);
  return statement.step() ? statement.number(0) : 0;
}

bool is_empty(Database& database) {
  return number_of(database, "SELECT count(*) FROM sqlite_schema") == 0;
}

void expect_wisdom(Database& database) {
  if (number_of(database, "PRAGMA application_id") != kApplicationId) {
    throw DatabaseFailure{"it is a database of another program"};
  }
  if (number_of(database, "PRAGMA user_version") != kFormatVersion) {
    throw DatabaseFailure{"another version of Basalt wrote it"};
  }
}

/// Calls work(database) inside a transaction; the file is created and marked first where it is not there.
template <typename Work>
void write_to(const fs::path& path, const Work& work) {
  if (path.empty()) {
    throw Error(ErrorCode::io, "there is no place for wisdom: neither BASALT_WISDOM, XDG_CACHE_HOME nor HOME is set",
                "set BASALT_WISDOM to a file");
  }
  try {
    std::error_code ignored;  // a folder that cannot be made shows when the file is opened
    fs::create_directories(path.parent_path(), ignored);
    Database database(path, DatabaseAccess::write);
    Transaction transaction(database);
    if (is_empty(database)) {
      database.run(kMarkFile);
      database.run(kCreateTable);
    }
    expect_wisdom(database);
    work(database);
    transaction.commit();
  } catch (const DatabaseFailure& failure) {
    throw Error(ErrorCode::io, "the wisdom " + path.string() + " cannot be written: " + failure.reason,
                "make it writable, remove it, or set BASALT_WISDOM to another file");
  }
}

void insert(Database& database, const std::string& fingerprint, const std::string& processor, const Json& figures) {
  Database::Statement(database, "INSERT OR REPLACE INTO cpu VALUES (?, ?, ?)")
      .bind(1, fingerprint)
      .bind(2, processor)
      .bind(3, figures.dump(-1, ' ', false, Json::error_handler_t::replace))
      .step();
}

}  // namespace

fs::path default_wisdom_path() {
  if (const auto path = variable("BASALT_WISDOM")) {
    return *path;
  }
  constexpr const char* kName = "basalt/wisdom.sqlite";
  if (const auto cache = variable("XDG_CACHE_HOME")) {
    return fs::path(*cache) / kName;
  }
  const auto home = variable("HOME");
  return home ? fs::path(*home) / ".cache" / kName : fs::path();
}

WisdomLookup Wisdom::find(const std::string& fingerprint) const {
  std::error_code error;
  if (path_.empty() || !fs::exists(path_, error)) {
    return {};
  }
  try {
    Database database(path_, DatabaseAccess::read);
    if (is_empty(database)) {  // just created by a process that has not written yet
      return {};
    }
    expect_wisdom(database);
    Database::Statement row(database, "SELECT figures FROM cpu WHERE fingerprint = ?");
    if (!row.bind(1, fingerprint).step()) {
      return {};
    }
    auto figures = figures_from_json(Json::parse(row.text(0), nullptr, false));
    if (!figures) {
      throw DatabaseFailure{"the figures in it make no sense"};
    }
    return {.figures = std::move(figures), .note = {}};
  } catch (const DatabaseFailure& failure) {
    return {.figures = std::nullopt,
            .note = "the wisdom " + path_.string() + " cannot be used (" + failure.reason +
                    "): planning with defaults; remove the file and run basalt tune"};
  }
}

void Wisdom::record(const std::string& fingerprint, const std::string& processor, const CpuFigures& figures) const {
  write_to(path_, [&](Database& database) { insert(database, fingerprint, processor, figures_json(figures)); });
}

bool Wisdom::forget(const std::string& fingerprint) const {
  std::error_code error;
  if (path_.empty() || !fs::exists(path_, error)) {
    return false;
  }
  bool known = false;
  write_to(path_, [&](Database& database) {
    Database::Statement(database, "DELETE FROM cpu WHERE fingerprint = ?").bind(1, fingerprint).step();
    known = database.changes() != 0;
  });
  return known;
}

std::string Wisdom::export_json() const {
  Json machines = Json::array();
  try {
    Database database(path_, DatabaseAccess::read);
    expect_wisdom(database);
    Database::Statement row(database, "SELECT fingerprint, processor, figures FROM cpu ORDER BY fingerprint");
    while (row.step()) {
      const Json figures = Json::parse(row.text(2), nullptr, false);
      if (figures_from_json(figures)) {
        machines.push_back({{"fingerprint", row.text(0)}, {"processor", row.text(1)}, {"figures", figures}});
      }
    }
  } catch (const DatabaseFailure& failure) {
    throw Error(ErrorCode::io, "the wisdom " + path_.string() + " cannot be read: " + failure.reason,
                "run basalt tune first");
  }
  return Json{{"basalt_wisdom", kFormatVersion}, {"machines", machines}}.dump(2, ' ', false,
                                                                              Json::error_handler_t::replace) +
         "\n";
}

std::size_t Wisdom::import_json(const std::string& document) const {
  const auto refuse = [](const std::string& what) -> void {
    throw Error(ErrorCode::bad_input, what, "give a file that basalt tune --export wrote");
  };
  const Json parsed = Json::parse(document, nullptr, false);
  if (!parsed.is_object() || parsed.value("basalt_wisdom", Json()) != kFormatVersion ||
      !parsed.value("machines", Json()).is_array()) {
    refuse("this is no export of wisdom, or one of another version");
  }
  const Json& machines = parsed["machines"];
  for (const Json& machine : machines) {
    if (!machine.is_object() || !machine.value("fingerprint", Json()).is_string() ||
        !machine.value("processor", Json()).is_string() || !figures_from_json(machine.value("figures", Json()))) {
      refuse("the export holds a machine whose figures make no sense");
    }
  }
  write_to(path_, [&](Database& database) {
    for (const Json& machine : machines) {
      insert(database, machine["fingerprint"], machine["processor"], machine["figures"]);
    }
  });
  return machines.size();
}

}  // namespace basalt
