// Adds up the bit strings of all branches.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "workloads/quantum/input/machine.h"
#include "workloads/quantum/results/draw_block.h"

namespace basalt::quantum {

/// Every add() must be given registers of the same widths.
class Tally {
 public:
  /// Counts what one branch ended with: `registers` as the machine gives them, `samples` where bits are still qubits.
  void add(const std::vector<std::vector<BitSource>>& registers, std::span<const BasisCount> samples);

  /// Counts `shots` equal shots of a branch whose bits are all known.
  void add(const std::vector<std::vector<BitSource>>& registers, std::uint64_t shots);

  /// Counts shots that are given bit by bit, over the registers one after another: so many words a shot as they need,
  /// the most significant first.
  void add_shots(const std::vector<std::vector<BitSource>>& registers, std::span<const std::uint64_t> shots);

  /// Bit strings ascending; the last register leftmost, bit 0 of a register rightmost.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> sorted() &&;

  /// What was counted so far, as numbers that restore() takes.
  struct Image {
    std::vector<std::size_t> widths;
    std::vector<std::uint64_t> records;
  };
  [[nodiscard]] Image image();
  /// Throws Error(io) for an image that none can have made.
  void restore(Image image);

  /// Bytes held by the outcomes so far, and by what sorted() makes of them.
  [[nodiscard]] std::uint64_t size_bytes();

  /// Bytes that `outcomes` different bit strings of `width` characters take.
  static std::uint64_t bytes_for(std::uint64_t outcomes, std::uint64_t width);

 private:
  void start(const std::vector<std::vector<BitSource>>& registers);
  void settle();
  void settle_where_many();

  std::vector<std::size_t> widths_;  ///< Of the registers.
  std::size_t words_ = 1;            ///< Of a record: the bits, the most significant word first, and the count.
  std::vector<std::uint64_t> records_;
  std::size_t settled_ = 0;  ///< So many words from the front are of ascending, distinct records.
};

/// Characters of a bit string over these register widths, blanks included.
std::uint64_t bit_string_width(std::span<const Register> registers);

}  // namespace basalt::quantum
