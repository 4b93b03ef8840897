#include "engine/batch/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/printable.h"

namespace basalt {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t";

struct Cell {
  std::string text;
  std::size_t offset = 0;
};

class CsvReader {
 public:
  CsvReader(const quantum::SourceMap& sources, std::uint32_t text)
      : sources_(sources), index_(text), text_(sources.text(text)) {
    if (text_.starts_with(kByteOrderMark)) {
      offset_ = kByteOrderMark.size();
    }
  }

  /// The cells of the next line that has any; false at the end.
  bool next_row(std::vector<Cell>& cells) {
    cells.clear();
    while (offset_ < text_.size() && cells.empty()) {
      const std::size_t begin = offset_;
      const std::size_t first = std::min(text_.find_first_not_of(kBlanks, begin), text_.size());
      if (end_of_line(first) > 0 || first == text_.size()) {
        offset_ = first + end_of_line(first);
        continue;
      }
      do {
        cells.push_back(cell());
      } while (take_comma());
    }
    return !cells.empty();
  }

  [[noreturn]] void fail(std::size_t offset, std::string message, std::string advice) const {
    fail_at(sources_, {index_, static_cast<std::uint32_t>(std::min(offset, text_.size()))}, std::move(message),
            std::move(advice));
  }

 private:
  /// Bytes of the line end at `offset`; 0 where there is none.
  [[nodiscard]] std::size_t end_of_line(std::size_t offset) const {
    const std::string_view rest = text_.substr(std::min(offset, text_.size()));
    return rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') ? 1 : 0;
  }

  Cell cell() {
    offset_ = std::min(text_.find_first_not_of(kBlanks, offset_), text_.size());
    Cell result{.text = {}, .offset = offset_};
    if (offset_ < text_.size() && text_[offset_] == '"') {
      result.text = quoted();
    } else {
      const std::size_t end = std::min(text_.find_first_of(",\n\"", offset_), text_.size());
      if (end < text_.size() && text_[end] == '"') {
        fail(end, "a quotation mark inside of a cell",
             "put the whole cell in quotation marks, and write \"\" for each inside");
      }
      const std::size_t stop =
          end < text_.size() && text_[end] == '\n' && end > offset_ && text_[end - 1] == '\r' ? end - 1 : end;
      const std::string_view content = text_.substr(offset_, stop - offset_);
      result.text = content.substr(0, content.find_last_not_of(kBlanks) + 1);
      offset_ = stop;
    }
    if (result.text.empty()) {
      fail(result.offset, "the cell is empty", "every row has a value for every column");
    }
    return result;
  }

  /// A cell in quotation marks, from the opening one to what follows the closing one and blanks.
  std::string quoted() {
    const std::size_t opening = offset_++;
    std::string text;
    for (;;) {
      const std::size_t mark = text_.find('"', offset_);
      if (mark == std::string_view::npos) {
        fail(opening, "the quotation mark is never closed", "write \" at the end of the cell");
      }
      text += text_.substr(offset_, mark - offset_);
      offset_ = mark + 1;
      if (!text_.substr(offset_).starts_with('"')) {
        break;
      }
      text += '"';
      ++offset_;
    }
    offset_ = std::min(text_.find_first_not_of(kBlanks, offset_), text_.size());
    if (offset_ < text_.size() && text_[offset_] != ',' && end_of_line(offset_) == 0) {
      fail(offset_, "text after the closing quotation mark", "write \"\" for a quotation mark inside of a cell");
    }
    return text;
  }

  /// Past the comma after a cell, or past the line end.
  bool take_comma() {
    if (offset_ < text_.size() && text_[offset_] == ',') {
      ++offset_;
      return true;
    }
    offset_ += end_of_line(offset_);
    return false;
  }

  const quantum::SourceMap& sources_;
  std::uint32_t index_;
  std::string_view text_;
  std::size_t offset_ = 0;
};

}  // namespace

CsvTable parse_csv(const quantum::SourceMap& sources, std::uint32_t text, std::uint64_t most_rows) {
  CsvReader reader(sources, text);
  CsvTable table;
  std::vector<Cell> cells;
  if (!reader.next_row(cells)) {
    reader.fail(0, "the table is empty", "its first row names the inputs, every further row gives their values");
  }
  for (Cell& cell : cells) {
    if (std::ranges::find(table.names, cell.text) != table.names.end()) {
      reader.fail(cell.offset, fmt::format("the column {} comes twice", in_quotes(cell.text)), "name each input once");
    }
    table.names.push_back(std::move(cell.text));
  }
  while (reader.next_row(cells)) {
    if (cells.size() != table.names.size()) {
      reader.fail(cells.size() > table.names.size() ? cells[table.names.size()].offset : cells.back().offset,
                  fmt::format("the row has {} cells, but there are {} columns", cells.size(), table.names.size()),
                  fmt::format("give a value for each of: {}", fmt::join(table.names, ", ")));
    }
    if (table.rows.size() == most_rows) {
      reader.fail(cells.front().offset, fmt::format("the table has more than {} rows", most_rows), "split it");
    }
    std::vector<std::string>& row = table.rows.emplace_back();
    for (Cell& cell : cells) {
      row.push_back(std::move(cell.text));
    }
  }
  if (table.rows.empty()) {
    reader.fail(0, "the table has names and no rows", "every row after the first gives values for the inputs");
  }
  return table;
}

}  // namespace basalt
