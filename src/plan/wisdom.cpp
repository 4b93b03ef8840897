#include "plan/wisdom.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <system_error>
#include <utility>
#include <vector>

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

/// One kind of what is measured: a table, and how its rows look in an export.
struct Kind {
  const char* table;
  const char* create;
  const char* select_all;
  const char* select_one;
  const char* insert;
  const char* remove;
  const char* list_key;  ///< In exports.
  const char* name_key;
  bool (*is_valid)(const Json& figures);
};

constexpr Kind kProcessors{
    .table = "cpu",
    .create =
        "CREATE TABLE IF NOT EXISTS cpu (fingerprint TEXT PRIMARY KEY, processor TEXT NOT NULL, figures TEXT NOT NULL)",
    .select_all = "SELECT fingerprint, processor, figures FROM cpu ORDER BY fingerprint",
    .select_one = "SELECT figures FROM cpu WHERE fingerprint = ?",
    .insert = "INSERT OR REPLACE INTO cpu VALUES (?, ?, ?)",
    .remove = "DELETE FROM cpu WHERE fingerprint = ?",
    .list_key = "machines",
    .name_key = "processor",
    .is_valid = [](const Json& figures) { return figures_from_json(figures).has_value(); }};

/// Files from before devices were measured have no such table, and are of the same version: who does not know of the
/// table does not need it.
constexpr Kind kDevices{
    .table = "device",
    .create =
        "CREATE TABLE IF NOT EXISTS device (fingerprint TEXT PRIMARY KEY, name TEXT NOT NULL, figures TEXT NOT NULL)",
    .select_all = "SELECT fingerprint, name, figures FROM device ORDER BY fingerprint",
    .select_one = "SELECT figures FROM device WHERE fingerprint = ?",
    .insert = "INSERT OR REPLACE INTO device VALUES (?, ?, ?)",
    .remove = "DELETE FROM device WHERE fingerprint = ?",
    .list_key = "devices",
    .name_key = "name",
    .is_valid = [](const Json& figures) { return device_figures_from_json(figures).has_value(); }};

/// Nor has every file this one. Each row is replaced by its successor, so that the order of rows is that of their last
/// change.
constexpr Kind kHistory{
    .table = "history",
    .create =
        "CREATE TABLE IF NOT EXISTS history (fingerprint TEXT NOT NULL, kind TEXT NOT NULL, figures TEXT NOT "
        "NULL, PRIMARY KEY (fingerprint, kind))",
    .select_all = "SELECT fingerprint, kind, figures FROM history ORDER BY fingerprint, kind",
    .select_one = "SELECT figures FROM history WHERE fingerprint = ? AND kind = ?",
    .insert = "INSERT OR REPLACE INTO history VALUES (?, ?, ?)",
    .remove = "DELETE FROM history WHERE fingerprint = ?",
    .list_key = "history",
    .name_key = "kind",
    .is_valid = [](const Json& figures) { return history_from_json(figures).has_value(); }};

/// Of one machine or device, those kinds of runs are kept that changed last.
constexpr const char* kDropOldHistory =
    "DELETE FROM history WHERE fingerprint = ?1 AND rowid NOT IN "
    "(SELECT rowid FROM history WHERE fingerprint = ?1 ORDER BY rowid DESC LIMIT 500)";

constexpr std::array kKinds{&kProcessors, &kDevices, &kHistory};

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

/// What is known of a kind of run; one that makes no sense begins anew.
History history_in(Database& database, const std::string& fingerprint, const std::string& kind) {
  Database::Statement row(database, kHistory.select_one);
  if (!row.bind(1, fingerprint).bind(2, kind).step()) {
    return {};
  }
  return history_from_json(Json::parse(row.text(0), nullptr, false)).value_or(History{});
}

/// Whether a write ends before the disk has it. One that does not wait is as safe from a process that is killed, and
/// takes a hundredth of the time; a power cut in the seconds after it may cost the file.
enum class Flush : std::uint8_t { waits, follows };

