#include "workloads/quantum/stabilizer/tableau.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace basalt::quantum {
namespace {

constexpr std::size_t kWordBits = 64;

std::size_t words_for(Qubit qubits) {
  return (std::size_t{qubits} + kWordBits * kRowPadding - 1) / (kWordBits * kRowPadding) * kRowPadding;
}

bool bit_of(const std::uint64_t* row, std::size_t at) {
  return (row[at / kWordBits] >> at % kWordBits & 1) != 0;
}

}  // namespace

Tableau::Tableau(MemoryResource& memory, Qubit qubits)
    : memory_(&memory), qubits_(qubits), words_(words_for(qubits)), bits_(memory, size_bytes(qubits)) {
  std::memset(bits_.data(), 0, bits_.size_bytes());
  const RowTable rows = table();
  for (std::size_t qubit = 0; qubit < qubits; ++qubit) {
    const std::uint64_t bit = std::uint64_t{1} << qubit % kWordBits;
    rows.x(2 * qubit)[qubit / kWordBits] = bit;
    rows.z(2 * qubit + 1)[qubit / kWordBits] = bit;
  }
}

Tableau Tableau::copy() const {
  Tableau result(*memory_, qubits_);
  std::memcpy(result.bits_.data(), bits_.data(), bits_.size_bytes());
  result.last_pivot_ = last_pivot_;
  return result;
}

std::uint64_t Tableau::size_bytes(Qubit qubits) noexcept {
  const std::uint64_t rows = 2 * std::uint64_t{qubits};
  return (rows + 1) * 2 * words_for(qubits) * sizeof(std::uint64_t) + std::max<std::uint64_t>(rows, 1);
}

RowTable Tableau::table() const noexcept {
  const std::size_t rows = 2 * std::size_t{qubits_};
  auto* const bits = bits_.as<std::uint64_t>();
  return {.bits = bits,
          .signs = reinterpret_cast<std::uint8_t*>(bits + (rows + 1) * 2 * words_),
          .words = words_,
          .rows = rows};
}

void Tableau::apply(std::span<const CliffordStep> steps) {
  apply_unitary(table(), steps);
}

void Tableau::run(std::span<const CliffordStep> steps, std::vector<bool>& records, const CancelToken& cancel) {
  constexpr std::size_t kStepsPerPoll = 1024;
  const auto is_unitary = [](const CliffordStep& step) { return step.op < CliffordOp::measure; };
  while (!steps.empty()) {
    cancel.check();
    std::size_t unitary = 0;
    while (unitary < std::min(steps.size(), kStepsPerPoll) && is_unitary(steps[unitary])) {
      ++unitary;
    }
    if (unitary > 0) {
      apply(steps.first(unitary));
      steps = steps.subspan(unitary);
      continue;
    }
    const CliffordStep& step = steps.front();
    if (step.op == CliffordOp::reset) {
      reset(step.a);
    } else if (step.op == CliffordOp::x_if || step.op == CliffordOp::z_if) {
      if (records[step.b]) {
        const CliffordStep gate{step.op == CliffordOp::x_if ? CliffordOp::x : CliffordOp::z, step.a};
        apply(std::span(&gate, 1));
      }
    } else {
      records.resize(std::max<std::size_t>(records.size(), step.b + std::size_t{1}), false);
      records[step.b] = measure(step.a).value;
    }
    steps = steps.subspan(1);
  }
}

Tableau::Outcome Tableau::measure(Qubit qubit) {
  const RowTable rows = table();
  const std::size_t row = 2 * std::size_t{qubit} + 1;
  const std::uint64_t* const xs = rows.x(row);
  if (!any_bit(xs, words_)) {
    return {.value = rows.signs[row] != 0, .certain = true};
  }
  std::size_t word = 0;
  while (xs[word] == 0) {
    ++word;
  }
  const std::size_t pivot = word * kWordBits + static_cast<std::size_t>(std::countr_zero(xs[word]));
  // CX from an input that is 0 changes nothing: from the pivot to the others, so that Z of the qubit becomes X or Y of
  // the pivot alone, up to Z of inputs that are 0. Measuring that leaves what H, or its like for Y, makes of 0.
  std::uint64_t* const others = rows.x(rows.rows);
  std::copy_n(xs, words_, others);
  others[word] &= others[word] - 1;
  bool from_y = bit_of(rows.z(row), pivot);
  for (std::size_t i = 0; i < words_; ++i) {
    from_y = from_y != (std::popcount(others[i] & rows.z(row)[i]) % 2 != 0);
  }
  change_input(rows, pivot, others, from_y);
  last_pivot_ = pivot;
  if (rows.signs[row] != 0) {  // X of the pivot: the other outcome
    for (std::size_t i = 0; i < rows.rows; ++i) {
      rows.signs[i] ^= bit_of(rows.z(i), pivot) ? 1 : 0;
    }
  }
  return {.value = false, .certain = false};
}

std::vector<bool> Tableau::flips_of_last(std::span<const Qubit> qubits) const {
  const RowTable rows = table();
  std::vector<bool> result;
  result.reserve(qubits.size());
  for (const Qubit qubit : qubits) {
    result.push_back(bit_of(rows.z(2 * std::size_t{qubit} + 1), last_pivot_));
  }
  return result;
}

void Tableau::reset(Qubit qubit) {
  if (measure(qubit).value) {
    table().signs[2 * std::size_t{qubit} + 1] ^= 1;  // as X does
  }
}

int Tableau::expectation(std::span<const PauliFactor> factors) const {
  const RowTable rows = table();
  const Buffer product(*memory_, 2 * words_ * sizeof(std::uint64_t));
  auto* const sum = product.as<std::uint64_t>();
  std::memset(sum, 0, product.size_bytes());
  int power = 0;  // of i
  for (const PauliFactor& factor : factors) {
    const std::size_t row = 2 * std::size_t{factor.qubit};
    power += factor.x && factor.z ? 1 : 0;  // Y = iXZ
    if (factor.x) {
      power += multiply_rows(sum, rows.x(row), words_) + 2 * rows.signs[row];
    }
    if (factor.z) {
      power += multiply_rows(sum, rows.x(row + 1), words_) + 2 * rows.signs[row + 1];
    }
  }
  if (any_bit(sum, words_)) {
    return 0;
  }
  return (power & 2) != 0 ? -1 : 1;
}

}  // namespace basalt::quantum
