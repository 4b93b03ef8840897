// Reading a job: strictly, for a mistake in a list of jobs must not show after a night of running it.
#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "basalt/inventory.h"
#include "basalt/ledger.h"
#include "basalt/pattern_file.h"
#include "base/nearest.h"
#include "base/printable.h"
#include "engine/batch/job_line.h"

namespace basalt {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaxDepth = 2;  // an object, and a list or an object in it
constexpr std::size_t kMaxIdBytes = 1000;
constexpr double kMaxTimeoutSeconds = 1e9;

/// A value that a key does not take, before it is known where it is.
struct Refusal {
  std::string key;
  std::string message;
  std::string advice;
};

[[noreturn]] void refuse(const std::string& key, const Json& value, const std::string& needed) {
  const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  throw Refusal{key, fmt::format("\"{}\" is {}", key, printable(text, 60)), fmt::format("give {}", needed)};
}

std::string text_of(const std::string& key, const Json& value) {
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
    refuse(key, value, "a text in quotation marks");
  }
  return value.get<std::string>();
}

std::uint64_t whole_number(const std::string& key, const Json& value, std::uint64_t least, std::uint64_t most) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() < least || value.get<std::uint64_t>() > most) {
    refuse(key, value, fmt::format("a whole number from {} to {}", least, most));
  }
  return value.get<std::uint64_t>();
}

/// Inputs are texts as for --set; numbers and truth values may go without quotation marks.
std::string input_text(const std::string& key, const Json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (!value.is_number() && !value.is_boolean()) {
    refuse(key, value, "its value as a number, or as text as for --set");
  }
  return value.dump();
}

/// Reads the keys of one job.
class JobReader {
 public:
  JobReader(BatchJob& job, const std::filesystem::path& folder) : job_(job), folder_(folder) {}

  void read(const Json& object) {
    for (const auto& [key, value] : object.items()) {
      const Reader* reader = find(key);
      if (reader == nullptr) {
        refuse_key(key);
      }
      (this->*reader->read)(key, value);
    }
    if (object.contains("pattern")) {
      adopt_pattern(object);
    } else if (object.contains("file") == object.contains("source")) {
      throw Refusal{"file",
                    object.contains("file") ? "the job has both a \"file\" and a \"source\"" : "the job has no circuit",
                    "give a \"file\", or the text of the circuit as \"source\""};
    }
    if (job_.id.empty() && object.contains("file")) {
      job_.id = object["file"].get<std::string>();
    }
  }

 private:
  /// Threads and memory hold for a pattern as for a circuit; whatever else is said of circuits is refused.
  void adopt_pattern(const Json& object) {
    for (const char* key :
         {"file", "source", "shots", "seed", "precision", "observables", "probabilities", "top", "inputs"}) {
      if (object.contains(key)) {
        throw Refusal{key, fmt::format("the job is a pattern, which has no \"{}\" here", key),
                      "say it in the TOML text of \"pattern\""};
      }
    }
    if (object.contains("threads") && job_.request.threads > 0) {
      job_.pattern->threads = job_.request.threads;
    }
    if (object.contains("memory")) {
      job_.pattern->memory_limit_bytes = job_.request.memory_limit_bytes;
    }
  }

  using Read = void (JobReader::*)(const std::string&, const Json&);
  struct Reader {
    std::string_view key;
    Read read;
  };

  static const std::vector<Reader>& readers() {
    static const std::vector<Reader> all = {
        {"id", &JobReader::id},
        {"file", &JobReader::file},
        {"source", &JobReader::source},
        {"pattern", &JobReader::pattern},
        {"shots", &JobReader::shots},
        {"seed", &JobReader::seed},
        {"precision", &JobReader::precision},
        {"observables", &JobReader::observables},
        {"probabilities", &JobReader::probabilities},
        {"top", &JobReader::top},
        {"inputs", &JobReader::inputs},
        {"threads", &JobReader::threads},
        {"memory", &JobReader::memory},
        {"timeout", &JobReader::timeout},
        {"priority", &JobReader::priority},
    };
    return all;
  }

  static const Reader* find(std::string_view key) {
    for (const Reader& reader : readers()) {
      if (reader.key == key) {
        return &reader;
      }
    }
    return nullptr;
  }

  [[noreturn]] static void refuse_key(const std::string& key) {
    std::vector<std::string_view> known;
    for (const Reader& reader : readers()) {
      known.push_back(reader.key);
    }
    const std::string near = nearest_name(key, known);
    throw Refusal{key, fmt::format("a job has no key {}", in_quotes(key)),
                  near.empty() ? fmt::format("the keys are: {}", fmt::join(known, ", "))
                               : fmt::format("did you mean \"{}\"?", near)};
  }

  [[nodiscard]] std::string resolved(const std::string& path) const {
    return (folder_ / path).lexically_normal().string();
  }

