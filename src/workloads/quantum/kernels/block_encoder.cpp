// Matrices of one qubit and exchanges; matrices of two are in block_pairs.cpp, phases in block_phases.cpp.
#include "workloads/quantum/kernels/block_encoder.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace basalt::quantum {
namespace {

using Complex = std::complex<double>;

/// A common factor is given back before single precision could lose it.
constexpr double kLeastScale = 0x1p-40;

/// Entries that differ by less are equal: what rounding leaves of a product of two exact matrices.
constexpr double kEntryTolerance = 1e-15;

bool acts(const ControlMask& lanes, std::uint64_t lane) {
  return (lane & lanes.mask) == lanes.value;
}

/// Shows `take` in order what commutes with all that stays before it; removes what it takes.
template <typename Pending, typename Take>
void take_ready(std::vector<Pending>& rest, const Take& take) {
  Access stays;
  std::erase_if(rest, [&](const Pending& pending) {
    const Access& access = pending.access;
    const bool ready = (access.mixes & (stays.mixes | stays.reads)) == 0 && (access.reads & stays.mixes) == 0;
    if (ready && take(pending)) {
      return true;
    }
    stays.mixes |= access.mixes;
    stays.reads |= access.reads;
    return false;
  });
}

}  // namespace

BlockEncoder::BlockEncoder(ElementType type, int lanes, int most_high, std::uint64_t tile_axes, bool counting)
    : type_(type),
      lanes_(lanes),
      most_high_(most_high),
      axes_(tile_axes),
      counting_(counting),
      result_{{}, {}, Coefficients(type, lanes, counting)} {}

bool BlockEncoder::fits_block(const Step& step) {
  if (step.kernel != "quantum/dense") {
    return true;
  }
  const auto& operands = *static_cast<const DenseOperands*>(step.operands.get());
  return operands.target_count == 1 || (operands.target_count == 2 && operands.control.mask == 0);
}

void BlockEncoder::begin_pass(std::uint64_t block_axes) {
  // Blocks are as large as can be: with what is free they have more amplitudes for one reading of coefficients.
  const int wanted = std::min(axes_.count(), lanes_ + most_high_);
  block_axes |= (std::uint64_t{1} << std::min(lanes_, wanted)) - 1;
  while (std::popcount(block_axes) < wanted) {
    block_axes |= ~block_axes & (block_axes + 1);
  }
  block_axes_ = block_axes;
  BlockPass& pass = result_.passes.emplace_back();
  pass.first_table = static_cast<std::uint32_t>(result_.recipes.size());
  for (std::uint64_t rest = block_axes >> lanes_; rest != 0; rest &= rest - 1) {
    pass.high[static_cast<std::size_t>(pass.high_count++)] = static_cast<std::uint8_t>(std::countr_zero(rest));
  }
}

/// One more visit of the same blocks, where the last one is as long as it may be.
void BlockEncoder::begin_pass_again() {
  BlockPass next = result_.passes.back();
  next.first_table += next.table_count;
  next.table_count = 0;
  next.ops.clear();
  result_.passes.push_back(std::move(next));
}

void BlockEncoder::add_pass(std::uint64_t block_axes, std::span<const Step* const> steps) {
  // What is ready is looked for among so many steps: a long program takes time in proportion to its length.
  constexpr std::size_t kMostAtOnce = 512;
  begin_pass(block_axes);
  for (; steps.size() > kMostAtOnce; steps = steps.subspan(kMostAtOnce)) {
    add_steps(steps.first(kMostAtOnce));
  }
  add_steps(steps);
}

void BlockEncoder::add_steps(std::span<const Step* const> steps) {
  std::vector<Pending> rest;
  rest.reserve(steps.size());
  for (const Step* step : steps) {
    rest.push_back({step, {.mixes = axes_.inside(step->access.mixes), .reads = axes_.inside(step->access.reads)}});
  }
  const auto is_phase = [](const Pending& pending) { return pending.access.mixes == 0; };
  while (!rest.empty()) {
    std::uint64_t waiting = 0;
    for (const TilePhase& phase : waiting_) {
      waiting |= phase.tile.mask;
    }
    take_ready(rest, [&](const Pending& pending) {
      const std::uint64_t mixes = pending.access.mixes;
      if (is_phase(pending) || ((mixes & waiting) != 0 && !can_turn(*pending.step, mixes))) {
        return false;
      }
      add_mixing(*pending.step);
      return true;
    });
    take_ready(rest, [&](const Pending& pending) {
      if (!is_phase(pending)) {
        return false;
      }
      add_phase(*static_cast<const PhaseTerm*>(pending.step->operands.get()));
      return true;
    });
    std::uint64_t next_mixed = 0;
    take_ready(rest, [&](const Pending& pending) {
      next_mixed |= can_turn(*pending.step, pending.access.mixes) ? 0 : pending.access.mixes;
      return false;
    });
    flush(next_mixed);
  }
}

