// Runs that are stopped and go on again.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "basalt/checkpoint.h"
#include "engine_harness.h"

namespace basalt {

/// Gone at the end, with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "basalt_kept_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Runs until `calls` reports of progress came, and is stopped then; false where the run was done before.
inline bool run_for(const Request& request, int calls, Report& report) {
  CancelToken cancel;
  RunHooks hooks;
  hooks.cancel = &cancel;
  hooks.on_progress = [&](const Progress& /*progress*/) {
    if (--calls == 0) {
      cancel.request();
    }
  };
  try {
    report = run(request, hooks);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled) << error.what();
    EXPECT_NE(std::string(error.what()).find("basalt resume"), std::string::npos);
    return false;
  }
  return true;
}

/// Kept in `folder`, stopped after `calls` reports of progress, and gone on with as `change` has it; each piece is
/// longer by `longer`, for states that are computed again must come to their end.
inline Report run_in_pieces(Request request, const std::string& folder, int calls, int longer, int* pieces = nullptr,
                            const std::function<void(Request&)>& change = {}) {
  constexpr int kMostPieces = 500;
  request.checkpoint.folder = folder;
  request.checkpoint.every_seconds = request.checkpoint.every_seconds.value_or(1e-9);
  Report report;
  for (int i = 1; i < kMostPieces; ++i) {
    if (pieces != nullptr) {
      *pieces = i;
    }
    if (run_for(request, calls, report)) {
      return report;
    }
    request = find_run(folder).request;
    calls += longer;
    if (change) {
      change(request);
    }
  }
  ADD_FAILURE() << "it does not come to its end";
  return report;
}

}  // namespace basalt
