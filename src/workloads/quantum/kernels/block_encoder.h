// Steps to operations on blocks: what the gates of a stage are once it is known which of their axes lie within a
// vector, which choose a vector of the block, and which are constants of the block or of the tile.
#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <span>
#include <vector>

#include "plan/program.h"
#include "workloads/quantum/kernels/block.h"
#include "workloads/quantum/kernels/coefficients.h"
#include "workloads/quantum/kernels/phase_tables.h"
#include "workloads/quantum/kernels/tile_axes.h"

namespace basalt::quantum {

/// A stage as visits of its tiles, block by block.
struct EncodedStage {
  std::vector<BlockPass> passes;
  std::vector<PhaseRecipe> recipes;  ///< One pass's after another's.
  Coefficients coefficients;
};

class BlockEncoder {
 public:
  /// For vectors of 2^lanes amplitudes and blocks of 2^most_high vectors at most. With `counting`, the operations are
  /// right and what they compute with is not there.
  BlockEncoder(ElementType type, int lanes, int most_high, std::uint64_t tile_axes, bool counting = false);

  /// A visit of blocks that span these of the tile's axes (at most lanes + most_high), which must be all that the steps
  /// mix. Phases wait until a step needs them done, and steps that need none go first: then many phases are done at
  /// once.
  void add_pass(std::uint64_t block_axes, std::span<const Step* const> steps);

  /// Does what still waits, in the last pass. There must be one.
  EncodedStage finish();

  /// Whether `step` can be in a block at all.
  static bool fits_block(const Step& step);

 private:
  /// A condition or a set of axes, by where they are.
  struct Split {
    ControlMask lanes;
    ControlMask vectors;  ///< Of the numbers of a block's vectors.
    ControlMask tile;     ///< Of vector indices in the tile.
    ControlMask field;
  };
  struct TurnGroup;
  /// A step that is not done yet, with its access by the tile's numbers of its axes.
  struct Pending {
    const Step* step;
    Access access;
  };

  [[nodiscard]] Split split_tile(const ControlMask& tile) const;
  [[nodiscard]] Split split(const ControlMask& control) const;
  [[nodiscard]] int position_of(int tile_axis) const;
  BlockOp& push(BlockCode code, const Split& condition);

  void begin_pass(std::uint64_t block_axes);
  void begin_pass_again();
  void add_steps(std::span<const Step* const> steps);
  void add_mixing(const Step& step);
  void add_phase(const PhaseTerm& term);
  void add_exchange(const ExchangeOperands& operands);
  void add_dense(const DenseOperands& operands);
  void add_single(const DenseOperands& operands);
  bool add_unit_high(const DenseOperands& operands, int position);
  void add_single_high(const DenseOperands& operands, const Split& control, int position);
  void add_single_lane(const DenseOperands& operands, const Split& control, int lane);
  /// Whether `step` can be done before the phases that wait on its axes, which are then as they were.
  [[nodiscard]] bool can_turn(const Step& step, std::uint64_t mixed_tile_axes) const;
  [[nodiscard]] std::array<std::complex<double>, 16> turned(const DenseOperands& operands) const;
  void add_coupling(const DenseOperands& operands);
  void add_pair(const DenseOperands& operands);

  void flush(std::uint64_t mixed_tile_axes);
  [[nodiscard]] std::vector<TurnGroup> group_turns(const std::vector<TilePhase>& phases) const;
  void join_groups(std::vector<TurnGroup>& groups, std::vector<TilePhase>& others) const;
  void push_turns(const std::vector<TurnGroup>& groups);
  void push_table();
  void push_scale();

  ElementType type_;
  int lanes_;
  int most_high_;
  TileAxes axes_;
  bool counting_;
  EncodedStage result_;
  std::uint64_t block_axes_ = 0;
  std::vector<TilePhase> waiting_;
  double scale_ = 1;  ///< A common factor that was taken out of matrices.
};

}  // namespace basalt::quantum
