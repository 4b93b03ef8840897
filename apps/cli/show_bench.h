// How the rows of a benchmark are shown while they are measured.
#pragma once

#include <cstddef>
#include <iostream>
#include <string>

#include "basalt/json.h"
#include "interrupt.h"
#include "print.h"
#include "status_line.h"

namespace basalt::cli {

/// The table of a benchmark: its heading, its rows, and what stands below them.
template <typename Row, typename Report>
struct BenchTable {
  void (*heading)();
  void (*row)(const Row& row);
  void (*machine)(const Report& report);
};

/// Runs `measure` with its hooks, and prints the table row by row with what is running below it, or one JSON document.
template <typename Hooks, typename Row, typename Report, typename Measure>
void show_bench(bool json, const BenchTable<Row, Report>& table, const Measure& measure) {
  const StatusLine status;
  Hooks hooks{.cancel = &interrupt_token(), .on_start = {}, .on_row = {}};
  hooks.on_start = [&](std::size_t row, std::size_t rows, const std::string& what) {
    status.show(static_cast<double>(row) / static_cast<double>(rows), what);
  };
  hooks.on_row = [&](const Row& row) {
    status.clear();
    if (!json) {
      table.row(row);
      std::cout.flush();
    }
  };
  if (!json) {
    table.heading();
  }
  Report report;
  try {
    report = measure(hooks);
  } catch (...) {
    status.clear();
    throw;
  }
  if (json) {
    std::cout << json_of(report) << '\n';
  } else {
    table.machine(report);
    print_notes(report.notes);
  }
}

}  // namespace basalt::cli
