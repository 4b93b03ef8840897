// Tables of texts with commas between them (RFC 4180), as spreadsheets and pandas write them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/quantum/input/source.h"

namespace basalt {

struct CsvTable {
  std::vector<std::string> names;              ///< Of the columns, from the first row: not empty, all different.
  std::vector<std::vector<std::string>> rows;  ///< As many cells in each as there are names, none of them empty.
};

/// Reads a text of `sources`. Cells may stand in quotation marks; blanks around a cell without them are dropped, and so
/// are empty lines and a byte order mark; lines end with \n or \r\n. Throws Error(bad_input) with the place for
/// anything else: a row that is too long or too short, an empty cell, a stray quotation mark, no rows, more than
/// `most_rows`.
CsvTable parse_csv(const quantum::SourceMap& sources, std::uint32_t text, std::uint64_t most_rows);

}  // namespace basalt
