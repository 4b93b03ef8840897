// A stage's steps as visits of a tile: the planner's cut once more, with registers as the level, then the encoding of
// each visit. Matrices too large for a block run over the tile by the kernel that runs them over a field.
#include "workloads/quantum/kernels/tile_compiler.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>
#include <utility>

#include "plan/cut.h"
#include "workloads/quantum/kernels/block_encoder.h"
#include "workloads/quantum/kernels/block_work.h"
#include "workloads/quantum/kernels/variants.h"

namespace basalt::quantum {
namespace {

/// A dense step on a whole tile.
struct LargeStep {
  DenseOperands operands;  ///< By the tile's numbers of its axes.
  ControlMask field;
};

/// Steps that fit blocks, then one that does not.
struct Segment {
  EncodedStage blocks;
  std::optional<LargeStep> large;
};

DenseOperands inside_tile(const DenseOperands& operands, const TileAxes& axes) {
  DenseOperands result = operands;
  result.control = axes.split(operands.control).tile;
  for (std::size_t i = 0; i < operands.target_count; ++i) {
    result.targets[i] = static_cast<std::uint8_t>(axes.number_of(operands.targets[i]));
  }
  return result;
}

class Compilation {
 public:
  Compilation(std::span<const Step* const> steps, const TileShape& shape, bool counting)
      : steps_(steps),
        shape_(shape),
        counting_(counting),
        axes_(shape.axes),
        lanes_(lane_axes(shape.type)),
        most_high_(most_block_high(shape.type)) {}

  std::vector<Segment> operator()() {
    std::vector<Segment> segments;
    for (std::size_t first = 0; first < steps_.size();) {
      const auto rest = steps_.subspan(first);
      const auto large = std::ranges::find_if(rest, [](const Step* step) { return !BlockEncoder::fits_block(*step); });
      const auto count = static_cast<std::size_t>(large - rest.begin());
      Segment& segment = segments.emplace_back(Segment{encode(rest.first(count)), std::nullopt});
      first += count;
      if (large != rest.end()) {
        const auto& operands = *static_cast<const DenseOperands*>((*large)->operands.get());
        segment.large = LargeStep{inside_tile(operands, axes_), axes_.split(operands.control).field};
        ++first;
      }
    }
    return segments;
  }

 private:
  EncodedStage encode(std::span<const Step* const> steps) const {
    std::vector<Access> accesses;
    accesses.reserve(steps.size());
    for (const Step* step : steps) {
      accesses.push_back({.mixes = axes_.inside(step->access.mixes), .reads = axes_.inside(step->access.reads)});
    }
    const CutSettings settings{
        .field_axes = axes_.count(), .tile_axes = lanes_ + most_high_, .low_axes = lanes_, .effort = 64 * steps.size()};
    BlockEncoder encoder(shape_.type, lanes_, most_high_, shape_.axes, counting_);
    for (const StageCut& pass : cut_stages(accesses, settings)) {
      std::vector<const Step*> of_pass;
      of_pass.reserve(pass.steps.size());
      for (const std::uint32_t step : pass.steps) {
        of_pass.push_back(steps[step]);
      }
      encoder.add_pass(pass.tile_axes, of_pass);
    }
    return encoder.finish();
  }

  std::span<const Step* const> steps_;
  TileShape shape_;
  bool counting_;
  TileAxes axes_;
  int lanes_;
  int most_high_;
};

class CircuitTile final : public TileProgram {
 public:
  CircuitTile(std::vector<Segment> segments, const TileShape& shape)
      : segments_(std::move(segments)), type_(shape.type), axes_(std::popcount(shape.axes)) {
    for (const Segment& segment : segments_) {
      for (const BlockPass& pass : segment.blocks.passes) {
        std::size_t tables = 0;
        for (const PhaseRecipe& recipe : recipes_of(segment.blocks, pass)) {
          tables += recipe.scratch_bytes();
        }
        table_bytes_ = std::max(table_bytes_, tables);
        most_ops_ = std::max(most_ops_, pass.ops.size());
      }
    }
  }

