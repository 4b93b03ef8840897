#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "basalt/error.h"
#include "runtime/vulkan/commands.h"

namespace basalt::vulkan {
namespace {

constexpr std::size_t kLanes = 2;  // one for the host, one for the device
constexpr std::uint64_t kLeastBytes = 256;

void expect_inside(const DeviceBuffer& buffer, std::uint64_t offset, std::uint64_t bytes) {
  if (offset > buffer.size_bytes() || bytes > buffer.size_bytes() - offset) {
    throw Error(ErrorCode::bad_usage, "a copy of " + std::to_string(bytes) + " bytes at " + std::to_string(offset) +
                                          " of a buffer that has " + std::to_string(buffer.size_bytes()));
  }
}

}  // namespace

/// What the host writes and what it reads lie in memory of different kinds; each is made when it is first needed.
struct Staging::Lane {
  explicit Lane(const std::shared_ptr<Device>& device) : commands(device, QueueKind::transfer) {}

  DeviceBuffer up;
  DeviceBuffer down;
  Commands commands;  ///< After the buffers: goes first, and waits until they are no longer in use.
  Moment busy;        ///< Until then.
};

Staging::Staging(DeviceMemory& memory, std::uint64_t bytes)
    : memory_(memory), bytes_(std::clamp(bytes, kLeastBytes, memory.device().plan().chunk_bytes)) {
  for (std::size_t i = 0; i < kLanes; ++i) {
    lanes_.push_back(std::make_unique<Lane>(memory.shared_device()));
  }
}

Staging::~Staging() = default;

void Staging::upload(std::span<const std::byte> from, const DeviceBuffer& to, std::uint64_t offset,
                     const CancelToken* cancel) {
  expect_inside(to, offset, from.size());
  Device& device = memory_.device();
  for (std::size_t turn = 0; !from.empty(); ++turn) {
    Lane& lane = *lanes_[turn % kLanes];
    if (lane.up.handle() == VK_NULL_HANDLE) {
      lane.up = memory_.allocate(bytes_, Placement::upload, "staging");
    }
    const std::uint64_t bytes = std::min<std::uint64_t>(from.size(), bytes_);
    device.wait(lane.busy, cancel);
    std::memcpy(lane.up.data(), from.data(), bytes);
    lane.commands.begin();
    lane.commands.copy(lane.up, 0, to, offset, bytes);
    lane.commands.end();
    lane.busy = lane.commands.submit();
    from = from.subspan(bytes);
    offset += bytes;
  }
  for (const auto& lane : lanes_) {
    device.wait(lane->busy, cancel);
  }
}

void Staging::download(const DeviceBuffer& from, std::uint64_t offset, std::span<std::byte> to,
                       const CancelToken* cancel) {
  expect_inside(from, offset, to.size());
  Device& device = memory_.device();
  std::array<std::span<std::byte>, kLanes> targets;  // of what is on its way
  const auto receive = [&](std::size_t turn) {
    Lane& lane = *lanes_[turn % kLanes];
    std::span<std::byte>& target = targets[turn % kLanes];
    if (!target.empty()) {
      device.wait(lane.busy, cancel);
      std::memcpy(target.data(), lane.down.data(), target.size());
      target = {};
    }
  };
  std::size_t turn = 0;
  for (; !to.empty(); ++turn) {
    receive(turn);
    Lane& lane = *lanes_[turn % kLanes];
    if (lane.down.handle() == VK_NULL_HANDLE) {
      lane.down = memory_.allocate(bytes_, Placement::download, "staging");
    }
    const std::uint64_t bytes = std::min<std::uint64_t>(to.size(), bytes_);
    lane.commands.begin();
    lane.commands.copy(from, offset, lane.down, 0, bytes);
    lane.commands.host_barrier();
    lane.commands.end();
    lane.busy = lane.commands.submit();
    targets[turn % kLanes] = to.first(bytes);
    to = to.subspan(bytes);
    offset += bytes;
  }
  receive(turn);
  receive(turn + 1);
}

}  // namespace basalt::vulkan
