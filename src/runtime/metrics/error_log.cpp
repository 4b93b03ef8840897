// The ring of recent errors and the file of all of them.
#include "basalt/error_log.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

#include "runtime/metrics/json_text.h"
#include "runtime/metrics/metrics.h"
#include "runtime/metrics/tools.h"

namespace basalt {
namespace {

/// A file that lines are appended to: whole lines, also between processes, for each is one write.
class LogFile {
 public:
  explicit LogFile(const std::string& path)
      : descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) {
      throw Error(ErrorCode::io, fmt::format("the error log \"{}\" cannot be opened: {}", path, std::strerror(errno)),
                  "name a file that can be written with --log or BASALT_LOG");
    }
  }
  ~LogFile() { ::close(descriptor_); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// A line that the system refuses is lost to the file; the ring has it.
  void append(const std::string& line) const {
    [[maybe_unused]] const ::ssize_t written = ::write(descriptor_, line.data(), line.size());
  }

 private:
  int descriptor_;
};

ErrorRecord make_record(const Error& error, std::string_view job, std::string_view context) {
  const SourceLocation& where = error.where();
  return {.unix_seconds = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(),
          .code = error.code(),
          .message = error.message(),
          .advice = error.advice(),
          .where = where.line == 0 ? where.file : fmt::format("{}:{}:{}", where.file, where.line, where.column),
          .job = std::string(job),
          .context = std::string(context)};
}

std::string line_of(const ErrorRecord& record) {
  using metrics::json_string;
  const auto milliseconds = static_cast<std::int64_t>(std::floor(record.unix_seconds * 1e3));
  return fmt::format(
      R"({{"time":"{:%Y-%m-%dT%H:%M:%S}.{:03d}Z","process":{},"number":{},"code":"{}","message":{},"advice":{},"where":{},"job":{},"context":{}}})"
      "\n",
      fmt::gmtime(static_cast<std::time_t>(milliseconds / 1000)), milliseconds % 1000, ::getpid(), record.number,
      name_of(record.code), json_string(record.message), json_string(record.advice), json_string(record.where),
      json_string(record.job), json_string(record.context));
}

class ErrorLog {
 public:
  void write_to(const std::string& path) {
    const std::scoped_lock lock(mutex_);
    asked_environment_ = true;
    file_.reset();
    if (!path.empty()) {
      file_.emplace(path);
    }
  }

  void add(ErrorRecord record) {
    const std::scoped_lock lock(mutex_);
    open_from_environment();
    keep(std::move(record));
  }

  std::vector<ErrorRecord> recent() {
    const std::scoped_lock lock(mutex_);
    return {records_.begin(), records_.end()};
  }

 private:
  void keep(ErrorRecord record) {
    record.number = ++last_number_;
    if (file_) {
      file_->append(line_of(record));
    }
    if (records_.size() == kRecentErrors) {
      records_.pop_front();
    }
    records_.push_back(std::move(record));
  }

  /// Once. A file that cannot be opened is an error to remember, not a reason to stop.
  void open_from_environment() {
    const char* path = ::secure_getenv("BASALT_LOG");
    if (std::exchange(asked_environment_, true) || path == nullptr || *path == '\0') {
      return;
    }
    try {
      file_.emplace(path);
    } catch (const Error& error) {
      keep(make_record(error, {}, "error log"));
    }
  }

  std::mutex mutex_;
  std::deque<ErrorRecord> records_;
  std::optional<LogFile> file_;
  std::uint64_t last_number_ = 0;
  bool asked_environment_ = false;
};

/// Never destroyed: errors are logged until the very end.
ErrorLog& error_log() {
  static auto* const instance = new ErrorLog;
  return *instance;
}

}  // namespace

void log_error(const Error& error, std::string_view job, std::string_view context) noexcept {
  metrics::add(metrics::Metric::errors);
  metrics::tell_tools_error(error, job);
  try {
    error_log().add(make_record(error, job, context));
  } catch (const std::exception&) {
    // Out of memory: the record is lost, the caller's own error matters more.
  }
}

std::vector<ErrorRecord> recent_errors() {
  return error_log().recent();
}

void set_error_log(const std::string& path) {
  error_log().write_to(path);
}

}  // namespace basalt
