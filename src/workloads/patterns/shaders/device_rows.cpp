#include "workloads/patterns/shaders/device_rows.h"

#include <algorithm>

namespace basalt::patterns {
namespace {

constexpr std::uint64_t kStagingBytes = std::uint64_t{16} << 20;
constexpr std::uint64_t kStagingBuffers = 4;  // two each way
constexpr std::uint64_t kAheadBytes = std::uint64_t{16} << 20;

std::uint64_t most_rows_ahead(const DeviceLayout& layout) {
  return std::clamp<std::uint64_t>(kAheadBytes / layout.row_bytes, 1, layout.rows);
}

}  // namespace

DeviceRows::DeviceRows(vulkan::DeviceMemory& memory, const DeviceLayout& layout, MemoryResource& host)
    : memory_(memory), layout_(layout), host_(host) {}

vulkan::Staging& DeviceRows::staging() {
  if (staging_ == nullptr) {
    staging_ = std::make_unique<vulkan::Staging>(memory_, kStagingBytes);
  }
  return *staging_;
}

void DeviceRows::write(const DeviceCells& cells, std::size_t field, std::uint64_t first_row,
                       std::span<const std::byte> rows, const CancelToken* cancel) {
  forget();
  while (!rows.empty()) {
    const std::uint64_t within = first_row % layout_.chunk_rows;
    const std::uint64_t count = std::min(rows.size() / layout_.row_bytes, layout_.chunk_rows - within);
    staging().upload(rows.first(count * layout_.row_bytes), cells.chunk(field, first_row / layout_.chunk_rows),
                     within * layout_.row_bytes, cancel);
    rows = rows.subspan(count * layout_.row_bytes);
    first_row += count;
  }
}

const std::byte* DeviceRows::read(const DeviceCells& cells, std::size_t field, std::uint64_t row,
                                  const CancelToken* cancel) {
  const bool known =
      ahead_cells_ == &cells && ahead_field_ == field && row >= ahead_first_ && row - ahead_first_ < ahead_rows_;
  if (!known) {
    if (ahead_.size_bytes() == 0) {
      ahead_ = Buffer(host_, most_rows_ahead(layout_) * layout_.row_bytes);
    }
    forget();
    const std::uint64_t within = row % layout_.chunk_rows;
    const std::uint64_t count = std::min({most_rows_ahead(layout_), layout_.chunk_rows - within, layout_.rows - row});
    staging().download(cells.chunk(field, row / layout_.chunk_rows), within * layout_.row_bytes,
                       ahead_.bytes().first(count * layout_.row_bytes), cancel);
    ahead_cells_ = &cells;
    ahead_field_ = field;
    ahead_first_ = row;
    ahead_rows_ = count;
  }
  return ahead_.data() + (row - ahead_first_) * layout_.row_bytes;
}

std::uint64_t DeviceRows::host_bytes(const DeviceLayout& layout) noexcept {
  return kStagingBuffers * kStagingBytes + most_rows_ahead(layout) * layout.row_bytes;
}

}  // namespace basalt::patterns
