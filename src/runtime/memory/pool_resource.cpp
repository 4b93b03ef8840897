// Sends each size to its part of the pool, and asks upstream on behalf of all of them.
#include <algorithm>
#include <atomic>
#include <utility>

#include "basalt/error.h"
#include "basalt/memory/pool.h"
#include "runtime/memory/block_cache.h"
#include "runtime/memory/poison.h"
#include "runtime/memory/size_class.h"
#include "runtime/memory/slab_store.h"
#include "runtime/memory/thread_cache.h"
#include "runtime/metrics/metrics.h"

namespace basalt {
namespace {

/// From here on blocks are taken whole from upstream.
constexpr std::uint64_t kWholeBlockBytes = std::uint64_t{1} << 20;

std::uint64_t round_to_pages(std::uint64_t bytes) {
  return bytes > ~std::uint64_t{0} - SlabHeap::kPageBytes
             ? bytes  // upstream refuses it
             : (bytes + SlabHeap::kPageBytes - 1) / SlabHeap::kPageBytes * SlabHeap::kPageBytes;
}

/// Upstream as the parts of a pool see it: idle large blocks go back to it before it may refuse.
class Supply final : public MemoryResource {
 public:
  Supply(MemoryResource& upstream, BlockCache& blocks) : upstream_(upstream), blocks_(blocks) {}

  std::byte* allocate(std::uint64_t bytes) override {
    misses_.fetch_add(1, std::memory_order_relaxed);
    metrics::add(metrics::Metric::pool_misses);
    for (;;) {
      try {
        std::byte* block = upstream_.allocate(bytes);
        held_bytes_.fetch_add(bytes, std::memory_order_relaxed);
        return block;
      } catch (const Error& error) {
        if (error.code() != ErrorCode::out_of_resources || evict(1) == 0) {  // one block at a time
          throw;
        }
      }
    }
  }

  void release(std::byte* block, std::uint64_t bytes) noexcept override {
    upstream_.release(block, bytes);
    held_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  /// Gives back idle blocks of at least so many bytes, if there are; returns the bytes.
  std::uint64_t evict(std::uint64_t bytes) noexcept {
    std::uint64_t evicted = 0;
    for (const UpstreamBlock& block : blocks_.evict(bytes)) {
      unpoison(block.base, block.bytes);
      release(block.base, block.bytes);
      evicted += block.bytes;
    }
    return evicted;
  }

  void describe(MemoryState& state) const override { upstream_.describe(state); }
  [[nodiscard]] std::uint64_t held_bytes() const noexcept { return held_bytes_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t misses() const noexcept { return misses_.load(std::memory_order_relaxed); }

 private:
  MemoryResource& upstream_;
  BlockCache& blocks_;
  std::atomic<std::uint64_t> held_bytes_{0};
  std::atomic<std::uint64_t> misses_{0};
};

}  // namespace

struct PoolResource::Parts {
  Parts(MemoryResource& upstream, PoolOptions pool_options) : options(pool_options), supply(upstream, blocks) {}

  PoolOptions options;
  BlockCache blocks;
  Supply supply;
  std::shared_ptr<SlabStore> slabs = std::make_shared<SlabStore>(supply);
  std::atomic<std::uint64_t> block_hits{0};

  [[nodiscard]] std::uint64_t idle_bytes() const noexcept { return blocks.idle_bytes() + slabs->free_bytes(); }

  /// Where the thread has none at hand.
  [[gnu::noinline]] std::byte* allocate_small(std::size_t size_class) {
    if (ThreadCache* cache = ThreadCache::of(slabs)) {
      return cache->take(size_class);
    }
    std::byte* block = nullptr;
    slabs->take(size_class, {&block, 1});
    return block;
  }

  [[gnu::noinline]] void release_small(std::byte* block, std::size_t size_class) noexcept {
    if (ThreadCache* cache = ThreadCache::of(slabs)) {
      cache->give(size_class, block);
    } else {
      slabs->give(size_class, {&block, 1});
    }
  }

