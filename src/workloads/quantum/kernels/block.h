// Blocks: the lowest rung of the memory ladder that is planned. A block is 2^high vectors of a tile, held in registers
// while a list of operations is applied to them; it spans the axes within a vector (lanes) and `high` axes that choose
// the vector. What the operations are is data, so that any run of gates on those axes is one visit of the tile.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/memory/field.h"

namespace basalt::quantum {

inline constexpr int kMaxBlockHigh = 4;

/// What is done to the vectors of a block. "High" operations combine vectors a and b whose numbers differ in bit
/// `position`; "lane" operations combine the amplitudes of one vector with those that `indices` moves into their place.
/// Coefficients are whole vectors, so that controls within a vector are identities in some lanes; an imaginary
/// coefficient has its sign turned at real parts, for i·v = signs · (v with its parts swapped).
enum class BlockCode : std::uint8_t {
  rotate,          ///< a + p·b, b + q·a. Coefficients p, q.
  reflect,         ///< a + p·b, q·a − b
  cross_rotate,    ///< p·a + b, a + q·b
  cross_reflect,   ///< p·a + b, q·b − a
  real,            ///< Any real matrix: four coefficients, row by row.
  dense,           ///< Any matrix: four pairs (real, imaginary).
  exchange,        ///< b, a
  exchange_lanes,  ///< The same in the lanes where the coefficient is 1.
  lane_unit,       ///< v + q·moved. indices, q
  lane_real,       ///< p·v + q·moved. indices, p, q
  lane_dense,      ///< indices, then pairs for v and moved
  lane_permute,    ///< moved. indices
  scale,           ///< Each vector times a real coefficient of its own: one for each vector of the block.
  turn,            ///< Each vector times a pair of its own. Twice as many pairs with a parity: even, then odd.
  table,           ///< Phases from the tables of number `table`.
  couple,          ///< Two rotations over `position` < `second`, of the vectors 00 and 11 and of 01 and 10: for each of
                   ///< the four its own and the other's coefficient, in the order 00, 11, 01, 10.
  couple_even,     ///< Of 00 and 11 only.
  couple_odd,      ///< Of 01 and 10 only.
  couple_mixed,    ///< The same over a lane and `position`: indices, then for each vector its own and the other's.
  turned,          ///< As couple, but the others' coefficients are pairs.
  turned_even,     ///< As couple_even, so.
  turned_odd,      ///< As couple_odd, so.
  turned_mixed,    ///< As couple_mixed, so.
  lane_turned,     ///< p·v + pair·moved. indices, p, pair
  pair_high,       ///< 4×4 over positions `position` < `second`; 16 pairs, row by row.
  pair_mixed,      ///< 4×4 over a lane and `position`: indices, then for each row of vectors (vector, lane flip) pairs
  pair_lanes,      ///< 4×4 over two lanes: 3 indices, then pairs for flips 0 ... 3
};

struct BlockOp {
  BlockCode code = BlockCode::scale;
  std::uint8_t position = 0;
  std::uint8_t second = 0;
  std::uint8_t table = 0;  ///< Number among those of its pass.
  /// Only vectors whose number satisfies (number & control_mask) == control_value; never includes a target. Of real,
  /// dense, exchange and the lane operations but lane_unit.
  std::uint8_t control_mask = 0;
  std::uint8_t control_value = 0;
  std::uint32_t coefficients = 0;  ///< Where they begin, in parts (T's).
  std::uint64_t tile_mask = 0;     ///< Only blocks whose first vector's index in the tile satisfies this ...
  std::uint64_t tile_value = 0;
  std::uint64_t field_mask = 0;  ///< ... in tiles whose first element's index in the field satisfies this.
  std::uint64_t field_value = 0;
  std::uint64_t tile_parity = 0;  ///< Of a turn: bits as in tile_mask and field_mask whose parity chooses the pairs.
  std::uint64_t field_parity = 0;
};

/// Phases by index in the tile: the product of those that are there. Parts as in a field: real, imaginary, ...
struct PhaseTables {
  const void* whole = nullptr;  ///< 2^axes entries.
  /// For the lowest kPhaseLowAxes axes: for each vector a vector of real parts and one of imaginary parts (signed).
  const void* low = nullptr;
  const void* high = nullptr;  ///< For the other axes; there if `low` is.
};

inline constexpr int kPhaseLowAxes = 7;

/// Bounds on a pass, so that what a thread needs beside its tile is bounded too.
inline constexpr std::size_t kMostPassOps = 256;
inline constexpr std::uint32_t kMostPassTables = 4;

/// One visit of every block of a tile.
struct BlockPass {
  std::array<std::uint8_t, kMaxBlockHigh>
      high{};  ///< Bits of a vector's index that choose within the block, ascending.
  int high_count = 0;
  std::uint32_t first_table = 0;  ///< Number in the stage of the pass's table 0.
  std::uint32_t table_count = 0;  ///< At most kMostPassTables.
  std::vector<BlockOp> ops;       ///< At most kMostPassOps.
};

/// Axes within a vector of the instruction set in use.
int lane_axes(ElementType type);

/// How many axes beside the lanes a block may have: fewer where there are fewer registers.
int most_block_high(ElementType type);

/// Where a pass works.
struct BlockTile {
  void* data = nullptr;
  int axes = 0;            ///< At least lane_axes + high_count.
  std::uint64_t base = 0;  ///< Index of the tile's first element in the field.
  bool padded = false;     ///< Its elements lie where padded_offset() (plan/tile_program.h) says.
};

/// Applies `ops`, those of `pass` whose field conditions hold, to every block.
void run_block_pass(ElementType type, const BlockTile& tile, const BlockPass& pass, std::span<const BlockOp> ops,
                    const void* coefficients, const PhaseTables* tables);

}  // namespace basalt::quantum
