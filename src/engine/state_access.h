// How checkpoints reach a state in memory, and one that is elsewhere.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "basalt/memory.h"
#include "execute/checkpoint_file.h"
#include "runtime/memory/field.h"

namespace basalt {

/// Wherever its block is, for that may change between stages. Without a block it is nowhere.
StateAccess access_to(Field& state);

/// Copies bytes of a state, from `first` on, to memory and back.
struct StateCopies {
  std::function<void(std::uint64_t first, std::span<std::byte> to)> download;
  std::function<void(std::uint64_t first, std::span<const std::byte> from)> upload;
};

/// By way of `window`, which must outlive it.
StateAccess access_through(Buffer& window, StateCopies copies);

/// Of the largest window that is of use for a state of so many bytes.
std::uint64_t most_window_bytes(std::uint64_t state_bytes) noexcept;

/// Of a window where `memory_bytes` may be used: a small share of that, but at least a chunk. A power of two.
std::uint64_t window_bytes_within(std::uint64_t state_bytes, std::uint64_t memory_bytes) noexcept;

}  // namespace basalt
