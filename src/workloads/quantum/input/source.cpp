// Positions to line and column. Nothing is indexed while a program is read: only an error or a note pays, by one walk
// over the text.
#include "workloads/quantum/input/source.h"

#include <algorithm>

#include "workloads/quantum/input/printable.h"

namespace basalt::quantum {
namespace {

constexpr std::size_t kContextCharacters = 60;  // shown on each side of the caret
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Line {
  std::size_t number = 1;
  std::size_t begin = 0;
  std::size_t end = 0;  // past the last byte, line end excluded
};

// Lines end with \n, \r\n, or a \r alone.
Line line_of(std::string_view text, std::size_t offset) {
  Line line;
  for (std::size_t i = 0; i < offset; ++i) {
    if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'))) {
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

}  // namespace

std::uint32_t SourceMap::add(std::string name, std::string text) {
  texts_.push_back({std::move(name), std::move(text)});
  return static_cast<std::uint32_t>(texts_.size() - 1);
}

std::string_view SourceMap::text(std::uint32_t index) const {
  return texts_.at(index).text;
}

const std::string& SourceMap::name(std::uint32_t index) const {
  return texts_.at(index).name;
}

SourceLocation SourceMap::locate(Position position) const {
  const std::string_view whole = text(position.text);
  const std::size_t offset = std::min<std::size_t>(position.offset, whole.size());
  const Line line = line_of(whole, offset);

  SourceLocation where;
  where.file = name(position.text);
  where.line = static_cast<std::uint32_t>(line.number);
  std::uint32_t column = 1;
  for (std::size_t i = line.begin; i < offset; ++column) {
    i += decode_utf8(whole, i).length;
  }
  where.column = column;

  const std::size_t shown_from = step_back(whole, line.begin, offset, kContextCharacters);
  std::size_t caret = 0;
  if (shown_from > line.begin) {
    where.source_line += kEllipsis;
    caret = 1;
  }
  std::size_t i = shown_from;
  while (i < offset) {
    const CodePoint point = decode_utf8(whole, i);
    caret += append_printable(where.source_line, whole, i, point);
    i += point.length;
  }
  for (std::size_t count = 0; i < line.end && count < kContextCharacters; ++count) {
    const CodePoint point = decode_utf8(whole, i);
    append_printable(where.source_line, whole, i, point);
    i += point.length;
  }
  if (i < line.end) {
    where.source_line += kEllipsis;
  }
  where.caret = static_cast<std::uint32_t>(caret);
  return where;
}

std::string SourceMap::describe(Position position) const {
  const std::string_view whole = text(position.text);
  const Line line = line_of(whole, std::min<std::size_t>(position.offset, whole.size()));
  return name(position.text) + ':' + std::to_string(line.number);
}

void fail_at(const SourceMap& sources, Position position, std::string message, std::string advice, ErrorCode code) {
  throw Error(code, std::move(message), std::move(advice), sources.locate(position));
}

}  // namespace basalt::quantum
