#include "engine/seed.h"

#include <random>

namespace basalt {

std::uint64_t draw_seed() {
  std::random_device device;
  return ((std::uint64_t{device()} << 32) | device()) >> 11;
}

}  // namespace basalt
