// Several Euler steps of a block of the plane in one visit: each row goes through all of them while it is in the cache.
//
// A block is read with as many cells around it as it takes steps (twice as many for models of fourth order). Rows enter
// at its first side and follow one another at a distance of one row (two) a step, so that of each time between only the
// last four rows are held. Cells around the block are computed by its neighbours too: the price of writing none of
// them.
#pragma once

#include <cstdint>

#include "basalt/memory.h"
#include "workloads/patterns/kernels/rows.h"
#include "workloads/patterns/model.h"
#include "workloads/patterns/solve/domain.h"

namespace basalt::patterns {

/// Cells [x, x + cells) of rows [y, y + rows); x is a multiple of 64.
struct Block {
  std::uint64_t x = 0;
  std::uint64_t y = 0;
  std::uint64_t cells = 0;
  std::uint64_t rows = 0;
};

/// How a plane is cut. No steps: blocks do not pay.
struct BlockShape {
  std::uint64_t steps = 0;
  std::uint64_t cells = 0;
  std::uint64_t rows = 0;

  [[nodiscard]] explicit operator bool() const noexcept { return steps > 1; }
};

/// For `steps` a visit, rows that fit `cache_bytes`, and several blocks for each of `threads`. No steps where the grid
/// is no plane, or too small for the cells around a block to be few.
BlockShape shape_blocks(const Domain& domain, const Model& model, std::uint64_t steps, std::uint64_t cache_bytes,
                        int threads);

/// What a block's rows take.
std::uint64_t block_bytes(const Domain& domain, const Model& model, const BlockShape& shape);

/// For one thread. References must outlive it.
class TimeBlock {
 public:
  TimeBlock(const Domain& domain, const Model& model, Neighbours neighbours, double step, const BlockShape& shape,
            MemoryResource& memory);

  /// The cells of the block in `to`: those of `from` after `steps` steps, at least 1 and at most those of the shape.
  /// Ghost cells are neither read of `from` nor written of `to`; what lies beyond a row's last cell may be.
  void advance(const Cells& from, const Cells& to, const Block& block, std::uint64_t steps, bool stream);

 private:
  struct Reach;
  [[nodiscard]] std::byte* row(std::uint64_t time, std::size_t field, std::int64_t y) const noexcept;
  [[nodiscard]] RowStep step_at(std::uint64_t time, std::int64_t y, std::uint64_t cells,
                                std::uint64_t before) const noexcept;
  void load(const Cells& from, std::size_t species, std::int64_t y, const Reach& reach);
  template <typename Compute>
  void enter(std::uint64_t time, std::size_t first, std::size_t last, std::int64_t y, const Reach& reach,
             const Compute& compute);

  const Domain& domain_;
  const Model& model_;
  const Neighbours neighbours_;
  const double step_;
  const std::size_t species_;
  const std::size_t fields_;    ///< With the auxiliary one.
  const std::uint64_t number_;  ///< Bytes of one.
  const double laplacian_scale_;
  const std::uint64_t row_bytes_;  ///< Of a block's row and the cells around it.
  Buffer rows_;                    ///< Four of each field at each time.
};

}  // namespace basalt::patterns
