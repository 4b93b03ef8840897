// The loops of a tableau over the words of its rows, compiled once per instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "workloads/quantum/stabilizer/clifford_step.h"

namespace basalt::quantum {

/// Words of a row are a multiple of this: 64 bytes.
inline constexpr std::size_t kRowPadding = 8;

/// A borrowed tableau: 2n rows, X and Z of qubit 0, of qubit 1 and so on. A row is a Pauli string over n qubits:
/// `words` words of x bits, as many of z bits, and a sign.
struct RowTable {
  std::uint64_t* bits = nullptr;  ///< Aligned to 64 bytes.
  std::uint8_t* signs = nullptr;  ///< 1: the string has a minus.
  std::size_t words = 0;
  std::size_t rows = 0;

  [[nodiscard]] std::uint64_t* x(std::size_t row) const { return bits + 2 * row * words; }
  [[nodiscard]] std::uint64_t* z(std::size_t row) const { return bits + (2 * row + 1) * words; }
};

/// Applies unitary steps: every row P of a qubit becomes the image of g† P g.
void apply_unitary(const RowTable& table, std::span<const CliffordStep> steps);

/// left := left · right, Pauli strings of `words` words each for x and z. Returns the power of i that comes out.
int multiply_rows(std::uint64_t* left, const std::uint64_t* right, std::size_t words);

/// Brings in CX from qubit `pivot` of the input to all qubits of `others`, then H of the pivot, or, where `from_y`,
/// what exchanges Y and Z.
void change_input(const RowTable& table, std::size_t pivot, const std::uint64_t* others, bool from_y);

/// Whether any bit is set.
bool any_bit(const std::uint64_t* row, std::size_t words);

}  // namespace basalt::quantum
