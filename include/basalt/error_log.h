// The errors that a process met: the latest in memory, all of them in a file for who asks for one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/error.h"

namespace basalt {

/// Records that are kept in memory.
inline constexpr std::size_t kRecentErrors = 256;

struct ErrorRecord {
  std::uint64_t number = 0;  ///< Counts from 1 in this process; gaps do not occur in the file.
  double unix_seconds = 0;   ///< When it was logged.
  ErrorCode code = ErrorCode::failed;
  std::string message;
  std::string advice;
  std::string where;    ///< "file:line:column" of the input, or empty.
  std::string job;      ///< Whose it was: a job's name in a batch, a file; may be empty.
  std::string context;  ///< What was being done: "run", "batch: worker 3"; may be empty.
};

/// Keeps the error, counts it, appends it to the log file if there is one, and tells the tools. Thread-safe; never
/// throws: a record that cannot be kept is lost.
void log_error(const Error& error, std::string_view job = {}, std::string_view context = {}) noexcept;

/// The latest errors, oldest first.
std::vector<ErrorRecord> recent_errors();

/// Appends every further error to `path`, one JSON object a line; several processes may share the file. An empty path
/// ends that. Before the first call, the file that BASALT_LOG names is used. Throws Error(io).
void set_error_log(const std::string& path);

}  // namespace basalt
