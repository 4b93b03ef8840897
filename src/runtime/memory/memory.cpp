#include "basalt/memory.h"

#include <algorithm>
#include <utility>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "runtime/memory/call_site_scope.h"

namespace basalt {

std::byte* LimitAdaptor::allocate(std::uint64_t bytes) {
  std::uint64_t current = current_bytes_.load();
  do {
    // current never exceeds the limit, so that the difference cannot wrap
    if (bytes > limit_bytes_ - current) {
      throw Error(ErrorCode::out_of_resources,
                  format_bytes(bytes) + " more would exceed the memory limit of " + format_bytes(limit_bytes_) +
                      ", of which " + format_bytes(current) + " is in use",
                  "raise the limit with --memory, or use fewer qubits or --precision single");
    }
  } while (!current_bytes_.compare_exchange_weak(current, current + bytes));

  std::byte* block = nullptr;
  try {
    block = upstream_.allocate(bytes);
  } catch (...) {
    current_bytes_.fetch_sub(bytes);
    throw;
  }
  std::uint64_t peak = peak_bytes_.load();
  while (peak < current + bytes && !peak_bytes_.compare_exchange_weak(peak, current + bytes)) {
  }
  return block;
}

void LimitAdaptor::release(std::byte* block, std::uint64_t bytes) noexcept {
  upstream_.release(block, bytes);
  current_bytes_.fetch_sub(bytes);
}

void LimitAdaptor::describe(MemoryState& state) const {
  upstream_.describe(state);
  state.used_bytes = current_bytes();
  state.room_bytes = std::min(state.room_bytes, limit_bytes_ - state.used_bytes);
}

void for_each_in_turn(std::uint64_t count, const std::function<void(std::uint64_t)>& body) {
  for (std::uint64_t i = 0; i < count; ++i) {
    body(i);
  }
}

Buffer::Buffer(MemoryResource& resource, std::uint64_t bytes, CallSite where)
    : resource_(&resource), size_bytes_(bytes) {
  if (bytes != 0) {
    const CallSiteScope scope(where);
    data_ = resource.allocate(bytes);
  }
}

Buffer::Buffer(Buffer&& other) noexcept
    : resource_(other.resource_),
      data_(std::exchange(other.data_, nullptr)),
      size_bytes_(std::exchange(other.size_bytes_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(resource_, other.resource_);
  std::swap(data_, other.data_);
  std::swap(size_bytes_, other.size_bytes_);
  Buffer released(std::move(other));  // what this buffer held goes now, not when `other` does
  return *this;
}

Buffer::~Buffer() {
  if (data_ != nullptr) {
    resource_->release(data_, size_bytes_);
  }
}

}  // namespace basalt
