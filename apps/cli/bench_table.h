// The table of `basalt bench`, row by row as they are measured.
#pragma once

#include "basalt/bench.h"

namespace basalt::cli {

void print_bench_heading();
void print_bench_row(const BenchRow& row);

/// What the columns were measured against.
void print_bench_machine(const BenchReport& report);

}  // namespace basalt::cli
