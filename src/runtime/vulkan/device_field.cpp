#include "runtime/vulkan/device_field.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace basalt::vulkan {
namespace {

int tile_axes(const DevicePlan& plan, ElementType type) {
  return type == ElementType::c64 ? plan.tile_axes_c64 : plan.tile_axes_c128;
}

int padded(const DevicePlan& plan, ElementType type, int axes) {
  return std::max(axes, tile_axes(plan, type));
}

/// Calls body(chunk, offset in it, offset in the range, bytes) for the parts of a range that lie in one chunk each.
template <typename Body>
void for_each_part(std::uint64_t chunk_bytes, std::uint64_t first, std::uint64_t size, const Body& body) {
  for (std::uint64_t done = 0; done < size;) {
    const std::uint64_t place = first + done;
    const std::uint64_t bytes = std::min(size - done, chunk_bytes - place % chunk_bytes);
    body(place / chunk_bytes, place % chunk_bytes, done, bytes);
    done += bytes;
  }
}

}  // namespace

DeviceField::DeviceField(DeviceMemory& memory, ElementType type, int axes)
    : memory_(&memory),
      type_(type),
      axes_(axes),
      padded_axes_(padded(memory.device().plan(), type, axes)),
      chunk_axes_(
          std::min(padded_axes_,
                   static_cast<int>(std::bit_width(memory.device().plan().chunk_bytes / element_bytes(type)) - 1))),
      chunks_(memory.allocate_chunks(size_bytes(), "state")),
      table_(memory.allocate(chunks_.size() * sizeof(std::uint64_t), Placement::upload, "table of chunks")) {
  for (std::size_t i = 0; i < chunks_.size(); ++i) {
    const std::uint64_t address = chunks_[i].address();
    std::memcpy(table_.data() + i * sizeof(address), &address, sizeof(address));
  }
}

void DeviceField::download(Staging& staging, std::uint64_t first, std::span<std::byte> to,
                           const CancelToken* cancel) const {
  for_each_part(element_bytes(type_) << chunk_axes_, first, to.size(),
                [&](std::uint64_t chunk, std::uint64_t offset, std::uint64_t done, std::uint64_t bytes) {
                  staging.download(chunks_[chunk], offset, to.subspan(done, bytes), cancel);
                });
}

void DeviceField::upload(Staging& staging, std::span<const std::byte> from, std::uint64_t first,
                         const CancelToken* cancel) {
  for_each_part(element_bytes(type_) << chunk_axes_, first, from.size(),
                [&](std::uint64_t chunk, std::uint64_t offset, std::uint64_t done, std::uint64_t bytes) {
                  staging.upload(from.subspan(done, bytes), chunks_[chunk], offset, cancel);
                });
}

std::uint64_t device_field_bytes(const DevicePlan& plan, ElementType type, int axes) noexcept {
  const std::uint64_t bytes = element_bytes(type) << padded(plan, type, axes);
  return bytes + (bytes / plan.chunk_bytes + 1) * sizeof(std::uint64_t);
}

}  // namespace basalt::vulkan
