#include "workloads/patterns/solve/visit.h"

#include <algorithm>

#include "basalt/parallel.h"
#include "workloads/patterns/kernels/rows.h"

namespace basalt::patterns {
namespace {

constexpr std::uint64_t kStretchCells = 64;  // a cache line of the smallest numbers, whole vectors of any
constexpr std::uint64_t kPiecesPerThread = 4;

}  // namespace

VisitShape shape_visits(const Grid& grid, std::uint64_t cell_bytes, std::uint64_t piece_bytes,
                        std::uint64_t serial_bytes, int threads) {
  const std::uint64_t bytes = grid.cells() * cell_bytes;
  const bool serial = threads == 1 || bytes < serial_bytes;
  const std::uint64_t pieces = static_cast<std::uint64_t>(threads) * kPiecesPerThread;
  const std::uint64_t piece = serial ? bytes : std::clamp<std::uint64_t>(bytes / pieces, 1, piece_bytes);
  const std::uint64_t cells = std::max<std::uint64_t>(piece / cell_bytes, 1);
  return {.rows = std::max<std::uint64_t>(cells / grid.size[0], 1),
          .cells = (cells + kStretchCells - 1) / kStretchCells * kStretchCells};
}

void visit(const Grid& grid, const VisitShape& shape, const Arena& arena, const CancelToken& cancel,
           const std::function<std::function<void(const Stretch&)>()>& begin_piece) {
  if (grid.rows() == 1) {
    parallel_for(arena, cancel, 0, grid.size[0], shape.cells, [&](std::uint64_t first, std::uint64_t last) {
      const FlushDenormals flush;
      begin_piece()({.y = 0, .z = 0, .first = first, .cells = last - first, .whole_row = last - first == grid.size[0]});
    });
    return;
  }
  parallel_for(arena, cancel, 0, grid.rows(), shape.rows, [&](std::uint64_t first, std::uint64_t last) {
    const FlushDenormals flush;
    const auto act = begin_piece();
    for (std::uint64_t row = first; row < last; ++row) {
      act({.y = row % grid.size[1], .z = row / grid.size[1], .first = 0, .cells = grid.size[0], .whole_row = true});
    }
  });
}

}  // namespace basalt::patterns
