// A field in a device's memory: chunks, and the table of their addresses that shaders find elements by.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/memory/field.h"
#include "runtime/vulkan/commands.h"
#include "runtime/vulkan/memory.h"

namespace basalt::vulkan {

/// Element i lies in chunk i >> chunk_axes, at place i & (2^chunk_axes - 1).
class DeviceField {
 public:
  /// Of 2^axes elements, padded to at least one tile of the device's plan. What is in it is unspecified. Throws
  /// Error(out_of_resources).
  DeviceField(DeviceMemory& memory, ElementType type, int axes);

  [[nodiscard]] ElementType type() const noexcept { return type_; }
  [[nodiscard]] int axes() const noexcept { return axes_; }
  /// Axes as shaders see them; where an axis beyond axes() is 1, the field holds zeros.
  [[nodiscard]] int padded_axes() const noexcept { return padded_axes_; }
  [[nodiscard]] int chunk_axes() const noexcept { return chunk_axes_; }
  [[nodiscard]] std::span<const DeviceBuffer> chunks() const noexcept { return chunks_; }
  /// Of the table of 64-bit addresses, one for each chunk.
  [[nodiscard]] std::uint64_t table_address() const noexcept { return table_.address(); }
  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return element_bytes(type_) << padded_axes_; }
  [[nodiscard]] DeviceMemory& memory() const noexcept { return *memory_; }

  /// Copies `bytes` at byte offset `first` of the field to or from the host.
  void download(Staging& staging, std::uint64_t first, std::span<std::byte> to, const CancelToken* cancel) const;
  void upload(Staging& staging, std::span<const std::byte> from, std::uint64_t first, const CancelToken* cancel);

 private:
  DeviceMemory* memory_;
  ElementType type_;
  int axes_;
  int padded_axes_;
  int chunk_axes_;
  std::vector<DeviceBuffer> chunks_;
  DeviceBuffer table_;
};

/// Bytes of device memory that such a field takes, its table included.
std::uint64_t device_field_bytes(const DevicePlan& plan, ElementType type, int axes) noexcept;

}  // namespace basalt::vulkan
