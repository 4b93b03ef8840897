#include "runtime/memory/checksum.h"

#include <xxhash.h>

namespace basalt {

std::uint64_t checksum(std::span<const std::byte> bytes) noexcept {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace basalt
