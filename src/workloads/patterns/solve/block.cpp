#include "workloads/patterns/solve/block.h"

#include <algorithm>

#include "workloads/patterns/solve/visit.h"

namespace basalt::patterns {
namespace {

constexpr std::uint64_t kLineBytes = 64;
constexpr std::uint64_t kStretchCells = 64;
/// Cells around a block are at most a part of this of its own, along each axis.
constexpr std::uint64_t kLeastPerSide = 16;
constexpr std::uint64_t kBlocksPerThread = 4;

/// The pieces of equal size, multiples of 64, that `length` is cut into where one takes at most `most`.
std::uint64_t cut(std::uint64_t length, std::uint64_t most) {
  return pieces_of(pieces_of(length, pieces_of(length, most)), kStretchCells) * kStretchCells;
}

}  // namespace

std::uint64_t reach_of_step(const Model& model) {
  return 1 + model.auxiliary();
}

BlockShape shape_blocks(const Domain& domain, const Model& model, std::uint64_t steps, std::uint64_t cache_bytes,
                        int threads) {
  const std::uint64_t number = scalar_bytes(domain.precision);
  const auto [width, height, depth] = domain.grid.size;
  const std::uint64_t reach = reach_of_step(model);
  // what is computed beside a block is a line of the cache at most
  steps = std::min({steps, kLineBytes / number / reach, height / kLeastPerSide / reach});
  const std::uint64_t around = steps * reach;
  if (domain.grid.axes != 2 || steps < 2 || width < kStretchCells) {
    return {};
  }
  const std::uint64_t rows_held = steps * (model.species() + model.auxiliary()) * kBlockRowsHeld;
  const std::uint64_t fits = cache_bytes / rows_held / number / kStretchCells * kStretchCells;
  if (fits < 2 * kLineBytes / number * kLeastPerSide) {
    return {};
  }
  const std::uint64_t cells = cut(width, fits);
  const std::uint64_t columns = pieces_of(width, cells);
  const std::uint64_t blocks = static_cast<std::uint64_t>(threads) * kBlocksPerThread;
  const std::uint64_t bands = std::clamp<std::uint64_t>(pieces_of(blocks, columns), 1,
                                                        std::max<std::uint64_t>(height / (around * kLeastPerSide), 1));
  return {.steps = steps, .cells = cells, .rows = pieces_of(height, bands)};
}

std::uint64_t count_blocks(const Domain& domain, const BlockShape& shape) {
  return pieces_of(domain.grid.size[0], shape.cells) * pieces_of(domain.grid.size[1], shape.rows);
}

Block block_at(const Domain& domain, const BlockShape& shape, std::uint64_t index) {
  const std::uint64_t columns = pieces_of(domain.grid.size[0], shape.cells);
  const std::uint64_t x = index % columns * shape.cells;
  const std::uint64_t y = index / columns * shape.rows;
  return {.x = x,
          .y = y,
          .cells = std::min(shape.cells, domain.grid.size[0] - x),
          .rows = std::min(shape.rows, domain.grid.size[1] - y)};
}

Reach reach_of(const Domain& domain, const Model& model, const Block& block, std::uint64_t steps) {
  const auto line = static_cast<std::int64_t>(kLineBytes / scalar_bytes(domain.precision));
  const bool bounded_along_x = !domain.ghosts[0][0].periodic;
  Reach reach{.x = static_cast<std::int64_t>(block.x),
              .end = static_cast<std::int64_t>(block.x + block.cells),
              .first = static_cast<std::int64_t>(block.y),
              .last = static_cast<std::int64_t>(block.y + block.rows),
              .around = static_cast<std::int64_t>(reach_of_step(model) * steps),
              .width = static_cast<std::int64_t>(domain.grid.size[0]),
              .height = static_cast<std::int64_t>(domain.grid.size[1]),
              .bounded = !domain.ghosts[1][0].periodic};
  reach.low = bounded_along_x && reach.x == 0 ? reach.x : reach.x - line;
  reach.high = bounded_along_x && reach.end == reach.width ? reach.end : reach.end + line;
  return reach;
}

}  // namespace basalt::patterns
