// Moves halves of a state between the devices that hold its parts, through memory of the host.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/memory.h"
#include "runtime/vulkan/commands.h"
#include "runtime/vulkan/device_field.h"
#include "runtime/vulkan/pipelines.h"

namespace basalt::quantum {

/// One part of a state: elements whose index has its number in the bits from field.axes() on.
struct StatePart {
  vulkan::DeviceField& field;
  vulkan::Pipelines& pipelines;
};

/// For one thread. References must outlive it.
class PartExchange {
 public:
  /// Of 2^k parts of one size, in order. Takes host_bytes(parts) of `memory` when it is first used.
  PartExchange(std::vector<StatePart> parts, MemoryResource& memory);
  ~PartExchange();

  static std::uint64_t host_bytes(std::size_t parts) noexcept;

  /// The axes at two places of the index change places: `inside` of the parts, and `outside`, which numbers them.
  void swap_axes(int inside, int outside, const CancelToken& cancel);
  /// Flips the bit `outside` of the index where the bit `inside` is 1, as a CX does. Its own inverse.
  void flip_outside(int inside, int outside, const CancelToken& cancel);

 private:
  class Lane;

  void exchange(int inside, std::array<std::uint32_t, 2> values, int outside, const CancelToken& cancel);
  std::vector<Lane*> lanes_for(int outside);

  std::vector<StatePart> parts_;
  std::uint64_t window_bytes_;  ///< Of what is on its way at a time, in each direction.
  MemoryResource& memory_;
  std::map<std::pair<std::size_t, std::size_t>, std::unique_ptr<Lane>> lanes_;  ///< By the numbers of their parts.
};

}  // namespace basalt::quantum
