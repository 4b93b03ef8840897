// CutQueue: the operations that no stage holds yet, and what a tile could do of them. Part of cut_stages().
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "plan/program.h"

namespace basalt {

/// What the cut needs of its operations, one array a mask: a look at a tile streams through them.
struct OperationMasks {
  explicit OperationMasks(std::span<const Access> operations);

  [[nodiscard]] bool is_phase(std::uint32_t operation) const noexcept { return mixes[operation] == 0; }

  std::vector<std::uint64_t> mixes;
  std::vector<std::uint64_t> reads;        ///< Without what it mixes.
  std::vector<std::uint64_t> later_mixes;  ///< Union over this operation and all after it; one entry more than those.
  std::size_t mixers = 0;                  ///< Operations that mix anything.
};

/// Operations that a tile reaches without what it lacks axes for, and what those would need.
struct Reach {
  std::size_t mixers = 0;            ///< Operations that mix, done by the tile.
  std::vector<std::uint64_t> wants;  ///< Of every operation that only lacks axes: what it mixes; no two are the same.
};

/// A copy is cheap where few operations were passed over. Operations are looked at in the order in which they came,
/// passing over those that cannot be done yet; an operation goes before one that was passed over only if they commute.
class CutQueue {
 public:
  /// `masks` must outlive the queue.
  explicit CutQueue(const OperationMasks& masks) : masks_(&masks), mixers_left_(masks.mixers) {}

  /// How many operations that mix a tile could do. Adds the operations looked at to `looked`.
  [[nodiscard]] std::size_t count(std::uint64_t tile, std::uint64_t& looked) const;

  /// The same, and what the tile would have to span to do more. `reach` is overwritten.
  void reach(std::uint64_t tile, Reach& reach, std::uint64_t& looked) const;

  /// Widens `tile` to at most `most_axes`: each operation that could be done brings its axes, the first come first.
  [[nodiscard]] std::uint64_t first_come(std::uint64_t tile, int most_axes, std::uint64_t& looked) const;

  /// Takes out what the tile can do, and the phases that must precede it; returned in the order in which they came.
  /// Phases that nothing needs done any more are forgotten.
  std::vector<std::uint32_t> take(std::uint64_t tile, std::uint64_t& looked);

  /// Operations left that mix anything.
  [[nodiscard]] std::size_t mixers_left() const noexcept { return mixers_left_; }
  /// The same for queues of the same operations that hold the same ones that mix, and else most likely not.
  [[nodiscard]] std::uint64_t taken_hash() const noexcept { return taken_hash_; }

 private:
  template <typename Visitor>
  void visit(std::uint64_t tile, std::uint64_t& looked, Visitor&& visitor) const;

  const OperationMasks* masks_;
  std::vector<std::uint32_t> passed_over_;  ///< Ascending, all below next_.
  std::uint32_t next_ = 0;                  ///< From here on, nothing was taken.
  std::size_t mixers_left_ = 0;
  std::uint64_t taken_hash_ = 0;
};

}  // namespace basalt
