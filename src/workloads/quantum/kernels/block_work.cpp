#include "workloads/quantum/kernels/block_work.h"

#include <bit>
#include <cmath>

namespace basalt::quantum {
namespace {

/// Operations an amplitude, a fused multiply-add counting as two and a move in registers as one, and the share of the
/// arithmetic peak that they reach: loads of coefficients and moves between lanes take their time. Shares are of
/// measurements with AVX-512 in c64; those of c128 are within a tenth of them.
struct OperationCost {
  double flops;
  double peak_share;
};

/// Of a table that is the same for all tiles, an entry; and what its entries cost an amplitude, read from memory
/// further away than the tile is: whole tables are as large as it.
constexpr double kEntrySeconds = 7e-9;
constexpr OperationCost kWholeTable{6, 0.33};
constexpr OperationCost kHalfTables{12, 0.42};

constexpr OperationCost cost_of(BlockCode code) {
  switch (code) {
    case BlockCode::rotate:
    case BlockCode::reflect:
    case BlockCode::cross_rotate:
    case BlockCode::cross_reflect:
      return {4, 1};
    case BlockCode::real:
      return {6, 0.9};
    case BlockCode::dense:
      return {14, 0.95};
    case BlockCode::exchange:
    case BlockCode::exchange_lanes:
    case BlockCode::lane_permute:
      return {2, 0.5};
    case BlockCode::lane_unit:
      return {4, 0.73};
    case BlockCode::lane_real:
      return {6, 0.8};
    case BlockCode::lane_dense:
      return {14, 0.9};
    case BlockCode::couple:
      return {6, 0.8};
    case BlockCode::couple_even:
    case BlockCode::couple_odd:
      return {3, 0.9};
    case BlockCode::couple_mixed:
      return {6, 0.7};
    case BlockCode::turned:
      return {10, 0.8};
    case BlockCode::turned_even:
    case BlockCode::turned_odd:
      return {5, 0.8};
    case BlockCode::turned_mixed:
    case BlockCode::lane_turned:
      return {10, 0.8};
    case BlockCode::scale:
      return {2, 0.33};
    case BlockCode::turn:
    case BlockCode::table:
      return {6, 0.5};
    case BlockCode::pair_high:
      return {30, 0.6};
    case BlockCode::pair_mixed:
      return {30, 0.74};
    case BlockCode::pair_lanes:
      return {30, 0.95};
  }
  return {};
}

}  // namespace

TileWork work_of(const BlockPass& pass, std::span<const PhaseRecipe> recipes) {
  double flops = 0;
  double at_peak = 0;
  double prepare_seconds = 0;
  for (const BlockOp& op : pass.ops) {
    OperationCost cost = cost_of(op.code);
    if (op.code == BlockCode::table) {
      const PhaseRecipe& recipe = recipes[pass.first_table + op.table];
      const OperationCost whole = recipe.has_whole() ? kWholeTable : OperationCost{0, 1};
      const OperationCost halves = recipe.has_halves() ? kHalfTables : OperationCost{0, 1};
      cost.flops = whole.flops + halves.flops;
      cost.peak_share = cost.flops / (whole.flops / whole.peak_share + halves.flops / halves.peak_share);
      prepare_seconds += kEntrySeconds * static_cast<double>(recipe.fixed_entries());
    }
    const int conditions = std::popcount(op.control_mask) + std::popcount(op.tile_mask) + std::popcount(op.field_mask);
    const double visited = std::ldexp(cost.flops, -conditions);
    flops += visited;
    at_peak += visited / cost.peak_share;
  }
  return {.kernel = "quantum/block",
          .flops_per_element = flops,
          .cache_bytes_per_element = 0,
          .peak_share = flops > 0 ? flops / at_peak : 0,
          .prepare_seconds = prepare_seconds};
}

}  // namespace basalt::quantum
