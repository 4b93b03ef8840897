#include "basalt/memory/adaptors.h"

namespace basalt {

std::byte* StatisticsAdaptor::allocate(std::uint64_t bytes) {
  std::byte* block = nullptr;
  try {
    block = upstream_.allocate(bytes);
  } catch (...) {
    refusals_.fetch_add(1, std::memory_order_relaxed);
    throw;
  }
  allocations_.fetch_add(1, std::memory_order_relaxed);
  total_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  const std::uint64_t current = current_bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  std::uint64_t peak = peak_bytes_.load(std::memory_order_relaxed);
  while (peak < current && !peak_bytes_.compare_exchange_weak(peak, current, std::memory_order_relaxed)) {
  }
  return block;
}

void StatisticsAdaptor::release(std::byte* block, std::uint64_t bytes) noexcept {
  current_bytes_.fetch_sub(bytes, std::memory_order_relaxed);  // first: the block may be given out again at once
  releases_.fetch_add(1, std::memory_order_relaxed);
  upstream_.release(block, bytes);
}

void StatisticsAdaptor::describe(MemoryState& state) const {
  upstream_.describe(state);
  state.used_bytes = current_bytes_.load(std::memory_order_relaxed);
}

MemoryStatistics StatisticsAdaptor::statistics() const noexcept {
  return {.current_bytes = current_bytes_.load(std::memory_order_relaxed),
          .peak_bytes = peak_bytes_.load(std::memory_order_relaxed),
          .total_bytes = total_bytes_.load(std::memory_order_relaxed),
          .allocations = allocations_.load(std::memory_order_relaxed),
          .releases = releases_.load(std::memory_order_relaxed),
          .refusals = refusals_.load(std::memory_order_relaxed)};
}

double StatisticsAdaptor::fragmentation() const {
  MemoryState state;
  upstream_.describe(state);
  return state.fragmentation();
}

}  // namespace basalt
