#include "base/locate.h"

#include <algorithm>
#include <utility>

#include "base/printable.h"

namespace basalt {
namespace {

constexpr std::size_t kContextCharacters = 60;  // shown on each side of the caret
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Start of the code point that lies `count` before `offset`, or `begin`.
std::size_t step_back(std::string_view text, std::size_t begin, std::size_t offset, std::size_t count) {
  for (; count > 0 && offset > begin; --count) {
    --offset;
    for (int i = 0; i < 3 && offset > begin && (static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80; ++i) {
      --offset;
    }
  }
  return offset;
}

bool ends_line(std::string_view text, std::size_t i) {
  return text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'));
}

}  // namespace

TextLine line_at(std::string_view text, std::size_t offset) {
  TextLine line;
  for (std::size_t i = 0; i < offset; ++i) {
    if (ends_line(text, i)) {
      ++line.number;
      line.begin = i + 1;
    }
  }
  if (line.begin == 0 && text.starts_with(kByteOrderMark)) {
    line.begin = std::min(kByteOrderMark.size(), offset);
  }
  line.end = std::min(text.find_first_of("\r\n", offset), text.size());
  return line;
}

SourceLocation locate(std::string name, std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const TextLine line = line_at(text, offset);

  SourceLocation where;
  where.file = std::move(name);
  where.line = static_cast<std::uint32_t>(line.number);
  std::uint32_t column = 1;
  for (std::size_t i = line.begin; i < offset; ++column) {
    i += decode_utf8(text, i).length;
  }
  where.column = column;

  const std::size_t shown_from = step_back(text, line.begin, offset, kContextCharacters);
  std::size_t caret = 0;
  if (shown_from > line.begin) {
    where.source_line += kEllipsis;
    caret = 1;
  }
  std::size_t i = shown_from;
  while (i < offset) {
    const CodePoint point = decode_utf8(text, i);
    caret += append_printable(where.source_line, text, i, point);
    i += point.length;
  }
  for (std::size_t count = 0; i < line.end && count < kContextCharacters; ++count) {
    const CodePoint point = decode_utf8(text, i);
    append_printable(where.source_line, text, i, point);
    i += point.length;
  }
  if (i < line.end) {
    where.source_line += kEllipsis;
  }
  where.caret = static_cast<std::uint32_t>(caret);
  return where;
}

std::size_t offset_of(std::string_view text, std::uint32_t line, std::uint32_t column) {
  std::size_t offset = 0;
  for (std::uint32_t number = 1; number < line && offset < text.size(); ++offset) {
    number += ends_line(text, offset) ? 1 : 0;
  }
  if (offset == 0 && text.starts_with(kByteOrderMark)) {
    offset = kByteOrderMark.size();
  }
  for (std::uint32_t i = 1; i < column && offset < text.size() && text[offset] != '\n' && text[offset] != '\r'; ++i) {
    offset += decode_utf8(text, offset).length;
  }
  return offset;
}

}  // namespace basalt
