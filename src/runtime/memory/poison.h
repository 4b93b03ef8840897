// Memory that a pool holds is nobody's: the address sanitizer is told so, and debug builds fill it with a pattern, so
// that a use after the release shows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BASALT_POISONS 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define BASALT_POISONS 1
#endif
#if defined(BASALT_POISONS)
#include <sanitizer/asan_interface.h>
#endif

namespace basalt {

#if defined(BASALT_POISONS)
inline constexpr bool kPoisons = true;
#else
inline constexpr bool kPoisons = false;
#endif
#if defined(NDEBUG)
inline constexpr bool kFills = false;
#else
inline constexpr bool kFills = true;
#endif

inline constexpr unsigned char kFillPattern = 0xDD;
/// Filling must neither fault in a large block nor take the time of a sweep.
inline constexpr std::uint64_t kMaxFillBytes = std::uint64_t{64} << 10;

/// From here on nobody may touch the block.
inline void poison([[maybe_unused]] std::byte* block, [[maybe_unused]] std::uint64_t bytes) noexcept {
  if constexpr (kFills) {
    std::memset(block, kFillPattern, std::min(bytes, kMaxFillBytes));
  }
#if defined(BASALT_POISONS)
  __asan_poison_memory_region(block, bytes);
#endif
}

/// From here on the first `bytes` may be touched.
inline void unpoison([[maybe_unused]] std::byte* block, [[maybe_unused]] std::uint64_t bytes) noexcept {
#if defined(BASALT_POISONS)
  __asan_unpoison_memory_region(block, bytes);
#endif
}

}  // namespace basalt
