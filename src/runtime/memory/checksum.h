// A checksum at the speed of memory, against damage by accident: XXH3 with 64 bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace basalt {

/// The same on every machine.
std::uint64_t checksum(std::span<const std::byte> bytes) noexcept;

}  // namespace basalt
