// Where pages lie: faulted in by the threads that compute, on the memory node that suits them.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "basalt/memory.h"

namespace basalt {

/// Faults in every page of fresh memory by writing a zero into it, in pieces through `for_each`.
void first_touch(std::span<std::byte> memory, const ForEach& for_each);

enum class Placement : std::uint8_t {
  first_touch,  ///< On the node of the thread that touches a page first: the system's own policy.
  local,        ///< On the node of the thread that allocates, while it has room.
  interleave,   ///< Page by page over all nodes.
};

/// What suits a block of `bytes` that `threads` threads work on, any of them on any piece, on a machine of `nodes`
/// nodes and `cores` cores: interleaved when the threads span nodes and the block has pages for all, else local.
Placement choose_placement(std::uint64_t bytes, int threads, int cores, int nodes) noexcept;

/// The numbers of the memory nodes that this process may use; {0} where the system does not say.
std::vector<int> memory_nodes(const std::filesystem::path& root = "/");

/// Applies a placement to every block that passes; does nothing on a machine of one node. A placement is a wish: where
/// the system refuses it, the block works all the same and refusals() counts it.
class PlacementAdaptor final : public MemoryResource {
 public:
  /// mbind(2), or a fake.
  using Bind = std::function<bool(std::span<std::byte> block, Placement placement, const std::vector<int>& nodes)>;

  PlacementAdaptor(MemoryResource& upstream, Placement placement, std::vector<int> nodes = memory_nodes());
  PlacementAdaptor(MemoryResource& upstream, Placement placement, std::vector<int> nodes, Bind bind);
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
