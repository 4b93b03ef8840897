// Text that someone else wrote, made fit for a message: one line, no control characters, valid UTF-8, bounded length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace basalt {

/// A code point of a text, or an invalid byte (`valid` is false and `length` is 1).
struct CodePoint {
  char32_t value = 0;
  std::uint8_t length = 1;
  bool valid = false;
};

/// Decodes the UTF-8 sequence at `offset`, which must lie within `text`. Overlong forms and surrogates are invalid.
CodePoint decode_utf8(std::string_view text, std::size_t offset) noexcept;

/// Appends one code point as a message shows it and returns how many characters that took: control and invisible
/// formatting characters are escaped (\x07, \u{202e}), a tab is one blank, an invalid byte is U+FFFD.
std::size_t append_printable(std::string& out, std::string_view text, std::size_t offset, CodePoint point);

/// The first `max_characters` of `text`, followed by … if there are more.
std::string printable(std::string_view text, std::size_t max_characters);

/// `printable` between single quotation marks.
std::string in_quotes(std::string_view text, std::size_t max_characters = 60);

}  // namespace basalt