void BlockEncoder::add_mixing(const Step& step) {
  if (step.kernel == "quantum/exchange") {
    add_exchange(*static_cast<const ExchangeOperands*>(step.operands.get()));
  } else {
    add_dense(*static_cast<const DenseOperands*>(step.operands.get()));
  }
}

EncodedStage BlockEncoder::finish() {
  flush(~std::uint64_t{0});
  push_scale();
  return std::move(result_);
}

/// Which of a block's axes that choose a vector this is, or −1.
int BlockEncoder::position_of(int tile_axis) const {
  if (tile_axis < lanes_ || ((block_axes_ >> tile_axis) & 1) == 0) {
    return -1;
  }
  return std::popcount((block_axes_ >> lanes_) & ((std::uint64_t{1} << (tile_axis - lanes_)) - 1));
}

BlockEncoder::Split BlockEncoder::split_tile(const ControlMask& tile) const {
  const std::uint64_t all_lanes = (std::uint64_t{1} << lanes_) - 1;
  Split result;
  result.lanes = {tile.mask & all_lanes, tile.value & all_lanes};
  for (std::uint64_t rest = tile.mask & ~all_lanes; rest != 0; rest &= rest - 1) {
    const int axis = std::countr_zero(rest);
    const std::uint64_t set = (tile.value >> axis) & 1;
    const int position = position_of(axis);
    ControlMask& part = position >= 0 ? result.vectors : result.tile;
    const int bit = position >= 0 ? position : axis - lanes_;
    part.mask |= std::uint64_t{1} << bit;
    part.value |= set << bit;
  }
  return result;
}

BlockEncoder::Split BlockEncoder::split(const ControlMask& control) const {
  const SplitControl parts = axes_.split(control);
  Split result = split_tile(parts.tile);
  result.field = parts.field;
  return result;
}

BlockOp& BlockEncoder::push(BlockCode code, const Split& condition) {
  if (result_.passes.back().ops.size() == kMostPassOps) {
    begin_pass_again();
  }
  BlockOp& op = result_.passes.back().ops.emplace_back();
  op.code = code;
  op.control_mask = static_cast<std::uint8_t>(condition.vectors.mask);
  op.control_value = static_cast<std::uint8_t>(condition.vectors.value);
  op.tile_mask = condition.tile.mask;
  op.tile_value = condition.tile.value;
  op.field_mask = condition.field.mask;
  op.field_value = condition.field.value;
  op.coefficients = result_.coefficients.position();
  return op;
}

void BlockEncoder::add_exchange(const ExchangeOperands& operands) {
  const int target = axes_.number_of(std::countr_zero(operands.flip));
  // The target's own bit in the mask only says that a pair is met once.
  const Split control = split({operands.control.mask & ~operands.flip, operands.control.value & ~operands.flip});
  if (target < lanes_) {
    push(BlockCode::lane_permute, control);
    const std::uint64_t flip = std::uint64_t{1} << target;
    result_.coefficients.add_indices(
        [&](std::uint64_t lane) { return acts(control.lanes, lane) ? lane ^ flip : lane; });
    return;
  }
  BlockOp& op = push(control.lanes.mask == 0 ? BlockCode::exchange : BlockCode::exchange_lanes, control);
  op.position = static_cast<std::uint8_t>(position_of(target));
  if (control.lanes.mask != 0) {
    result_.coefficients.add_real([&](std::uint64_t lane) { return acts(control.lanes, lane) ? 1.0 : 0.0; });
  }
}

void BlockEncoder::add_dense(const DenseOperands& operands) {
  if (operands.target_count == 1) {
    add_single(operands);
  } else if (couples_by_parity(operands.matrix)) {
    add_coupling(operands);
  } else {
    add_pair(operands);
  }
}

void BlockEncoder::add_single(const DenseOperands& operands) {
  const int target = axes_.number_of(operands.targets[0]);
  const Split control = split(operands.control);
  if (target < lanes_) {
    add_single_lane(operands, control, target);
  } else if (!add_unit_high(operands, position_of(target))) {
    add_single_high(operands, control, position_of(target));
  }
}

