// Where pages lie: faulted in by the threads that compute, on the memory node that suits them.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "basalt/inventory.h"
#include "basalt/memory.h"

namespace basalt {

/// Faults in every page of fresh memory by writing a zero into it, in pieces through `for_each`.
void first_touch(std::span<std::byte> memory, const ForEach& for_each);

enum class Placement : std::uint8_t {
  first_touch,  ///< On the node of the thread that touches a page first, unless the process was started otherwise.
  local,        ///< On the node of the thread that allocates, while it has room.
  interleave,   ///< Page by page over all nodes.
};

/// What suits a block of `bytes` that `threads` threads work on, any of them on any piece: interleaved where they span
/// nodes and the block has huge pages for all of them, first touch otherwise.
Placement choose_placement(std::uint64_t bytes, int threads, const std::vector<NumaNode>& nodes) noexcept;

/// Applies a placement to every block of whole pages that passes; does nothing on a machine of one node. A placement is
/// a wish: where the system refuses it, the block works all the same and refusals() counts it. Stands right above
/// HostMemory, for a block keeps its placement until it is unmapped.
class PlacementAdaptor final : public MemoryResource {
 public:
  /// Asks the system to place a block on nodes, by their ids; false where it refuses.
  using Bind = std::function<bool(std::span<std::byte> block, Placement placement, const std::vector<int>& nodes)>;

  /// `nodes` are those of the inventory; `bind` is mbind(2) unless it is given.
  PlacementAdaptor(MemoryResource& upstream, Placement placement, const std::vector<NumaNode>& nodes, Bind bind = {});
  std::byte* allocate(std::uint64_t bytes) override;
  void release(std::byte* block, std::uint64_t bytes) noexcept override;
  void describe(MemoryState& state) const override;
  [[nodiscard]] std::uint64_t refusals() const noexcept { return refusals_.load(); }

 private:
  MemoryResource& upstream_;
  Placement placement_;
  std::vector<int> nodes_;
  Bind bind_;
  std::atomic<std::uint64_t> refusals_{0};
};

}  // namespace basalt
