// A memory resource that fails when it is told to, so that tests can make every allocation of a job fail in turn.
#pragma once

#include <atomic>

#include "basalt/error.h"
#include "basalt/memory.h"

namespace basalt::test {

/// Passes on to `upstream`, but the allocation number `fail_at` (counted from 0) throws Error(out_of_resources).
class FailingMemory final : public MemoryResource {
 public:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  explicit FailingMemory(MemoryResource& upstream, std::uint64_t fail_at = kNever)
      : upstream_(upstream), fail_at_(fail_at) {}

  std::byte* allocate(std::uint64_t bytes) override {
    if (calls_.fetch_add(1) == fail_at_) {
      throw Error(ErrorCode::out_of_resources, "made to fail by a test");
    }
    std::byte* block = upstream_.allocate(bytes);
    held_bytes_ += bytes;
    return block;
  }

  void release(std::byte* block, std::uint64_t bytes) noexcept override {
    held_bytes_ -= bytes;
    upstream_.release(block, bytes);
  }

  /// Allocations asked for so far, the failed one included.
  [[nodiscard]] std::uint64_t calls() const noexcept { return calls_.load(); }
  [[nodiscard]] std::uint64_t held_bytes() const noexcept { return held_bytes_.load(); }

 private:
  MemoryResource& upstream_;
  std::uint64_t fail_at_;
  std::atomic<std::uint64_t> calls_{0};
  std::atomic<std::uint64_t> held_bytes_{0};
};

}  // namespace basalt::test
