// Where in a text something is, for messages: by a walk over the text, which only an error or a note pays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "basalt/error.h"

namespace basalt {

/// A line of a text. Lines end with \n, \r\n, or a \r alone.
struct TextLine {
  std::size_t number = 1;
  std::size_t begin = 0;
  std::size_t end = 0;  ///< Past the last byte, line end excluded.
};

/// The line that the byte `offset` of `text` is on; a byte order mark is no part of the first.
TextLine line_at(std::string_view text, std::size_t offset);

/// The place of the byte `offset` of `text`, with the line around it made fit for a message. `name` is what messages
/// call the text.
SourceLocation locate(std::string name, std::string_view text, std::size_t offset);

/// The byte at which a line and column (both from 1, columns in code points) begin; the end of what is shorter.
std::size_t offset_of(std::string_view text, std::uint32_t line, std::uint32_t column);

}  // namespace basalt
