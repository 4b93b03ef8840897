// A folder that looks like the /proc and /sys of some machine, for the readers of the inventory.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace basalt::test {

/// Files written with write() are removed with the object.
class MachineFiles {
 public:
  MachineFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "basalt-machine-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      ADD_FAILURE() << "no temporary folder " << name;
    }
    root_ = name;
  }
  ~MachineFiles() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  MachineFiles(const MachineFiles&) = delete;
  MachineFiles& operator=(const MachineFiles&) = delete;

  /// `path` as on the machine, e.g. "/proc/meminfo".
  MachineFiles& write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root_ / path.substr(1);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return *this;
  }

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }

 private:
  std::filesystem::path root_;
};

}  // namespace basalt::test
