// The options that say what Laplacian a grid has: the sides of its domain, and the stencil.
#pragma once

#include <CLI/CLI.hpp>
#include <array>

#include "basalt/pattern.h"

namespace basalt::cli {

/// --side AXIS=KIND[:VALUE] and --stencil NAME; what they write into must outlive parsing.
void add_side_options(CLI::App& command, std::array<std::array<Side, 2>, 3>& sides, Stencil& stencil);

}  // namespace basalt::cli
