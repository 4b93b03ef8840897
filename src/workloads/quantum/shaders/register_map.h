// Which axes of a tile a thread's registers are, and which the threads.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/shaders/word_list.h"

namespace basalt::quantum {

inline constexpr int kRegisterAxes = 4;

class RegisterMap {
 public:
  /// Registers are the axes of `wanted` (at most kRegisterAxes) and as many of the tile's others as are missing, the
  /// highest first. The others are threads, in an order that suits shared memory.
  RegisterMap(std::uint64_t wanted, int tile_axes, int gathered_axes);

  [[nodiscard]] std::uint64_t registers() const noexcept { return registers_; }
  /// Whether one of the lowest `axes` of the tile is a register.
  [[nodiscard]] bool has_low(int axes) const noexcept { return (registers_ & ((std::uint64_t{1} << axes) - 1)) != 0; }
  /// Of the registers, the number of a tile's axis; −1 where it is a thread's.
  [[nodiscard]] int position_of(int tile_axis) const noexcept;
  /// Where in a tile register r is, beside what is the thread's.
  [[nodiscard]] std::uint64_t index_of(std::uint32_t r) const noexcept;
  /// Bit r: register r is where a condition on the tile's axes holds, as far as it is about registers.
  [[nodiscard]] std::uint32_t registers_where(const ControlMask& tile) const noexcept;

  /// The first threads are neighbours in memory.
  void order_for_memory();

  /// What threads and registers add to a place, by the tile's axes of the field.
  void write_steps(std::uint64_t tile_axes, WordList& words) const;
  /// The first words of a pass.
  void write(WordList& words) const;

 private:
  void order_threads(int neighbours, int tile_axes);

  std::uint64_t registers_;
  std::array<std::uint8_t, kRegisterAxes> axes_{};
  std::vector<std::uint8_t> threads_;
};

}  // namespace basalt::quantum