/// Calls work(database) inside a transaction; the file is created and marked first where it is not there.
template <typename Work>
void write_to(const fs::path& path, const Work& work, Flush flush = Flush::waits) {
  if (path.empty()) {
    throw Error(ErrorCode::io, "there is no place for wisdom: neither BASALT_WISDOM, XDG_CACHE_HOME nor HOME is set",
                "set BASALT_WISDOM to a file");
  }
  try {
    std::error_code ignored;  // a folder that cannot be made shows when the file is opened
    fs::create_directories(path.parent_path(), ignored);
    Database database(path, DatabaseAccess::write);
    if (flush == Flush::follows) {
      database.run("PRAGMA synchronous = OFF");
    }
    Transaction transaction(database);
    if (is_empty(database)) {
      database.run(kMarkFile);
    }
    expect_wisdom(database);
    for (const Kind* kind : kKinds) {
      database.run(kind->create);
    }
    work(database);
    transaction.commit();
  } catch (const DatabaseFailure& failure) {
    throw Error(ErrorCode::io, "the wisdom " + path.string() + " cannot be written: " + failure.reason,
                "make it writable, remove it, or set BASALT_WISDOM to another file");
  }
}

void insert(Database& database, const Kind& kind, const std::string& fingerprint, const std::string& name,
            const Json& figures) {
  Database::Statement(database, kind.insert)
      .bind(1, fingerprint)
      .bind(2, name)
      .bind(3, figures.dump(-1, ' ', false, Json::error_handler_t::replace))
      .step();
}

/// Throws away what there is under a fingerprint; false where there was nothing.
bool remove(Database& database, const Kind& kind, const std::string& fingerprint) {
  Database::Statement(database, kind.remove).bind(1, fingerprint).step();
  return database.changes() != 0;
}