  void run(void* tile, std::uint64_t base, bool padded, void* scratch) const override {
    const BlockTile place{.data = tile, .axes = axes_, .base = base, .padded = padded};
    for (const Segment& segment : segments_) {
      run_blocks(segment.blocks, place, static_cast<std::byte*>(scratch));
      if (segment.large && (base & segment.large->field.mask) == segment.large->field.value) {
        const DenseOperands& operands = segment.large->operands;
        (operands.target_count <= 2 ? dense_small : dense_large)(type_, tile, axes_, operands, {});
      }
    }
  }

  [[nodiscard]] std::size_t scratch_bytes() const override { return table_bytes_ + most_ops_ * sizeof(BlockOp); }

  [[nodiscard]] bool takes_padding() const override {
    return std::ranges::none_of(segments_, [](const Segment& segment) { return segment.large.has_value(); });
  }

 private:
  static std::span<const PhaseRecipe> recipes_of(const EncodedStage& stage, const BlockPass& pass) {
    return std::span(stage.recipes).subspan(pass.first_table, pass.table_count);
  }

  void run_blocks(const EncodedStage& stage, const BlockTile& tile, std::byte* scratch) const {
    auto* const ops = reinterpret_cast<BlockOp*>(scratch + table_bytes_);
    for (const BlockPass& pass : stage.passes) {
      const auto end = std::ranges::copy_if(pass.ops, ops, [&](const BlockOp& op) {
                         return (tile.base & op.field_mask) == op.field_value;
                       }).out;
      if (end == ops) {
        continue;
      }
      std::array<PhaseTables, kMostPassTables> tables;
      std::byte* free = scratch;
      for (std::size_t i = 0; const PhaseRecipe& recipe : recipes_of(stage, pass)) {
        tables[i++] = recipe.tables(tile.base, free);
        free += recipe.scratch_bytes();
      }
      run_block_pass(type_, tile, pass, {ops, end}, stage.coefficients.data(), tables.data());
    }
  }

  std::vector<Segment> segments_;
  ElementType type_;
  int axes_;
  std::size_t table_bytes_ = 0;
  std::size_t most_ops_ = 0;
};

std::unique_ptr<TileProgram> compile(std::span<const Step* const> steps, const TileShape& shape) {
  return std::make_unique<CircuitTile>(Compilation(steps, shape, false)(), shape);
}

/// One entry for reading and storing a pass's blocks and one for its operations: the processor hides little of either.
std::vector<TileWork> describe(std::span<const Step* const> steps, const TileShape& shape) {
  std::vector<TileWork> work;
  const double visit_bytes = 2.0 * static_cast<double>(element_bytes(shape.type));
  for (const Segment& segment : Compilation(steps, shape, true)()) {
    for (const BlockPass& pass : segment.blocks.passes) {
      work.push_back({.kernel = "quantum/block", .flops_per_element = 0, .cache_bytes_per_element = visit_bytes});
      work.push_back(work_of(pass, segment.blocks.recipes));
    }
    if (segment.large) {
      const DenseOperands& operands = segment.large->operands;
      const double share =
          std::ldexp(1.0, -std::popcount(operands.control.mask) - std::popcount(segment.large->field.mask));
      work.push_back({.kernel = "quantum/dense",
                      .flops_per_element = share * (operands.real ? 4.0 : 8.0) * std::ldexp(1.0, operands.target_count),
                      .cache_bytes_per_element = share * visit_bytes});
    }
  }
  return work;
}

}  // namespace

TileCompiler tile_compiler() {
  return {.compile = compile, .describe = describe};
}

bool runs_in_tiles(std::string_view kernel) {
  return kernel == "quantum/dense" || kernel == "quantum/exchange" || kernel == "quantum/phase";
}

}  // namespace basalt::quantum
