#include "runtime/cpu/permute.h"

#include <fmt/format.h>
#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "basalt/error.h"
#include "runtime/cpu/tile_kernel.h"
#include "runtime/cpu/tile_plan.h"

namespace basalt {
namespace {

/// Traffic of one piece: small enough for a cancel to be seen soon.
constexpr std::uint64_t kPieceWords = std::uint64_t{1} << 19;

/// Shorter runs make a pass so slow that two passes with long runs are faster.
constexpr int kMinRunAxes = 4;

void check_axes(const Field& field, const AxisPermutation& to) {
  if (static_cast<int>(to.size()) != field.axes || !is_permutation(to)) {
    throw Error(ErrorCode::bad_usage, fmt::format("[{}] is no permutation of {} axes", fmt::join(to, ","), field.axes),
                "name the new place of each axis, from 0 on, once");
  }
}

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

/// The first tile in [first, last) that leads a cycle in which something moves; `last` if there is none.
std::uint64_t find_leader(const TilePlan& plan, std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t tile = first; tile < last; ++tile) {
    const bool stays = plan.keeps_order && plan.next_tile(tile) == tile;
    if (!stays && leads_cycle(plan, tile)) {
      return tile;
    }
  }
  return last;
}

/// Moves tiles around cycles, each through a buffer of one tile, with a second one for what it displaces.
class CycleMover {
 public:
  CycleMover(const TilePlan& plan, std::uint64_t* words)
      : plan_(plan), words_(words), held_(take_tile(plan)), next_(take_tile(plan)) {}

  /// `later` is the leader that will come next, if any.
  void move(std::uint64_t leader, std::optional<std::uint64_t> later) {
    const auto after = [&](std::uint64_t tile) {
      const std::uint64_t next = plan_.next_tile(tile);
      return next != leader ? std::optional(next) : later;
    };
    gather_tile(plan_, place(leader), held_.get(), place_if(after(leader)));
    std::uint64_t tile = leader;
    do {
      const std::uint64_t next = plan_.next_tile(tile);
      if (next != leader) {
        const std::uint64_t* ahead = place_if(after(next));
        gather_tile(plan_, place(next), next_.get(), ahead);
        scatter_tile(plan_, held_.get(), place(next), false, ahead);
      } else {
        // The later leader was asked for already; after it comes the next tile of its cycle.
        const std::uint64_t* ahead = later ? place(plan_.next_tile(*later)) : nullptr;
        scatter_tile(plan_, held_.get(), place(next), false, ahead);
      }
      std::swap(held_, next_);
      tile = next;
    } while (tile != leader);
  }

 private:
  [[nodiscard]] std::uint64_t* place(std::uint64_t tile) const { return words_ + plan_.source_offset(tile); }
  [[nodiscard]] const std::uint64_t* place_if(std::optional<std::uint64_t> tile) const {
    return tile ? place(*tile) : nullptr;
  }

  const TilePlan& plan_;
  std::uint64_t* words_;
  TileMemory held_;
  TileMemory next_;
};

void move_closed_tiles(const TilePlan& plan, std::uint64_t* words, const Arena& arena, const CancelToken& cancel) {
  for_tiles(plan, arena, cancel, [&](std::uint64_t first, std::uint64_t last) {
    CycleMover mover(plan, words);
    std::uint64_t leader = find_leader(plan, first, last);
    while (leader != last) {
      const std::uint64_t later = find_leader(plan, leader + 1, last);
      mover.move(leader, later != last ? std::optional(later) : std::nullopt);
      leader = later;
    }
  });
}

}  // namespace

void permute(const Field& source, const Field& target, const AxisPermutation& to, const Arena& arena,
             const CancelToken& cancel, const PermuteSettings& settings) {
  check_axes(source, to);
  assert(source.type == target.type && source.axes == target.axes);
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
      const std::uint64_t* ahead = tile + 1 < last ? from + plan.source_offset(tile + 1) : nullptr;
      gather_tile(plan, from + plan.source_offset(tile), memory.get(), ahead);
      scatter_tile(plan, memory.get(), into + plan.target_offset(tile), settings.streaming, ahead);
    }
    finish_streaming();
  });
}

void permute_in_place(const Field& field, const AxisPermutation& to, const Arena& arena, const CancelToken& cancel,
                      const PermuteSettings& settings) {
  check_axes(field, to);
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
  for (const int axes : {settings.max_tile_axes, settings.max_single_pass_axes}) {
    const TileLimits single{.lane_axes = limits.lane_axes, .max_tile_axes = axes};
    if (const auto plan = plan_closed_tiles(words, single, kMinRunAxes)) {
      move_closed_tiles(*plan, data, arena, cancel);
      return;
    }
  }
  const auto [first, second] = split_into_involutions(words);
  for (const AxisPermutation& step : {first, second}) {
    // An involution's tiles are closed with twice the axes of their runs.
    move_closed_tiles(plan_closed_tiles(step, limits, limits.lane_axes).value(), data, arena, cancel);
  }
}

}  // namespace basalt
