// A run that was kept on disk, as another process finds it.
#pragma once

#include <optional>
#include <string>

#include "basalt/pattern.h"
#include "basalt/request.h"

namespace basalt {

/// What is in the folder that CheckpointRequest::folder named.
struct KeptRun {
  /// As it was asked for, with the seed that was used and the backend that was chosen, and set to go on. Before it is
  /// run, the number of threads, the memory and the backend may be changed; what else is changed changes the result.
  Request request;
  /// Of a pattern: the same of it, and `request` says nothing.
  std::optional<PatternRequest> pattern;
  std::optional<std::string> result;  ///< The report as JSON, once the run is done. There is no request then.
};

/// Throws Error(bad_usage) where there is no run or another process goes on with it, Error(io) where nothing of it can
/// be read.
KeptRun find_run(const std::string& folder_path);

/// Whether a run can go on from that folder, which need not be there.
bool is_kept(const std::string& folder);

}  // namespace basalt
