// Host memory by anonymous mappings: zeroed by the system on first touch, given back to it at once on release.

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "basalt/memory.h"
#include "runtime/metrics/metrics.h"
#include "runtime/metrics/tools.h"
#include "runtime/metrics/work_time.h"

namespace basalt {
namespace {

/// From this size on blocks are aligned to it and huge pages are asked for: the huge page of x86-64 and of AArch64 with
/// 4 KiB pages. Where huge pages are larger this is merely an alignment.
constexpr std::uint64_t kHugePageBytes = std::uint64_t{2} << 20;

std::uint64_t page_bytes() {
  static const auto bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return bytes;
}

std::uint64_t round_up(std::uint64_t value, std::uint64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

std::byte* map(std::uint64_t bytes) {
  void* block = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return block == MAP_FAILED ? nullptr : static_cast<std::byte*>(block);
}

/// Maps more than is needed and gives back what lies outside the aligned block.
std::byte* map_aligned(std::uint64_t bytes, std::uint64_t alignment) {
  const std::uint64_t slack = alignment - page_bytes();
  std::byte* mapped = map(bytes + slack);
  if (mapped == nullptr) {
    return nullptr;
  }
  const std::uint64_t before = (alignment - reinterpret_cast<std::uintptr_t>(mapped) % alignment) % alignment;
  if (before != 0) {
    ::munmap(mapped, before);
  }
  if (before != slack) {
    ::munmap(mapped + before + bytes, slack - before);
  }
  return mapped + before;
}

}  // namespace

std::byte* HostMemory::allocate(std::uint64_t bytes) {
  const metrics::MemoryTime time;
  std::byte* block = nullptr;
  int reason = ENOMEM;
  if (bytes <= std::numeric_limits<std::uint64_t>::max() / 2) {
    const std::uint64_t mapped_bytes = round_up(bytes, page_bytes());
    if (mapped_bytes >= kHugePageBytes && page_bytes() < kHugePageBytes) {
      block = map_aligned(mapped_bytes, kHugePageBytes);
    }
    if (block == nullptr) {  // a small block, or an address space too tight for the slack of alignment
      block = map(mapped_bytes);
      reason = errno;
    }
    if (block != nullptr && mapped_bytes >= kHugePageBytes) {
      // A wish: the block works without huge pages, too.
      ::madvise(block, mapped_bytes, MADV_HUGEPAGE);
    }
  }
  if (block == nullptr) {
    throw Error(ErrorCode::out_of_resources,
                "the system refused " + format_bytes(bytes) + " of memory: " + std::strerror(reason),
                "free memory, raise the limit of this process (ulimit -v), or use fewer qubits");
  }
  metrics::add(metrics::Metric::bytes_allocated, bytes);
  metrics::move(metrics::Metric::memory_held, static_cast<double>(bytes));
  metrics::tell_allocate("host", block, bytes);
  return block;
}

void HostMemory::release(std::byte* block, std::uint64_t bytes) noexcept {
  const metrics::MemoryTime time;
  metrics::tell_release("host", block, bytes);
  metrics::move(metrics::Metric::memory_held, -static_cast<double>(bytes));
  ::munmap(block, round_up(bytes, page_bytes()));
}

}  // namespace basalt
