// The option --passes, and what it prints.
#pragma once

#include <CLI/CLI.hpp>
#include <vector>

#include "basalt/report.h"

namespace basalt::cli {

void add_passes_flag(CLI::App& command, bool& passes);

/// A row a pass, in the order in which they ran, and a blank line.
void print_passes(const std::vector<PassEntry>& passes);

}  // namespace basalt::cli
