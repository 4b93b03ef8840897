// An invented /proc and /sys in a folder of its own, removed at the end.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace basalt::testing_support {

class SystemTree {
 public:
  explicit SystemTree(const std::map<std::string, std::string>& files) {
    static std::atomic<int> made{0};
    root_ = std::filesystem::path(testing::TempDir()) /
            ("system_tree_" + std::to_string(::getpid()) + "_" + std::to_string(++made));
    std::filesystem::create_directories(root_);
    for (const auto& [path, text] : files) {
      write(path, text);
    }
  }
  ~SystemTree() { std::filesystem::remove_all(root_); }
  SystemTree(const SystemTree&) = delete;
  SystemTree& operator=(const SystemTree&) = delete;

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }

  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }

 private:
  std::filesystem::path root_;
};

}  // namespace basalt::testing_support
