// The one vocabulary of errors: what went wrong, the offending value, the way out, and where.
// Thrown at the API edge; each front end translates it once (exit status, JSON, exception).
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace basalt {

enum class ErrorCode : std::uint8_t {
  bad_usage,         ///< An option or a request is wrong: exit status 2.
  bad_input,         ///< An input file is wrong: exit status 2.
  unsupported,       ///< The input asks for something Basalt refuses by name: exit status 2.
  io,                ///< The system refused to read or write: exit status 1.
  out_of_resources,  ///< The job does not fit what this process may use: exit status 3.
  too_noisy,         ///< Measurements disagree, for others use the machine: exit status 3.
  cancelled,         ///< The user stopped the job: exit status 130.
  device_lost,       ///< A device was lost or hangs; the job may run again without it: exit status 1.
  failed,            ///< The run itself failed: exit status 1.
};

/// Where in an input text something is; `line` and `column` count from 1, 0 means unknown.
struct SourceLocation {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;  ///< In characters (code points), as editors count.
  std::string source_line;   ///< The text of the line, shortened if it is very long.
  std::uint32_t caret = 0;   ///< Offset of the caret within `source_line`, in characters.
};

/// Any failure that Basalt reports. `what()` is the whole text for people, caret included.
class Error : public std::exception {
 public:
  /// `message` names the offending value; `advice` says what to do and may be empty.
  Error(ErrorCode code, std::string message, std::string advice = {}, SourceLocation where = {});

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  [[nodiscard]] const std::string& advice() const noexcept { return advice_; }
  [[nodiscard]] const SourceLocation& where() const noexcept { return where_; }
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  ErrorCode code_;
  std::string message_;
  std::string advice_;
  SourceLocation where_;
  std::string text_;
};

/// The machine-readable name of a code, e.g. "out_of_resources".
std::string_view name_of(ErrorCode code) noexcept;

/// The exit status a command line gives for a code.
int exit_status_of(ErrorCode code) noexcept;

}  // namespace basalt