bool has_table(Database& database, const Kind& kind) {
  Database::Statement row(database, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
  return row.bind(1, kind.table).step();
}

/// The figures under a fingerprint, as `read` makes them of JSON.
template <typename Figures>
Lookup<Figures> find_in(const fs::path& path, const Kind& kind, const std::vector<std::string>& key,
                        std::optional<Figures> (*read)(const Json& figures)) {
  std::error_code error;
  if (path.empty() || !fs::exists(path, error)) {
    return {};
  }
  try {
    Database database(path, DatabaseAccess::read);
    if (is_empty(database)) {  // just created by a process that has not written yet
      return {};
    }
    expect_wisdom(database);
    if (!has_table(database, kind)) {
      return {};
    }
    Database::Statement row(database, kind.select_one);
    for (std::size_t i = 0; i < key.size(); ++i) {
      row.bind(static_cast<int>(i) + 1, key[i]);
    }
    if (!row.step()) {
      return {};
    }
    auto figures = read(Json::parse(row.text(0), nullptr, false));
    if (!figures) {
      throw DatabaseFailure{"the figures in it make no sense"};
    }
    return {.figures = std::move(figures), .note = {}};
  } catch (const DatabaseFailure& failure) {
    return {.figures = std::nullopt,
            .note = "the wisdom " + path.string() + " cannot be used (" + failure.reason +
                    "): planning with defaults; remove the file and run basalt tune"};
  }
}

bool forget_in(const fs::path& path, const Kind& kind, const std::string& fingerprint) {
  std::error_code error;
  if (path.empty() || !fs::exists(path, error)) {
    return false;
  }
  bool known = false;
  write_to(path, [&](Database& database) {
    const bool had_figures = remove(database, kind, fingerprint);
    known = remove(database, kHistory, fingerprint) || had_figures;
  });
  return known;
}

Json export_all(Database& database, const Kind& kind) {
  Json entries = Json::array();
  Database::Statement row(database, kind.select_all);
  while (row.step()) {
    const Json figures = Json::parse(row.text(2), nullptr, false);
    if (kind.is_valid(figures)) {
      entries.push_back({{"fingerprint", row.text(0)}, {kind.name_key, row.text(1)}, {"figures", figures}});
    }
  }
  return entries;
}

/// Whether it is a list that export_all made.
bool is_export(const Json& entries, const Kind& kind) {
  return entries.is_array() && std::ranges::all_of(entries, [&](const Json& entry) {
           return entry.is_object() && entry.value("fingerprint", Json()).is_string() &&
                  entry.value(kind.name_key, Json()).is_string() && kind.is_valid(entry.value("figures", Json()));
         });
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

fs::path wisdom_path(const fs::path& path) {
  return path.empty() ? default_wisdom_path() : path;
}

WisdomLookup Wisdom::find(const std::string& fingerprint) const {
  return find_in(path_, kProcessors, {fingerprint}, figures_from_json);
}

void Wisdom::record(const std::string& fingerprint, const std::string& processor, const CpuFigures& figures) const {
  write_to(path_, [&](Database& database) {
    insert(database, kProcessors, fingerprint, processor, figures_json(figures));
    remove(database, kHistory, fingerprint);
  });
}

bool Wisdom::forget(const std::string& fingerprint) const {
  return forget_in(path_, kProcessors, fingerprint);
}

DeviceWisdomLookup Wisdom::find_device(const std::string& fingerprint) const {
  return find_in(path_, kDevices, {fingerprint}, device_figures_from_json);
}

void Wisdom::record_device(const std::string& fingerprint, const std::string& device,
                           const DeviceFigures& figures) const {
  write_to(path_, [&](Database& database) {
    insert(database, kDevices, fingerprint, device, device_figures_json(figures));
    remove(database, kHistory, fingerprint);
  });
}

bool Wisdom::forget_device(const std::string& fingerprint) const {
  return forget_in(path_, kDevices, fingerprint);
}

HistoryLookup Wisdom::find_history(const std::string& fingerprint, const std::string& kind) const {
  return find_in(path_, kHistory, {fingerprint, kind}, history_from_json);
}

void Wisdom::add_to_history(const std::string& fingerprint, const std::string& kind, double ratio) const {
  const auto add = [&](Database& database) {
    History history = history_in(database, fingerprint, kind);
    history.add(ratio);
    insert(database, kHistory, fingerprint, kind, history_json(history));
    Database::Statement(database, kDropOldHistory).bind(1, fingerprint).step();
  };
  write_to(path_, add, Flush::follows);  // every long run does this
}

std::string Wisdom::export_json() const {
  Json document = {{"basalt_wisdom", kFormatVersion}};
  try {
    Database database(path_, DatabaseAccess::read);
    expect_wisdom(database);
    for (const Kind* kind : kKinds) {
      document[kind->list_key] = has_table(database, *kind) ? export_all(database, *kind) : Json::array();
    }
  } catch (const DatabaseFailure& failure) {
    throw Error(ErrorCode::io, "the wisdom " + path_.string() + " cannot be read: " + failure.reason,
                "run basalt tune first");
  }
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::size_t Wisdom::import_json(const std::string& document) const {
  const auto refuse = [](const std::string& what) -> void {
    throw Error(ErrorCode::bad_input, what, "give a file that basalt tune --export wrote");
  };
  const Json parsed = Json::parse(document, nullptr, false);
  if (!parsed.is_object() || parsed.value("basalt_wisdom", Json()) != kFormatVersion ||
      !parsed.value(kProcessors.list_key, Json()).is_array()) {
    refuse("this is no export of wisdom, or one of another version");
  }
  std::size_t count = 0;
  for (const Kind* kind : kKinds) {
    const Json entries = parsed.value(kind->list_key, Json::array());
    if (!is_export(entries, *kind)) {
      refuse(std::string("the export holds ") + kind->list_key + " whose figures make no sense");
    }
    count += kind == &kHistory ? 0 : entries.size();
  }
  write_to(path_, [&](Database& database) {
    for (const Kind* kind : kKinds) {
      for (const Json& entry : parsed.value(kind->list_key, Json::array())) {
        if (kind != &kHistory) {
          remove(database, kHistory, entry["fingerprint"]);  // it is about other figures
        }
        insert(database, *kind, entry["fingerprint"], entry[kind->name_key], entry["figures"]);
      }
    }
  });
  return count;
}

}  // namespace basalt
