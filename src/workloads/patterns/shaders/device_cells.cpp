#include "workloads/patterns/shaders/device_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "basalt/error.h"
#include "basalt/inventory.h"

namespace basalt::patterns {
namespace {

constexpr std::uint64_t kLineBytes = 128;  // what a device's memory moves at a time
constexpr std::uint64_t kTableEntryBytes = sizeof(std::uint64_t);
constexpr std::uint64_t kAlignment = 256;  // of buffers

}  // namespace

DeviceLayout lay_out(const Grid& grid, Precision precision, std::uint64_t chunk_bytes) {
  DeviceLayout layout;
  layout.rows = grid.rows();
  layout.row_bytes = (grid.size[0] * scalar_bytes(precision) + kLineBytes - 1) / kLineBytes * kLineBytes;
  if (layout.row_bytes > chunk_bytes) {
    throw Error(ErrorCode::unsupported,
                fmt::format("{} cells along x take {}, and a device holds rows of at most {}", grid.size[0],
                            format_bytes(layout.row_bytes), format_bytes(chunk_bytes)),
                "give a shorter x axis, or --backend cpu");
  }
  const std::uint64_t most_rows = chunk_bytes / layout.row_bytes;
  layout.chunk_rows = layout.rows <= most_rows ? layout.rows : std::bit_floor(most_rows);
  layout.chunks = (layout.rows + layout.chunk_rows - 1) / layout.chunk_rows;
  return layout;
}

DeviceCells::DeviceCells(vulkan::DeviceMemory& memory, const DeviceLayout& layout, std::size_t fields)
    : chunks_per_field_(layout.chunks) {
  std::vector<std::uint64_t> addresses;
  for (std::size_t field = 0; field < fields; ++field) {
    for (std::uint64_t first = 0; first < layout.rows; first += layout.chunk_rows) {
      const std::uint64_t rows = std::min(layout.chunk_rows, layout.rows - first);
      chunks_.push_back(memory.allocate(rows * layout.row_bytes, vulkan::Placement::device, "cells"));
      addresses.push_back(chunks_.back().address());
    }
  }
  table_ = memory.allocate(addresses.size() * kTableEntryBytes, vulkan::Placement::upload, "table of cells");
  std::memcpy(table_.data(), addresses.data(), addresses.size() * kTableEntryBytes);
}

std::uint64_t device_cells_bytes(const DeviceLayout& layout, std::size_t fields) noexcept {
  const std::uint64_t table = fields * layout.chunks * kTableEntryBytes;
  return fields * (layout.field_bytes() + layout.chunks * kAlignment) +
         (table + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace basalt::patterns
