// One circuit from request to printed report; of the commands that run one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "basalt/request.h"
#include "observation.h"

namespace basalt::cli {

/// What is wanted of a run besides its request.
struct RunView {
  std::string file;  ///< What the report is headed by.
  Observation observation;
  std::optional<std::uint64_t> spill_limit_bytes;
  bool passes = false;
  bool quiet = false;
};

/// Adds --spill-limit, --passes, --quiet and what observes a run.
void add_view_options(CLI::App& command, RunView& view);

/// `notes` are shown before those of the run.
void run_circuit(const Request& request, RunView& view, bool json, const std::vector<std::string>& notes = {});

}  // namespace basalt::cli
