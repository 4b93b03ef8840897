// Source texts and positions in them. Errors are built from here, so that all of them look alike.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "basalt/cancel.h"
#include "basalt/error.h"

namespace basalt::quantum {

/// A byte in one of the texts of a SourceMap.
struct Position {
  std::uint32_t text = 0;    ///< Index of the text.
  std::uint32_t offset = 0;  ///< Byte offset within it.
};

/// Owns every text that a program was read from: the file itself, then its includes.
class SourceMap {
 public:
  /// `name` is what messages print ("bell.qasm", "<stdin>"). Returns the index of the text.
  std::uint32_t add(std::string name, std::string text);

  [[nodiscard]] std::uint32_t count() const noexcept { return static_cast<std::uint32_t>(texts_.size()); }
  [[nodiscard]] std::string_view text(std::uint32_t index) const;
  [[nodiscard]] const std::string& name(std::uint32_t index) const;
  [[nodiscard]] SourceLocation locate(Position position) const;

  /// "file:line" of a position, for notes.
  [[nodiscard]] std::string describe(Position position) const;

 private:
  struct Text {
    std::string name;
    std::string text;
  };
  std::deque<Text> texts_;  // a deque: adding an include must not move the texts that lexers are reading
};

/// The largest program text that is read, in bytes; larger ones are refused with a message.
inline constexpr std::uint64_t kMaxSourceBytes = std::uint64_t{256} << 20;

/// Reads a whole file, or standard input for "-", never more than kMaxSourceBytes. Throws Error(bad_input) that names
/// the path and the reason: missing, a directory, unreadable, too large.
std::string read_source(const std::string& path, const CancelToken* cancel = nullptr);

[[noreturn]] void fail_at(const SourceMap& sources, Position position, std::string message, std::string advice = {},
                          ErrorCode code = ErrorCode::bad_input);

}  // namespace basalt::quantum
