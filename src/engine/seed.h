// Seeds for those who did not give one.
#pragma once

#include <cstdint>

namespace basalt {

/// From the system's randomness; below 2^53, so that every JSON reader hands it back unchanged.
std::uint64_t draw_seed();

}  // namespace basalt
