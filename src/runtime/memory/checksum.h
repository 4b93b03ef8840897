// A checksum at the speed of memory, against damage by accident: four lanes of 64-bit words, each step reversible, so
// that no change of a single word goes unseen.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/hash.h"

namespace basalt {

inline std::uint64_t checksum(std::span<const std::byte> bytes) noexcept {
  constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15;
  constexpr std::size_t kBlock = 32;
  std::array<std::uint64_t, 4> lanes{1, 2, 3, 4};
  const auto add_block = [&](const std::byte* block) {
    std::array<std::uint64_t, 4> words;
    std::memcpy(words.data(), block, kBlock);
    for (std::size_t i = 0; i < lanes.size(); ++i) {
      lanes[i] = std::rotl((lanes[i] ^ words[i]) * kMultiplier, 29);
    }
  };
  std::size_t done = 0;
  for (; done + kBlock <= bytes.size(); done += kBlock) {
    add_block(bytes.data() + done);
  }
  if (done < bytes.size()) {
    std::array<std::byte, kBlock> rest{};
    std::memcpy(rest.data(), bytes.data() + done, bytes.size() - done);
    add_block(rest.data());
  }
  return mix(mix(mix(lanes[0], lanes[1]), mix(lanes[2], lanes[3])), bytes.size());
}

}  // namespace basalt