  void id(const std::string& key, const Json& value) {
    job_.id = text_of(key, value);
    if (job_.id.size() > kMaxIdBytes) {
      refuse(key, value, fmt::format("at most {} bytes", kMaxIdBytes));
    }
  }
  void file(const std::string& key, const Json& value) {
    job_.file = resolved(text_of(key, value));
    if (job_.file.find('\0') != std::string::npos) {
      refuse(key, value, "a path without NUL");
    }
  }
  void source(const std::string& key, const Json& value) { job_.request.source.text = text_of(key, value); }
  void pattern(const std::string& key, const Json& value) {
    job_.pattern = read_pattern_toml(text_of(key, value), "\"pattern\"");
  }
  void shots(const std::string& key, const Json& value) { job_.request.shots = whole_number(key, value, 1, kMaxShots); }
  void seed(const std::string& key, const Json& value) {
    job_.request.seed = whole_number(key, value, 0, std::numeric_limits<std::uint64_t>::max());
  }
  void precision(const std::string& key, const Json& value) {
    if (value != "single" && value != "double") {
      refuse(key, value, "\"single\" or \"double\"");
    }
    job_.request.precision = value == "single" ? Precision::single_precision : Precision::double_precision;
  }
  void observables(const std::string& key, const Json& value) {
    if (!value.is_array()) {
      refuse(key, value, "a list, such as [\"Z0*Z1\"]");
    }
    job_.request.observables.clear();
    for (const Json& entry : value) {
      const std::string text = text_of(key, entry);
      job_.request.observables.push_back(text.front() == '@' ? '@' + resolved(text.substr(1)) : text);
    }
  }
  void probabilities(const std::string& key, const Json& value) {
    if (!value.is_array()) {
      refuse(key, value, "a list of qubits, such as [0, 1]");
    }
    job_.request.probability_qubits.clear();
    for (const Json& entry : value) {
      job_.request.probability_qubits.push_back(
          static_cast<std::uint32_t>(whole_number(key, entry, 0, std::numeric_limits<std::uint32_t>::max())));
    }
  }
  void top(const std::string& key, const Json& value) {
    job_.request.top = whole_number(key, value, 0, std::numeric_limits<std::uint64_t>::max());
  }
  void inputs(const std::string& key, const Json& value) {
    if (!value.is_object()) {
      refuse(key, value, "an object, such as {\"theta\": \"pi/2\"}");
    }
    job_.request.inputs.clear();
    for (const auto& [name, text] : value.items()) {
      job_.request.inputs.emplace(name, input_text(name, text));
    }
  }
  void threads(const std::string& key, const Json& value) {
    job_.request.threads = static_cast<int>(whole_number(key, value, 0, std::numeric_limits<int>::max()));
  }
  void memory(const std::string& key, const Json& value) {
    job_.request.memory_limit_bytes = value.is_string()
                                          ? parse_bytes(value.get<std::string>(), "\"memory\"")
                                          : whole_number(key, value, 1, std::numeric_limits<std::uint64_t>::max());
  }
  void timeout(const std::string& key, const Json& value) {
    if (!value.is_number() || !(value.get<double>() > 0) || value.get<double>() > kMaxTimeoutSeconds) {
      refuse(key, value, "seconds, more than 0");
    }
    job_.timeout_seconds = value.get<double>();
  }
  void priority(const std::string& key, const Json& value) {
    if (!value.is_number_integer() || value.get<std::int64_t>() < kLowestPriority ||
        value.get<std::int64_t>() > kHighestPriority) {
      refuse(key, value, fmt::format("a whole number from {} to {}", kLowestPriority, kHighestPriority));
    }
    job_.priority = static_cast<int>(value.get<std::int64_t>());
  }

  BatchJob& job_;
  const std::filesystem::path& folder_;
};

/// Parses an object, refusing what nlohmann lets pass: repeated keys, of which the last would win, and deep nesting.
Json parse_object(std::string_view line) {
  std::vector<std::set<std::string>> seen;
  Json object = Json::parse(line, [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kMaxDepth) {
      throw Refusal{{}, "the line is nested too deeply for a job", "a value is a list or an object at most"};
    }
    if (event == Json::parse_event_t::object_start) {
      seen.emplace_back();
    } else if (event == Json::parse_event_t::object_end) {
      seen.pop_back();
    } else if (event == Json::parse_event_t::key && !seen.back().insert(parsed.get<std::string>()).second) {
      throw Refusal{parsed.get<std::string>(),
                    fmt::format("the key {} comes twice", in_quotes(parsed.get<std::string>())), "give each key once"};
    }
    return true;
  });
  if (!object.is_object()) {
    throw Refusal{
        {}, "the line is no JSON object", "give one job in braces a line: {\"id\": \"a\", \"file\": \"a.qasm\"}"};
  }
  return object;
}

}  // namespace

BatchJob parse_job_line(const quantum::SourceMap& sources, quantum::Position position, std::string_view line,
                        const Request& defaults, const std::filesystem::path& folder) {
  BatchJob job;
  job.request = defaults;
  const auto at = [&](std::size_t offset) {
    return quantum::Position{position.text,
                             position.offset + static_cast<std::uint32_t>(std::min(offset, line.size()))};
  };
  try {
    JobReader(job, folder).read(parse_object(line));
  } catch (const Refusal& refusal) {
    const std::size_t key = refusal.key.empty() ? 0 : line.find('"' + refusal.key + '"');
    fail_at(sources, at(key == std::string_view::npos ? 0 : key), refusal.message, refusal.advice);
  } catch (const Json::parse_error& error) {
    fail_at(sources, at(error.byte > 0 ? error.byte - 1 : 0), "the line is no JSON", "give one job in braces a line");
  } catch (const Json::exception&) {
    fail_at(sources, position, "a number in the line is too large");
  } catch (const Error& error) {
    fail_at(sources, position, error.message(), error.advice());
  }
  if (job.id.empty()) {
    job.id = fmt::format("line {}", sources.locate(position).line);
  }
  if (job.file.empty() && !job.pattern) {
    job.request.source.name = job.id;
  }
  return job;
}

}  // namespace basalt
