#include "runtime/cpu/permute.h"

#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <cassert>
#include <cstring>

#include "runtime/cpu/tile_kernel.h"
#include "runtime/cpu/tile_plan.h"

namespace basalt {
namespace {

/// Traffic of one piece: small enough for a cancel to be seen soon.
constexpr std::uint64_t kPieceWords = std::uint64_t{1} << 19;

/// Shorter runs make a pass so slow that two passes with long runs are faster.
constexpr int kMinRunAxes = 4;

/// The permutation of a field's words: a c128 is two words that stay together.
AxisPermutation word_permutation(ElementType type, const AxisPermutation& to) {
  if (type == ElementType::c64) {
    return to;
  }
  AxisPermutation words{0};
  for (const std::uint8_t axis : to) {
    words.push_back(static_cast<std::uint8_t>(axis + 1));
  }
  return words;
}

void permute_words(const std::uint64_t* source, std::uint64_t* target, const AxisPermutation& to) {
  for (std::uint64_t i = 0; i < std::uint64_t{1} << to.size(); ++i) {
    target[permute_index(to, i)] = source[i];
  }
}

using TileMemory = hwy::AlignedFreeUniquePtr<std::uint64_t[]>;

TileMemory take_tile(const TilePlan& plan) {
  return hwy::AllocateAligned<std::uint64_t>(std::size_t{1} << plan.tile_axes);
}

/// Calls body(first, last) for consecutive ranges of tiles.
template <typename Body>
void for_tiles(const TilePlan& plan, const Arena& arena, const CancelToken& cancel, const Body& body) {
  const std::uint64_t tiles = std::uint64_t{1} << plan.outer_axes;
  const std::uint64_t per_piece = std::max<std::uint64_t>(kPieceWords >> plan.tile_axes, 1);
  const std::uint64_t pieces = (tiles + per_piece - 1) / per_piece;
  arena.for_each(pieces, cancel,
                 [&](std::uint64_t piece) { body(piece * per_piece, std::min(tiles, (piece + 1) * per_piece)); });
}

/// Whether no tile of its cycle has a smaller number: each cycle is moved by whoever meets this one.
bool leads_cycle(const TilePlan& plan, std::uint64_t tile) {
  std::uint64_t other = plan.next_tile(tile);
  while (other > tile) {
    other = plan.next_tile(other);
  }
  return other == tile;
}

void move_cycle(const TilePlan& plan, std::uint64_t* words, std::uint64_t leader, TileMemory& held, TileMemory& next) {
  gather_tile(plan, words + plan.source_offset(leader), held.get());
  std::uint64_t tile = leader;
  do {
    const std::uint64_t place = plan.next_tile(tile);
    if (place != leader) {
      gather_tile(plan, words + plan.source_offset(place), next.get());
    }
    // The next tile of the cycle, or what the next cycle probably starts with.
    const std::uint64_t ahead = place == leader ? leader + 1 : plan.next_tile(place);
    const std::uint64_t* later =
        ahead == leader || ahead >> plan.outer_axes != 0 ? nullptr : words + plan.source_offset(ahead);
    scatter_tile(plan, held.get(), words + plan.source_offset(place), false, later);
    std::swap(held, next);
    tile = place;
  } while (tile != leader);
}

void move_closed_tiles(const TilePlan& plan, std::uint64_t* words, const Arena& arena, const CancelToken& cancel) {
  for_tiles(plan, arena, cancel, [&](std::uint64_t first, std::uint64_t last) {
    TileMemory held = take_tile(plan);
    TileMemory next = take_tile(plan);
    for (std::uint64_t tile = first; tile < last; ++tile) {
      const bool stays = plan.keeps_order && plan.next_tile(tile) == tile;
      if (!stays && leads_cycle(plan, tile)) {
        move_cycle(plan, words, tile, held, next);
      }
    }
  });
}

}  // namespace

void permute(const Field& source, const Field& target, const AxisPermutation& to, const Arena& arena,
             const CancelToken& cancel, const PermuteSettings& settings) {
  assert(is_permutation(to) && source.type == target.type);
  const AxisPermutation words = word_permutation(source.type, to);
  const auto* from = source.buffer.as<std::uint64_t>();
  auto* into = target.buffer.as<std::uint64_t>();
  const TileLimits limits{.lane_axes = lane_axes(), .max_tile_axes = settings.max_tile_axes};
  if (static_cast<int>(words.size()) < limits.lane_axes) {
    permute_words(from, into, words);
    return;
  }
  const TilePlan plan = plan_tiles(words, limits);
  for_tiles(plan, arena, cancel, [&](std::uint64_t first, std::uint64_t last) {
    const TileMemory memory = take_tile(plan);
    for (std::uint64_t tile = first; tile < last; ++tile) {
      gather_tile(plan, from + plan.source_offset(tile), memory.get());
      const std::uint64_t* ahead = tile + 1 < last ? from + plan.source_offset(tile + 1) : nullptr;
      scatter_tile(plan, memory.get(), into + plan.target_offset(tile), settings.streaming, ahead);
    }
    finish_streaming();
  });
}

void permute_in_place(const Field& field, const AxisPermutation& to, const Arena& arena, const CancelToken& cancel,
                      const PermuteSettings& settings) {
  assert(is_permutation(to));
  const AxisPermutation words = word_permutation(field.type, to);
  auto* data = field.buffer.as<std::uint64_t>();
  const TileLimits limits{.lane_axes = lane_axes(), .max_tile_axes = settings.max_tile_axes};
  if (static_cast<int>(words.size()) < limits.lane_axes) {
    const std::vector<std::uint64_t> copy(data, data + (std::uint64_t{1} << words.size()));
    permute_words(copy.data(), data, words);
    return;
  }
  if (is_identity(words)) {
    return;
  }
  if (const auto plan = plan_closed_tiles(words, limits, kMinRunAxes)) {
    move_closed_tiles(*plan, data, arena, cancel);
    return;
  }
  const auto [first, second] = split_into_involutions(words);
  for (const AxisPermutation& step : {first, second}) {
    // An involution's tiles are closed with twice the axes of their runs.
    move_closed_tiles(plan_closed_tiles(step, limits, limits.lane_axes).value(), data, arena, cancel);
  }
}

}  // namespace basalt