  [[gnu::noinline]] std::byte* allocate_large(std::uint64_t bytes) {
    return bytes < kWholeBlockBytes ? slabs->allocate(bytes) : allocate_whole(round_to_pages(bytes));
  }

  [[gnu::noinline]] void release_large(std::byte* block, std::uint64_t bytes) noexcept {
    if (bytes < kWholeBlockBytes) {
      slabs->release(block);
    } else {
      blocks.release(block);
    }
    give_back(options.max_idle_bytes);
  }

  std::byte* allocate_whole(std::uint64_t bytes) {
    if (std::byte* block = blocks.reuse(bytes)) {
      block_hits.fetch_add(1, std::memory_order_relaxed);
      metrics::add(metrics::Metric::pool_hits);
      return block;
    }
    std::byte* block = nullptr;
    try {
      block = supply.allocate(bytes);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::out_of_resources || slabs->trim(0) == 0) {
        throw;
      }
      block = supply.allocate(bytes);
    }
    try {
      blocks.adopt({block, bytes});
    } catch (...) {
      supply.release(block, bytes);
      throw;
    }
    return block;
  }

  /// Gives back idle blocks, then empty slabs, until at most `keep_bytes` are idle; returns the bytes.
  std::uint64_t give_back(std::uint64_t keep_bytes) noexcept {
    const std::uint64_t idle = idle_bytes();
    if (idle <= keep_bytes) {
      return 0;
    }
    const std::uint64_t given_back = supply.evict(idle - keep_bytes);
    const std::uint64_t kept = blocks.idle_bytes();
    return given_back + slabs->trim(keep_bytes - std::min(keep_bytes, kept));
  }
};

PoolResource::PoolResource(MemoryResource& upstream, PoolOptions options)
    : parts_(std::make_unique<Parts>(upstream, options)) {}

PoolResource::~PoolResource() {
  parts_->slabs->close();  // the store lives on while threads have caches for it
  parts_->supply.evict(MemoryState::kUnlimited);
}

std::byte* PoolResource::allocate(std::uint64_t bytes) {
  std::byte* block = nullptr;
  if (bytes <= size_class::kMaxBytes) {
    const std::size_t size_class = size_class::of(bytes);
    block = ThreadCache::take_at_hand(*parts_->slabs, size_class);
    if (block == nullptr) {
      block = parts_->allocate_small(size_class);
    }
  } else {
    block = parts_->allocate_large(bytes);
  }
  unpoison(block, bytes);
  return block;
}

void PoolResource::release(std::byte* block, std::uint64_t bytes) noexcept {
  poison(block, bytes);
  if (bytes > size_class::kMaxBytes) {
    parts_->release_large(block, bytes);
  } else if (const std::size_t size_class = size_class::of(bytes);
             !ThreadCache::keep_at_hand(*parts_->slabs, size_class, block)) {
    parts_->release_small(block, size_class);
  }
}

void PoolResource::describe(MemoryState& state) const {
  parts_->supply.describe(state);
  state.idle_bytes = parts_->idle_bytes();
  state.largest_idle_bytes = std::max(parts_->blocks.largest_idle_bytes(), parts_->slabs->largest_free_bytes());
  const std::uint64_t held = parts_->supply.held_bytes();
  state.used_bytes = held - std::min(held, state.idle_bytes);
  if (state.room_bytes != MemoryState::kUnlimited) {
    state.room_bytes += state.idle_bytes;  // it is given back before a limit below may refuse
  }
}

std::uint64_t PoolResource::trim(std::uint64_t keep_bytes) noexcept {
  parts_->slabs->next_epoch();
  if (ThreadCache* cache = ThreadCache::of(parts_->slabs)) {
    cache->flush();
  }
  return parts_->give_back(keep_bytes);
}

PoolStatistics PoolResource::statistics() const {
  return {.upstream_bytes = parts_->supply.held_bytes(),
          .idle_bytes = parts_->idle_bytes(),
          .hits = parts_->slabs->hits() + parts_->block_hits.load(std::memory_order_relaxed),
          .misses = parts_->supply.misses()};
}

}  // namespace basalt
