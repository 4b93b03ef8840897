#include "workloads/quantum/shaders/register_map.h"

#include <algorithm>
#include <bit>
#include <span>

namespace basalt::quantum {
namespace {

constexpr int kBankAxes = 5;  ///< Banks of shared memory: 2^5, as wide as what neighbours access together.

std::uint32_t pack(std::span<const std::uint8_t> bytes) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    word |= static_cast<std::uint32_t>(bytes[i]) << (8 * i);
  }
  return word;
}

}  // namespace

RegisterMap::RegisterMap(std::uint64_t wanted, int tile_axes, int gathered_axes) : registers_(wanted) {
  // an axis that has to move for nothing costs a transposition: the lowest are the last that are taken
  for (int axis = tile_axes - 1; axis >= 0 && std::popcount(registers_) < kRegisterAxes; --axis) {
    if (axis >= gathered_axes || tile_axes <= kRegisterAxes + gathered_axes) {
      registers_ |= std::uint64_t{1} << axis;
    }
  }
  std::size_t count = 0;
  for (std::uint64_t rest = registers_; rest != 0; rest &= rest - 1) {
    axes_[count++] = static_cast<std::uint8_t>(std::countr_zero(rest));
  }
  order_threads(0, tile_axes);
}

/// First the lowest `neighbours` axes, then, up to five, such as fall into different banks, as stage.comp folds
/// indices.
void RegisterMap::order_threads(int neighbours, int tile_axes) {
  threads_.clear();
  std::vector<std::uint8_t> others;
  std::uint32_t residues = 0;
  for (int axis = 0; axis < tile_axes; ++axis) {
    if (((registers_ >> axis) & 1) != 0) {
      continue;
    }
    const std::uint32_t residue = 1U << axis % kBankAxes;
    const bool first = axis < neighbours || (residues & residue) == 0;
    (first ? threads_ : others).push_back(static_cast<std::uint8_t>(axis));
    residues |= residue;
  }
  threads_.insert(threads_.end(), others.begin(), others.end());
}

int RegisterMap::position_of(int tile_axis) const noexcept {
  const auto found = std::ranges::find(axes_, tile_axis);
  return found == axes_.end() ? -1 : static_cast<int>(found - axes_.begin());
}

std::uint64_t RegisterMap::index_of(std::uint32_t r) const noexcept {
  std::uint64_t index = 0;
  for (std::size_t k = 0; k < axes_.size(); ++k) {
    index |= std::uint64_t{(r >> k) & 1} << axes_[k];
  }
  return index;
}

std::uint32_t RegisterMap::registers_where(const ControlMask& tile) const noexcept {
  std::uint32_t result = 0;
  for (std::uint32_t r = 0; r < 1U << kRegisterAxes; ++r) {
    result |= (index_of(r) & tile.mask) == (tile.value & registers_) ? 1U << r : 0;
  }
  return result;
}

void RegisterMap::order_for_memory() {
  constexpr int kLineAxes = 4;  // of single precision, in what memory moves at a time
  order_threads(kLineAxes, kRegisterAxes + static_cast<int>(threads_.size()));
}

void RegisterMap::write_steps(std::uint64_t tile_axes, WordList& words) const {
  const auto add = [&](std::uint8_t axis) {
    std::uint64_t rest = tile_axes;
    for (int i = 0; i < axis; ++i) {
      rest &= rest - 1;
    }
    words.add_place(rest & -rest);
  };
  std::ranges::for_each(threads_, add);
  words.align();
  std::ranges::for_each(axes_, add);
}

void RegisterMap::write(WordList& words) const {
  words.add(pack(axes_));
  const std::size_t half = std::min<std::size_t>(4, threads_.size());
  words.add(pack(std::span(threads_).first(half)));
  words.add(pack(std::span(threads_).subspan(half)));
  words.align();
}

}  // namespace basalt::quantum
