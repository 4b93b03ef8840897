// Decoding of UTF-8 and escaping for messages. Texts may hold anything, so every byte sequence has an outcome here.
#include "base/printable.h"

#include <array>
#include <cstdio>

namespace basalt {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";     // …

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F);
}

// Zero-width characters, line separators and direction overrides: they would make a line show other than it is.
bool is_invisible(char32_t c) {
  return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
         c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

}  // namespace

CodePoint decode_utf8(std::string_view text, std::size_t offset) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(offset);
  if (first < 0x80) {
    return {first, 1, true};
  }
  std::uint8_t length = 0;
  char32_t value = 0;
  char32_t least = 0;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2, value = first & 0x1F, least = 0x80;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3, value = first & 0x0F, least = 0x800;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4, value = first & 0x07, least = 0x10000;
  } else {
    return {first, 1, false};
  }
  if (text.size() - offset < length) {
    return {first, 1, false};
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(offset + i) & 0xC0) != 0x80) {
      return {first, 1, false};
    }
    value = (value << 6) | (byte(offset + i) & 0x3F);
  }
  if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
    return {first, 1, false};
  }
  return {value, length, true};
}

std::size_t append_printable(std::string& out, std::string_view text, std::size_t offset, CodePoint point) {
  if (!point.valid) {
    out += kReplacement;
    return 1;
  }
  if (point.value == '\t') {
    out += ' ';
    return 1;
  }
  if (!is_control(point.value) && !is_invisible(point.value)) {
    out += text.substr(offset, point.length);
    return 1;
  }
  std::array<char, 16> escape{};
  const int size = std::snprintf(escape.data(), escape.size(), point.value < 0x80 ? "\\x%02x" : "\\u{%x}",
                                 static_cast<unsigned>(point.value));
  out.append(escape.data(), static_cast<std::size_t>(size));
  return static_cast<std::size_t>(size);
}

std::string printable(std::string_view text, std::size_t max_characters) {
  std::string out;
  std::size_t count = 0;
  for (std::size_t offset = 0; offset < text.size(); ++count) {
    if (count == max_characters) {
      return out += kEllipsis;
    }
    const CodePoint point = decode_utf8(text, offset);
    append_printable(out, text, offset, point);
    offset += point.length;
  }
  return out;
}

std::string in_quotes(std::string_view text, std::size_t max_characters) {
  std::string out(1, '\'');
  out += printable(text, max_characters);
  return out += '\'';
}

}  // namespace basalt
