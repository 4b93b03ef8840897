#include "runtime/memory/block_cache.h"

#include <algorithm>
#include <cassert>
#include <iterator>

#include "runtime/metrics/metrics.h"

namespace basalt {
namespace {

/// What a block may be larger than what was asked for: memory that nobody promised.
constexpr std::uint64_t kMaxWasteShare = 16;

}  // namespace

BlockCache::~BlockCache() {
  count_idle(-static_cast<std::int64_t>(idle_bytes()));
}

std::byte* BlockCache::reuse(std::uint64_t bytes) noexcept {
  const std::scoped_lock lock(mutex_);
  auto best = idle_.end();
  for (auto block = idle_.begin(); block != idle_.end(); ++block) {
    if (block->bytes >= bytes && block->bytes - bytes <= bytes / kMaxWasteShare &&
        (best == idle_.end() || block->bytes < best->bytes)) {
      best = block;
    }
  }
  if (best == idle_.end()) {
    return nullptr;
  }
  used_.splice(used_.end(), idle_, best);
  count_idle(-static_cast<std::int64_t>(best->bytes));
  return best->base;
}

void BlockCache::adopt(UpstreamBlock block) {
  const std::scoped_lock lock(mutex_);
  used_.push_back(block);
  try {
    places_.emplace(block.base, std::prev(used_.end()));
  } catch (...) {
    used_.pop_back();
    throw;
  }
}

void BlockCache::release(std::byte* base) noexcept {
  const std::scoped_lock lock(mutex_);
  const auto place = places_.find(base);
  assert(place != places_.end());
  idle_.splice(idle_.begin(), used_, place->second);
  count_idle(static_cast<std::int64_t>(place->second->bytes));
}

std::list<UpstreamBlock> BlockCache::evict(std::uint64_t bytes) noexcept {
  const std::scoped_lock lock(mutex_);
  Blocks evicted;
  std::uint64_t evicted_bytes = 0;
  while (!idle_.empty() && evicted_bytes < bytes) {
    const auto oldest = std::prev(idle_.end());
    evicted_bytes += oldest->bytes;
    count_idle(-static_cast<std::int64_t>(oldest->bytes));
    places_.erase(oldest->base);
    evicted.splice(evicted.end(), idle_, oldest);
  }
  return evicted;
}

std::uint64_t BlockCache::largest_idle_bytes() const noexcept {
  const std::scoped_lock lock(mutex_);
  std::uint64_t largest = 0;
  for (const UpstreamBlock& block : idle_) {
    largest = std::max(largest, block.bytes);
  }
  return largest;
}

void BlockCache::count_idle(std::int64_t change) noexcept {
  idle_bytes_.fetch_add(static_cast<std::uint64_t>(change), std::memory_order_relaxed);
  metrics::move(metrics::Metric::pool_idle, static_cast<double>(change));
}

}  // namespace basalt
