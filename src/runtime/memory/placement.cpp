#include "basalt/memory/placement.h"

#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/metrics/work_time.h"

namespace basalt {
namespace {

constexpr std::uint64_t kLeastPageBytes = 4096;
/// Of one call of a parallel loop: small enough to balance, large enough for whole huge pages.
constexpr std::uint64_t kTouchBytes = std::uint64_t{8} << 20;
/// What interleaving deals out where huge pages are in use.
constexpr std::uint64_t kDealtBytes = std::uint64_t{2} << 20;

/// As many nodes as any kernel is built for.
constexpr std::size_t kMaxNodes = 1024;
constexpr std::size_t kMaskBits = 8 * sizeof(unsigned long);
using NodeMask = std::array<unsigned long, kMaxNodes / kMaskBits>;

void add_node(NodeMask& mask, std::size_t node) {
  if (node < kMaxNodes) {
    mask[node / kMaskBits] |= 1UL << node % kMaskBits;
  }
}

/// By mbind(2), called as it is: the library for it would be one more to install, for one call.
bool bind_by_system(std::span<std::byte> block, Placement placement, const std::vector<int>& nodes) {
  NodeMask mask{};
  int mode = MPOL_DEFAULT;
  if (placement == Placement::interleave) {
    mode = MPOL_INTERLEAVE;
    for (const int node : nodes) {
      add_node(mask, static_cast<std::size_t>(node));
    }
  } else {
    unsigned processor = 0;
    unsigned node = 0;
    if (::syscall(SYS_getcpu, &processor, &node, nullptr) != 0) {
      return false;
    }
    mode = MPOL_PREFERRED;
    add_node(mask, node);
  }
  return ::syscall(SYS_mbind, block.data(), block.size(), mode, mask.data(), kMaxNodes, 0) == 0;
}

}  // namespace

void first_touch(std::span<std::byte> memory, const ForEach& for_each) {
  const metrics::MemoryTime time;
  for_each((memory.size() + kTouchBytes - 1) / kTouchBytes, [&](std::uint64_t piece) {
    const std::uint64_t end = std::min<std::uint64_t>(memory.size(), (piece + 1) * kTouchBytes);
    for (std::uint64_t i = piece * kTouchBytes; i < end; i += kLeastPageBytes) {
      static_cast<volatile std::byte&>(memory[i]) = std::byte{0};
    }
  });
}

Placement choose_placement(std::uint64_t bytes, int threads, const std::vector<NumaNode>& nodes) noexcept {
  std::size_t with_memory = 0;
  std::size_t most_processors = 0;
  for (const NumaNode& node : nodes) {
    with_memory += node.memory_bytes > 0 ? 1 : 0;
    most_processors = std::max(most_processors, node.processors.size());
  }
  const bool spans_nodes = with_memory > 1 && threads > 0 && static_cast<std::size_t>(threads) > most_processors;
  return spans_nodes && bytes / kDealtBytes >= with_memory ? Placement::interleave : Placement::first_touch;
}

PlacementAdaptor::PlacementAdaptor(MemoryResource& upstream, Placement placement, const std::vector<NumaNode>& nodes,
                                   Bind bind)
    : upstream_(upstream), placement_(placement), bind_(bind ? std::move(bind) : Bind(bind_by_system)) {
  for (const NumaNode& node : nodes) {
    if (node.memory_bytes > 0) {
      nodes_.push_back(node.id);
    }
  }
}

std::byte* PlacementAdaptor::allocate(std::uint64_t bytes) {
  std::byte* block = upstream_.allocate(bytes);
  if (placement_ != Placement::first_touch && nodes_.size() > 1 && bytes >= kPageAlignedBytes &&
      !bind_({block, bytes}, placement_, nodes_)) {
    refusals_.fetch_add(1, std::memory_order_relaxed);
  }
  return block;
}

void PlacementAdaptor::release(std::byte* block, std::uint64_t bytes) noexcept {
  upstream_.release(block, bytes);
}

void PlacementAdaptor::describe(MemoryState& state) const {
  upstream_.describe(state);
}

}  // namespace basalt
