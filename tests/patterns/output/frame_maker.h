// Frames of invented numbers, and a folder for what is written of them.
#pragma once

#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "basalt/error.h"
#include "workloads/patterns/output/frame.h"

namespace basalt::patterns::test {

/// A different number in each cell, of which f32 holds each.
inline double value_of(std::size_t species, std::uint64_t x, std::uint64_t y, std::uint64_t z) {
  return 0.25 + static_cast<double>(species) * 1000 + static_cast<double>(x) + static_cast<double>(y) / 16 +
         static_cast<double>(z) * 128;
}

using ValueOf = double (*)(std::size_t, std::uint64_t, std::uint64_t, std::uint64_t);

struct InventedFrame {
  InventedFrame(const std::vector<std::uint64_t>& size, Precision precision, ValueOf value = value_of)
      : grid(make_grid(size, 0.5)), values(value), type(precision) {}

  [[nodiscard]] FrameView view() const {
    return {.grid = grid,
            .species = species,
            .precision = type,
            .read_row =
                [this](std::size_t which, std::uint64_t y, std::uint64_t z, void* row) {
                  for (std::uint64_t x = 0; x < grid.size[0]; ++x) {
                    const double wide = values(which, x, y, z);
                    const auto narrow = static_cast<float>(wide);
                    std::memcpy(static_cast<char*>(row) + x * scalar_bytes(type),
                                type == Precision::single_precision ? static_cast<const void*>(&narrow) : &wide,
                                scalar_bytes(type));
                  }
                },
            .step = 300,
            .time = 1.5};
  }

  Grid grid;
  ValueOf values;
  Precision type;
  std::vector<std::string> species = {"u", "v"};
};

class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("basalt_output_" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator()));
  }

 private:
  std::filesystem::path path_;
};

inline std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// What an action is refused with, of the code that is expected; empty where it is not.
template <typename Action>
std::string refusal(ErrorCode code, Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code() == code ? error.what() : std::string("another code: ") + error.what();
  }
  return "";
}

}  // namespace basalt::patterns::test
