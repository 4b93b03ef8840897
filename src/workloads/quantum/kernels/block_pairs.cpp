// Matrices of two qubits on blocks.
#include <algorithm>
#include <array>
#include <cmath>

#include "workloads/quantum/kernels/block_encoder.h"

namespace basalt::quantum {
namespace {

using Complex = std::complex<double>;

}  // namespace

bool BlockEncoder::can_turn(const Step& step, std::uint64_t mixed_tile_axes) const {
  return step.kernel == "quantum/dense" &&
         couples_by_parity(static_cast<const DenseOperands*>(step.operands.get())->matrix) &&
         std::ranges::all_of(waiting_, [&](const TilePhase& phase) {
           const std::uint64_t met = phase.tile.mask & mixed_tile_axes;
           return met == 0 || (met == phase.tile.mask && phase.field.mask == 0);
         });
}

/// The matrix for which coupling · phases = phases · matrix, where `phases` are those that wait on its targets: they go
/// on waiting, for others that are done at once with them.
std::array<Complex, 16> BlockEncoder::turned(const DenseOperands& operands) const {
  const std::uint64_t first = std::uint64_t{1} << axes_.number_of(operands.targets[0]);
  const std::uint64_t second = std::uint64_t{1} << axes_.number_of(operands.targets[1]);
  std::array<double, 4> angles{};
  for (const TilePhase& phase : waiting_) {
    if ((phase.tile.mask & (first | second)) == 0) {
      continue;
    }
    for (std::size_t state = 0; state < angles.size(); ++state) {
      const std::uint64_t index = ((state & 1) != 0 ? first : 0) | (state > 1 ? second : 0);
      angles[state] += phase.selects(index) ? phase.angle : 0;
    }
  }
  std::array<Complex, 16> result;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double angle = angles[i % 4] - angles[i / 4];
    result[i] = operands.matrix[i] * (angle == 0 ? Complex(1) : std::polar(1.0, angle));
  }
  return result;
}

void BlockEncoder::add_coupling(const DenseOperands& operands) {
  const int first = axes_.number_of(operands.targets[0]);
  const int second = axes_.number_of(operands.targets[1]);
  const std::array<Complex, 16> matrix = turned(operands);
  const bool real = std::ranges::all_of(matrix, [](const Complex& entry) { return entry.imag() == 0; });
  const auto entry = [&](std::uint64_t row, std::uint64_t column) { return matrix[4 * row + column]; };
  Coefficients& coefficients = result_.coefficients;
  const auto add_row = [&](const auto& row_of) {
    coefficients.add_real([&](std::uint64_t lane) { return entry(row_of(lane), row_of(lane)).real(); });
    const auto other = [&](std::uint64_t lane) { return entry(row_of(lane), 3 - row_of(lane)); };
    if (real) {
      coefficients.add_real([&](std::uint64_t lane) { return other(lane).real(); });
    } else {
      coefficients.add_pair(other);
    }
  };
  if (first >= lanes_) {
    const auto rotates = [&](std::uint64_t from) {
      return entry(from, from) != 1.0 || entry(3 - from, 3 - from) != 1.0;
    };
    const bool even = rotates(0);
    const bool odd = rotates(1);
    const BlockCode real_code = !odd ? BlockCode::couple_even : even ? BlockCode::couple : BlockCode::couple_odd;
    const BlockCode turned_code = !odd ? BlockCode::turned_even : even ? BlockCode::turned : BlockCode::turned_odd;
    BlockOp& op = push(real ? real_code : turned_code, {});
    op.position = static_cast<std::uint8_t>(position_of(first));
    op.second = static_cast<std::uint8_t>(position_of(second));
    for (const std::uint64_t from : {0, 1}) {
      if (from == 0 ? even || !odd : odd) {
        add_row([&](std::uint64_t) { return from; });
        add_row([&](std::uint64_t) { return 3 - from; });
      }
    }
    return;
  }
  const std::uint64_t first_bit = std::uint64_t{1} << first;
  if (second >= lanes_) {
    BlockOp& op = push(real ? BlockCode::couple_mixed : BlockCode::turned_mixed, {});
    op.position = static_cast<std::uint8_t>(position_of(second));
    coefficients.add_flip(first_bit);
    for (const std::uint64_t vector : {0, 1}) {
      add_row([&](std::uint64_t lane) { return (lane >> first & 1) | vector << 1; });
    }
    return;
  }
  push(real ? BlockCode::lane_real : BlockCode::lane_turned, {});
  coefficients.add_flip(first_bit | std::uint64_t{1} << second);
  add_row([&](std::uint64_t lane) { return (lane >> first & 1) | (lane >> second & 1) << 1; });
}

void BlockEncoder::add_pair(const DenseOperands& operands) {
  const int first = axes_.number_of(operands.targets[0]);
  const int second = axes_.number_of(operands.targets[1]);
  Coefficients& coefficients = result_.coefficients;
  if (first >= lanes_) {
    BlockOp& op = push(BlockCode::pair_high, {});
    op.position = static_cast<std::uint8_t>(position_of(first));
    op.second = static_cast<std::uint8_t>(position_of(second));
    for (const Complex& entry : operands.matrix) {
      coefficients.add_pair([&](std::uint64_t) { return entry; });
    }
    return;
  }
  const auto bits_of = [&](std::uint64_t lane) {
    return ((lane >> first) & 1) | (second < lanes_ ? ((lane >> second) & 1) << 1 : 0);
  };
  if (second >= lanes_) {
    push(BlockCode::pair_mixed, {}).position = static_cast<std::uint8_t>(position_of(second));
    coefficients.add_flip(std::uint64_t{1} << first);
    for (std::size_t row = 0; row < 2; ++row) {
      for (std::size_t k = 0; k < 4; ++k) {
        coefficients.add_pair([&](std::uint64_t lane) {
          const std::uint64_t low = bits_of(lane);
          return operands.matrix[(low | row << 1) * 4 + ((low ^ (k & 1)) | (k & 2))];
        });
      }
    }
    return;
  }
  push(BlockCode::pair_lanes, {});
  for (std::uint64_t flip = 1; flip < 4; ++flip) {
    coefficients.add_flip((flip & 1) << first | (flip >> 1) << second);
  }
  for (std::size_t flip = 0; flip < 4; ++flip) {
    coefficients.add_pair(
        [&](std::uint64_t lane) { return operands.matrix[bits_of(lane) * 4 + (bits_of(lane) ^ flip)]; });
  }
}

}  // namespace basalt::quantum
