// Programs kept beside the checkout. Tests that need them skip where the folder is absent.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "places.h"

namespace basalt::quantum::test {

inline std::filesystem::path shared_folder(const std::string& name) {
  return std::filesystem::path(places::kSourceFolder) / ".." / "shared" / name;
}

/// All files below `folder` with that extension, sorted; empty where the folder is absent.
inline std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder,
                                                      const std::string& extension) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file() && entry.path().extension() == extension) {
        files.push_back(entry.path());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace basalt::quantum::test

// Skips the test that runs it where `folder` is absent.
#define BASALT_NEEDS(folder)                                    \
  if (!std::filesystem::is_directory(folder)) {                 \
    GTEST_SKIP() << "there is no folder " << (folder).string(); \
  }
