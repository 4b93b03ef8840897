// Rows of cells on their way between the host and a device.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "basalt/cancel.h"
#include "basalt/memory.h"
#include "runtime/vulkan/commands.h"
#include "workloads/patterns/shaders/device_cells.h"

namespace basalt::patterns {

/// For one thread, while the device does not work on the cells.
class DeviceRows {
 public:
  /// `host` is for the rows that are read ahead.
  DeviceRows(vulkan::DeviceMemory& memory, const DeviceLayout& layout, MemoryResource& host);

  /// Rows from `first_row` on (row y + size[1] · z), layout.row_bytes from one to the next.
  void write(const DeviceCells& cells, std::size_t field, std::uint64_t first_row, std::span<const std::byte> rows,
             const CancelToken* cancel);

  /// The beginning of a row, until the next call. Reads those behind it, too: who goes on in order waits rarely.
  const std::byte* read(const DeviceCells& cells, std::size_t field, std::uint64_t row, const CancelToken* cancel);
  /// What was read ahead has changed on the device.
  void forget() noexcept { ahead_rows_ = 0; }

  /// Of the host, for staging and for what is read ahead.
  static std::uint64_t host_bytes(const DeviceLayout& layout) noexcept;

 private:
  vulkan::Staging& staging();

  vulkan::DeviceMemory& memory_;
  const DeviceLayout layout_;
  MemoryResource& host_;
  std::unique_ptr<vulkan::Staging> staging_;  ///< From the first use on.
  Buffer ahead_;
  const DeviceCells* ahead_cells_ = nullptr;
  std::size_t ahead_field_ = 0;
  std::uint64_t ahead_first_ = 0;
  std::uint64_t ahead_rows_ = 0;
};

}  // namespace basalt::patterns
