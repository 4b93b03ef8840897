// Values of cells that come from elsewhere, such as a file: row by row.
#pragma once

#include <cstdint>
#include <functional>

namespace basalt::patterns {

/// None where there is no reader. Any thread may read any row.
struct GivenValues {
  std::uint64_t layers = 0;
  /// The row (y, z) of a layer.
  std::function<void(std::uint64_t layer, std::uint64_t y, std::uint64_t z, double* row)> read_row{};

  explicit operator bool() const noexcept { return static_cast<bool>(read_row); }
};

}  // namespace basalt::patterns