/// A real matrix whose entries are equal in pairs up to sign, as those of rotations and of H, costs one fused
/// multiply-add an entry once the larger of the two is taken out as a common factor.
bool BlockEncoder::add_unit_high(const DenseOperands& operands, int position) {
  if (!operands.real || operands.control.mask != 0) {
    return false;
  }
  const double m00 = operands.matrix[0].real();
  const double m01 = operands.matrix[1].real();
  const double m10 = operands.matrix[2].real();
  const double m11 = operands.matrix[3].real();
  const bool cross = std::abs(m01) > std::abs(m00);
  const double scale = cross ? m01 : m00;
  const double other = cross ? m10 : m11;
  const bool equal = std::abs(other - scale) <= kEntryTolerance * std::abs(scale);
  const bool opposite = std::abs(other + scale) <= kEntryTolerance * std::abs(scale);
  if (!equal && !opposite) {
    return false;
  }
  if (std::abs(scale_ * scale) < kLeastScale) {
    push_scale();
  }
  scale_ *= scale;
  const BlockCode straight_code = equal ? BlockCode::rotate : BlockCode::reflect;
  const BlockCode cross_code = equal ? BlockCode::cross_rotate : BlockCode::cross_reflect;
  push(cross ? cross_code : straight_code, {}).position = static_cast<std::uint8_t>(position);
  result_.coefficients.add_real([&](std::uint64_t) { return (cross ? m00 : m01) / scale; });
  result_.coefficients.add_real([&](std::uint64_t) { return (cross ? m11 : m10) / scale; });
  return true;
}

void BlockEncoder::add_single_high(const DenseOperands& operands, const Split& control, int position) {
  push(operands.real ? BlockCode::real : BlockCode::dense, control).position = static_cast<std::uint8_t>(position);
  for (std::size_t i = 0; i < 4; ++i) {
    const auto of_lane = [&](std::uint64_t lane) {
      return acts(control.lanes, lane) ? operands.matrix[i] : Complex(i == 0 || i == 3 ? 1 : 0);
    };
    if (operands.real) {
      result_.coefficients.add_real([&](std::uint64_t lane) { return of_lane(lane).real(); });
    } else {
      result_.coefficients.add_pair(of_lane);
    }
  }
}

void BlockEncoder::add_single_lane(const DenseOperands& operands, const Split& control, int lane_axis) {
  const auto own = [&](std::uint64_t lane) {
    const std::size_t row = (lane >> lane_axis) & 1;
    return acts(control.lanes, lane) ? operands.matrix[3 * row] : Complex(1);
  };
  const auto other = [&](std::uint64_t lane) {
    const std::size_t row = (lane >> lane_axis) & 1;
    return acts(control.lanes, lane) ? operands.matrix[2 * row + (1 - row)] : Complex(0);
  };
  const double scale = operands.matrix[0].real();
  const bool unit = operands.real && operands.control.mask == 0 && std::abs(scale) >= 0.5 &&
                    std::abs(operands.matrix[3].real() - scale) <= kEntryTolerance;
  if (unit && std::abs(scale_ * scale) < kLeastScale) {
    push_scale();
  }
  const BlockCode real_code = unit ? BlockCode::lane_unit : BlockCode::lane_real;
  push(operands.real ? real_code : BlockCode::lane_dense, control);
  result_.coefficients.add_flip(std::uint64_t{1} << lane_axis);
  if (unit) {
    scale_ *= scale;
    result_.coefficients.add_real([&](std::uint64_t lane) { return other(lane).real() / scale; });
  } else if (operands.real) {
    result_.coefficients.add_real([&](std::uint64_t lane) { return own(lane).real(); });
    result_.coefficients.add_real([&](std::uint64_t lane) { return other(lane).real(); });
  } else {
    result_.coefficients.add_pair(own);
    result_.coefficients.add_pair(other);
  }
}

/// Gives the common factor back.
void BlockEncoder::push_scale() {
  if (scale_ == 1) {
    return;
  }
  push(BlockCode::scale, {});
  for (int vector = 0; vector < 1 << result_.passes.back().high_count; ++vector) {
    result_.coefficients.add_real([&](std::uint64_t) { return scale_; });
  }
  scale_ = 1;
}

}  // namespace basalt::quantum
