// Positions to line and column. Nothing is indexed while a program is read: only an error or a note pays, by one walk
// over the text.
#include "workloads/quantum/input/source.h"

#include <algorithm>

#include "base/locate.h"

namespace basalt::quantum {

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
  return basalt::locate(name(position.text), text(position.text), position.offset);
}

std::string SourceMap::describe(Position position) const {
  const std::string_view whole = text(position.text);
  const TextLine line = line_at(whole, std::min<std::size_t>(position.offset, whole.size()));
  return name(position.text) + ':' + std::to_string(line.number);
}

void fail_at(const SourceMap& sources, Position position, std::string message, std::string advice, ErrorCode code) {
  throw Error(code, std::move(message), std::move(advice), sources.locate(position));
}

}  // namespace basalt::quantum
