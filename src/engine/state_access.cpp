#include "engine/state_access.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace basalt {
namespace {

/// Of the memory, what a window may be.
constexpr std::uint64_t kWindowShare = 64;

}  // namespace

StateAccess access_to(Field& state) {
  return {.is_whole = [&] { return state.buffer.data() != nullptr; },
          .view = [&](std::uint64_t first, std::uint64_t bytes) { return state.buffer.bytes().subspan(first, bytes); },
          .room = [&](std::uint64_t first, std::uint64_t bytes) { return state.buffer.bytes().subspan(first, bytes); },
          .filled = [](std::uint64_t /*first*/, std::span<const std::byte> /*bytes*/) {}};
}

StateAccess access_through(Buffer& window, StateCopies copies) {
  return {.is_whole = [] { return true; },
          .view = [&window, download = std::move(copies.download)](std::uint64_t first,
                                                                   std::uint64_t bytes) -> std::span<const std::byte> {
            const std::span<std::byte> to = window.bytes().first(bytes);
            download(first, to);
            return to;
          },
          .room = [&window](std::uint64_t /*first*/, std::uint64_t bytes) { return window.bytes().first(bytes); },
          .filled = std::move(copies.upload),
          .window_bytes = window.size_bytes()};
}

std::uint64_t most_window_bytes(std::uint64_t state_bytes) noexcept {
  return std::min(state_bytes, StateAccess{}.window_bytes);
}

std::uint64_t window_bytes_within(std::uint64_t state_bytes, std::uint64_t memory_bytes) noexcept {
  const std::uint64_t share = std::bit_floor(std::max(kCheckpointChunkBytes, memory_bytes / kWindowShare));
  return std::min(most_window_bytes(state_bytes), share);
}

}  // namespace basalt
