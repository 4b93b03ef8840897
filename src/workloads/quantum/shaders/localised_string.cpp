#include "workloads/quantum/shaders/localised_string.h"

#include <bit>

namespace basalt::quantum {
namespace {

void swap_bits(std::uint64_t& mask, const PartMove& move) {
  const std::uint64_t changed = (mask >> move.inside ^ mask >> move.outside) & 1;
  mask ^= changed << move.inside | changed << move.outside;
}

}  // namespace

void apply(const PartMove& move, PartExchange& exchange, const CancelToken& cancel) {
  if (move.swaps) {
    exchange.swap_axes(move.inside, move.outside, cancel);
  } else {
    exchange.flip_outside(move.inside, move.outside, cancel);
  }
}

LocalisedString localise(PauliString string, int part_axes) {
  LocalisedString result;
  const std::uint64_t inside = (std::uint64_t{1} << part_axes) - 1;
  if ((string.x_mask & ~inside) != 0 && (string.x_mask & inside) == 0) {
    // one of the flips comes inside, in place of the highest axis, whose halves lie in the longest runs
    const PartMove move{.inside = part_axes - 1, .outside = std::countr_zero(string.x_mask), .swaps = true};
    swap_bits(string.x_mask, move);
    swap_bits(string.z_mask, move);
    result.moves.push_back(move);
  }
  // With C a CX from an axis c inside to t, ⟨ψ|P|ψ⟩ = ⟨Cψ|CPC|Cψ⟩, and C·X_c X_t·C = X_c, C·Z_t·C = Z_c Z_t. So Y_c Y_t
  // becomes −X_c Z_t, and of the others none has a sign.
  while ((string.x_mask & ~inside) != 0) {
    const PartMove move{.inside = static_cast<int>(std::bit_width(string.x_mask & inside)) - 1,
                        .outside = std::countr_zero(string.x_mask & ~inside),
                        .swaps = false};
    const std::uint64_t control = std::uint64_t{1} << move.inside;
    const std::uint64_t target = std::uint64_t{1} << move.outside;
    string.x_mask &= ~target;
    if ((string.z_mask & target) != 0) {
      result.sign *= (string.z_mask & control) != 0 ? -1 : 1;
      string.z_mask ^= control;
    }
    result.moves.push_back(move);
  }
  result.string = string;
  return result;
}

}  // namespace basalt::quantum
