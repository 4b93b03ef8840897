// Visits of the whole grid, row by row, on all threads of an arena.
#pragma once

#include <cstdint>
#include <functional>

#include "basalt/arena.h"
#include "basalt/cancel.h"
#include "workloads/patterns/grid.h"

namespace basalt::patterns {

/// Consecutive cells of a row.
struct Stretch {
  std::uint64_t y = 0;
  std::uint64_t z = 0;
  std::uint64_t first = 0;  ///< Of cells along x: a multiple of 64.
  std::uint64_t cells = 0;
  bool whole_row = true;
};

/// Pieces of at most `piece` that `length` is cut into.
constexpr std::uint64_t pieces_of(std::uint64_t length, std::uint64_t piece) noexcept {
  return (length + piece - 1) / piece;
}

struct VisitShape {
  std::uint64_t rows = 1;   ///< A piece of work, where the grid has more than one row.
  std::uint64_t cells = 0;  ///< The same where it has one.
};

/// Cuts visits that move `cell_bytes` a cell into pieces of about `piece_bytes`, and whole visits below `serial_bytes`
/// not at all.
VisitShape shape_visits(const Grid& grid, std::uint64_t cell_bytes, std::uint64_t piece_bytes,
                        std::uint64_t serial_bytes, int threads);

/// Calls begin_piece() on a thread, then its result with each stretch of a piece; pieces in any order on any thread.
void visit(const Grid& grid, const VisitShape& shape, const Arena& arena, const CancelToken& cancel,
           const std::function<std::function<void(const Stretch&)>()>& begin_piece);

}  // namespace basalt::patterns
