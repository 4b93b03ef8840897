// Runs of the engine from states that are given by a function.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "basalt/engine.h"
#include "base/npy.h"

namespace basalt::published {

/// A folder for the files of a test.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("basalt_published_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// Writes a state of a line or plane as a .npy file: value(species, x, y).
inline void write_state(const std::string& path, std::uint64_t species, const std::vector<std::uint64_t>& size,
                        const std::function<double(std::uint64_t, std::uint64_t, std::uint64_t)>& value) {
  std::vector<std::uint64_t> shape = {species};
  shape.insert(shape.end(), size.rbegin(), size.rend());
  std::ofstream file(path, std::ios::binary);
  file << write_npy_header("<f8", shape);
  const std::uint64_t rows = size.size() > 1 ? size[1] : 1;
  for (std::uint64_t each = 0; each < species; ++each) {
    for (std::uint64_t y = 0; y < rows; ++y) {
      for (std::uint64_t x = 0; x < size[0]; ++x) {
        const double number = value(each, x, y);
        file.write(reinterpret_cast<const char*>(&number), sizeof number);
      }
    }
  }
}

}  // namespace basalt::published
