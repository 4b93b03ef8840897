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
#include "workloads/patterns/solve/block.h"
#include "workloads/patterns/solve/block_edges.h"
#include "workloads/patterns/solve/domain.h"

namespace basalt::patterns {

/// What a block's rows take.
std::uint64_t block_bytes(const Domain& domain, const Model& model, const BlockShape& shape);

/// For one thread. References must outlive it.
class TimeBlock {
 public:
  TimeBlock(const Domain& domain, const Model& model, Neighbours neighbours, double step, const BlockShape& shape,
            MemoryResource& memory);

  /// The cells of the block after `steps` steps, at least 1 and at most those of the shape; `edges` hold what is
  /// around. Ghost cells are neither read nor written; what lies beyond a row's last cell may be.
  void advance(const Cells& cells, const BlockEdges& edges, const Reach& reach, std::uint64_t steps);

 private:
  [[nodiscard]] std::byte* row(std::uint64_t time, std::size_t field, std::int64_t y) const noexcept;
  [[nodiscard]] RowStep step_at(std::uint64_t time, std::int64_t y, std::uint64_t cells,
                                std::uint64_t before) const noexcept;
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
  Buffer rows_;                    ///< kBlockRowsHeld of each field at each time.
};

}  // namespace basalt::patterns
