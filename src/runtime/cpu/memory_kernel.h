// The plainest loops over memory, for measuring how fast it is.
#pragma once

#include <cstddef>
#include <cstdint>

namespace basalt {

enum class MemoryLoop : std::uint8_t {
  read,             ///< Adds up the source.
  write,            ///< Fills the target.
  scale,            ///< Multiplies the target by 1, in place.
  copy,             ///< Source to target.
  streaming_write,  ///< As write, around the caches.
  streaming_copy,
};

/// Runs the loop over `bytes` of f64, a multiple of 256, both blocks aligned to 64 bytes; asks for memory
/// `prefetch_bytes` ahead (0: not at all). Returns a number that depends on all that was read, so that nothing is
/// optimised away. `source` may be the target for loops that do not read it.
double run_memory_loop(MemoryLoop loop, double* target, const double* source, std::size_t bytes,
                       std::size_t prefetch_bytes);

/// Bytes read plus written by one run over `bytes`.
constexpr std::uint64_t moved_bytes(MemoryLoop loop, std::uint64_t bytes) noexcept {
  const bool one_way = loop == MemoryLoop::read || loop == MemoryLoop::write || loop == MemoryLoop::streaming_write;
  return one_way ? bytes : 2 * bytes;
}

}  // namespace basalt
