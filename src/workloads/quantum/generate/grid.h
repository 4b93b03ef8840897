// Qubits on a near-square grid, numbered row by row; the last row may be shorter.
#pragma once

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace basalt::quantum {

using QubitPair = std::pair<std::uint32_t, std::uint32_t>;

class Grid {
 public:
  explicit Grid(std::uint32_t qubits)
      : qubits_(qubits),
        rows_(static_cast<std::uint32_t>(std::sqrt(static_cast<double>(qubits)))),
        columns_((qubits + rows_ - 1) / rows_) {}

  /// Neighbours in one column whose upper one has a row and column of the given parity, summed.
  [[nodiscard]] std::vector<QubitPair> vertical(std::uint32_t parity) const { return pairs(parity, columns_, false); }

  /// Neighbours in one row whose left one has a row and column of the given parity, summed.
  [[nodiscard]] std::vector<QubitPair> horizontal(std::uint32_t parity) const { return pairs(parity, 1, true); }

 private:
  [[nodiscard]] std::vector<QubitPair> pairs(std::uint32_t parity, std::uint32_t step, bool within_row) const {
    std::vector<QubitPair> found;
    for (std::uint32_t qubit = 0; qubit + step < qubits_; ++qubit) {
      const std::uint32_t column = qubit % columns_;
      const bool has_neighbour = !within_row || column + 1 < columns_;
      if (has_neighbour && (qubit / columns_ + column) % 2 == parity) {
        found.emplace_back(qubit, qubit + step);
      }
    }
    return found;
  }

  std::uint32_t qubits_;
  std::uint32_t rows_;
  std::uint32_t columns_;
};

}  // namespace basalt::quantum
