// The cells around a block as they were before its neighbours overwrote them.
#pragma once

#include <cstdint>

#include "workloads/patterns/solve/block.h"

namespace basalt::patterns {

/// Rows before and after the block, and a line of the cache on both sides of its own. References must outlive it.
class BlockEdges {
 public:
  static std::uint64_t bytes(const Domain& domain, const Model& model, const BlockShape& shape);

  /// In `memory`, of so many bytes.
  BlockEdges(const Domain& domain, const Model& model, const BlockShape& shape, std::byte* memory);

  /// Copies what the block sees beside its own cells. Ghost cells are not looked at.
  void hold(const Cells& cells, const Reach& reach) const;

  /// What the block sees of a row that has cells: its own from the plane, the others from here. `to` is where its first
  /// cell goes.
  void read_row(const Cells& cells, std::size_t species, std::int64_t y, const Reach& reach, std::byte* to) const;

 private:
  [[nodiscard]] std::byte* row_at(std::size_t species, std::int64_t y, const Reach& reach) const noexcept;
  /// `to` is where cell `low` goes.
  void copy(const std::byte* row, std::int64_t low, std::int64_t high, const Reach& reach, std::byte* to) const;

  const Domain& domain_;
  const std::size_t species_;
  const std::int64_t number_;         ///< Bytes of one.
  const std::int64_t row_bytes_;      ///< Of a row beyond the block, with the lines beside.
  const std::int64_t species_bytes_;  ///< Of all rows of a species.
  std::byte* memory_;
};

}  // namespace basalt::patterns
