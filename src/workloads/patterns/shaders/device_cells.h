// Fields of cells in a device's memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/vulkan/memory.h"
#include "workloads/patterns/grid.h"

namespace basalt::patterns {

/// Where the cells of a field lie: row after row, whole rows in chunks of a device's memory, no ghost cells.
struct DeviceLayout {
  std::uint64_t rows = 1;
  std::uint64_t row_bytes = 0;   ///< From a row to the next: whole lines of memory.
  std::uint64_t chunk_rows = 1;  ///< A power of two where there is more than one chunk.
  std::uint64_t chunks = 1;      ///< The last may hold fewer rows.

  [[nodiscard]] std::uint64_t field_bytes() const noexcept { return rows * row_bytes; }
};

/// With chunks of at most `chunk_bytes`. Throws Error(unsupported) for a row that is longer.
DeviceLayout lay_out(const Grid& grid, Precision precision, std::uint64_t chunk_bytes);

/// Several fields of one layout, e.g. the species at one time. What is in them is unspecified at first.
class DeviceCells {
 public:
  DeviceCells() = default;
  /// Throws Error(out_of_resources).
  DeviceCells(vulkan::DeviceMemory& memory, const DeviceLayout& layout, std::size_t fields);

  /// Of the table of 64-bit addresses that shaders find chunks by, field after field.
  [[nodiscard]] std::uint64_t table_address() const noexcept { return table_.address(); }
  [[nodiscard]] const vulkan::DeviceBuffer& chunk(std::size_t field, std::uint64_t index) const {
    return chunks_[field * chunks_per_field_ + index];
  }

 private:
  std::uint64_t chunks_per_field_ = 0;
  std::vector<vulkan::DeviceBuffer> chunks_;
  vulkan::DeviceBuffer table_;
};

/// Bytes of device memory that such fields take, tables included.
std::uint64_t device_cells_bytes(const DeviceLayout& layout, std::size_t fields) noexcept;

}  // namespace basalt::patterns
