#include "runtime/memory/slab_store.h"

#include <algorithm>
#include <utility>

#include "runtime/metrics/metrics.h"

namespace basalt {
namespace {

/// A span holds at least eight blocks.
constexpr std::uint64_t span_bytes(std::size_t size_class) {
  const std::uint64_t needed = 8 * std::uint64_t{size_class::kBytes[size_class]};
  return std::max(SlabHeap::kUnitBytes,
                  (needed + SlabHeap::kUnitBytes - 1) / SlabHeap::kUnitBytes * SlabHeap::kUnitBytes);
}

}  // namespace

/// A run of blocks of one size, at most 1024. Which are free is kept here, not in them: freed memory is never touched.
struct SlabStore::Span {
  std::byte* base;
  std::size_t size_class;
  std::vector<std::uint16_t> free_slots;
  std::size_t capacity;
  std::size_t place = 0;  ///< In Class::open, while it has free slots.

  Span(std::byte* block, std::size_t class_of_blocks)
      : base(block), size_class(class_of_blocks), capacity(span_bytes(size_class) / size_class::kBytes[size_class]) {
    free_slots.reserve(capacity);
    for (std::size_t slot = capacity; slot-- > 0;) {
      free_slots.push_back(static_cast<std::uint16_t>(slot));
    }
  }
  [[nodiscard]] bool empty() const { return free_slots.size() == capacity; }
};

SlabStore::SlabStore(MemoryResource& upstream) : heap_(std::make_unique<SlabHeap>(upstream)) {}

SlabStore::~SlabStore() = default;

std::size_t SlabStore::take(std::size_t size_class, std::span<std::byte*> blocks) {
  const std::scoped_lock lock(mutex_);
  Class& own = classes_[size_class];
  Span& span = own.open.empty() ? open_span(size_class) : *own.open.back();
  const std::size_t count = std::min(blocks.size(), span.free_slots.size());
  for (std::size_t i = 0; i < count; ++i) {
    blocks[i] = span.base + std::uint64_t{span.free_slots.back()} * size_class::kBytes[size_class];
    span.free_slots.pop_back();
  }
  if (span.free_slots.empty()) {
    own.open.pop_back();
  }
  return count;
}

void SlabStore::give(std::size_t size_class, std::span<std::byte* const> blocks) noexcept {
  const std::scoped_lock lock(mutex_);
  if (heap_ == nullptr) {
    return;
  }
  Class& own = classes_[size_class];
  const std::uint32_t bytes = size_class::kBytes[size_class];
  for (std::byte* block : blocks) {
    Span& span = *static_cast<Span*>(heap_->owner_of(block));
    span.free_slots.push_back(static_cast<std::uint16_t>(static_cast<std::uint64_t>(block - span.base) / bytes));
    if (span.free_slots.size() == 1) {
      span.place = own.open.size();
      own.open.push_back(&span);
    }
    if (span.empty() && own.open.size() > 1) {  // one may stay, so that a block to and fro does not move a span
      close_span(span);
    }
  }
}

std::byte* SlabStore::allocate(std::uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  std::byte* block = heap_->allocate(bytes);
  if (block != nullptr) {
    add_hits(1);
  } else {
    block = carve(bytes);
  }
  publish_free_bytes();
  return block;
}

void SlabStore::release(std::byte* block) noexcept {
  const std::scoped_lock lock(mutex_);
  heap_->release(block);
  publish_free_bytes();
}

std::uint64_t SlabStore::trim(std::uint64_t keep_free_bytes) noexcept {
  const std::scoped_lock lock(mutex_);
  for (Class& own : classes_) {
    for (std::size_t i = own.open.size(); i-- > 0;) {
      if (own.open[i]->empty()) {
        close_span(*own.open[i]);
      }
    }
  }
  const std::uint64_t given_back = heap_->trim(keep_free_bytes);
  publish_free_bytes();
  return given_back;
}

void SlabStore::close() noexcept {
  const std::scoped_lock lock(mutex_);
  heap_.reset();
  spans_.clear();
  metrics::move(metrics::Metric::pool_idle, -static_cast<double>(free_bytes_.exchange(0)));
  closed_.store(true);
}

std::uint64_t SlabStore::largest_free_bytes() const {
  const std::scoped_lock lock(mutex_);
  return heap_->largest_free_bytes();
}

void SlabStore::add_hits(std::uint64_t count) noexcept {
  hits_.fetch_add(count, std::memory_order_relaxed);
  metrics::add(metrics::Metric::pool_hits, count);
}

SlabStore::Span& SlabStore::open_span(std::size_t size_class) {
  const std::uint64_t bytes = span_bytes(size_class);
  std::byte* base = carve(bytes);
  try {
    auto created = std::make_unique<Span>(base, size_class);
    Span* const span = created.get();
    Class& own = classes_[size_class];
    if (own.open.capacity() <= own.spans) {
      own.open.reserve(2 * own.spans + 1);  // so that give() never has to grow it
    }
    spans_.emplace(span, std::move(created));
    span->place = own.open.size();
    own.open.push_back(span);
    ++own.spans;
    heap_->set_owner(base, bytes, span);
    publish_free_bytes();
    return *span;
  } catch (...) {
    heap_->release(base);
    throw;
  }
}

void SlabStore::close_span(Span& span) noexcept {
  Class& own = classes_[span.size_class];
  own.open[span.place] = own.open.back();
  own.open[span.place]->place = span.place;
  own.open.pop_back();
  --own.spans;
  heap_->set_owner(span.base, span_bytes(span.size_class), nullptr);
  heap_->release(span.base);
  publish_free_bytes();
  spans_.erase(&span);
}

std::byte* SlabStore::carve(std::uint64_t bytes) {
  std::byte* block = heap_->allocate(bytes);
  if (block == nullptr) {
    heap_->grow(bytes);
    block = heap_->allocate(bytes);
  }
  return block;
}

void SlabStore::publish_free_bytes() noexcept {
  const std::uint64_t now = heap_->free_bytes();
  const std::uint64_t before = free_bytes_.exchange(now, std::memory_order_relaxed);
  metrics::move(metrics::Metric::pool_idle, static_cast<double>(now) - static_cast<double>(before));
}

}  // namespace basalt
