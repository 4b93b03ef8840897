#include "reference/state.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace basalt::reference {
namespace {

bool bit(std::uint64_t index, Qubit qubit) {
  return ((index >> qubit) & 1) != 0;
}

/// The value of the named qubits in a basis state, qubits[0] least significant.
std::uint64_t value_of(std::uint64_t index, std::span<const Qubit> qubits) {
  std::uint64_t value = 0;
  for (std::size_t j = 0; j < qubits.size(); ++j) {
    value |= std::uint64_t{bit(index, qubits[j])} << j;
  }
  return value;
}

/// The basis state `index` with the named qubits set to `value`.
std::uint64_t with_value(std::uint64_t index, std::span<const Qubit> qubits, std::uint64_t value) {
  for (std::size_t j = 0; j < qubits.size(); ++j) {
    const std::uint64_t mask = std::uint64_t{1} << qubits[j];
    index = bit(value, static_cast<Qubit>(j)) ? index | mask : index & ~mask;
  }
  return index;
}

Complex inner_product(std::span<const Complex> a, std::span<const Complex> b) {
  Complex sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += std::conj(a[i]) * b[i];
  }
  return sum;
}

}  // namespace

State zero_state(int qubits) {
  State state(std::size_t{1} << qubits);
  state[0] = 1;
  return state;
}

State random_state(int qubits, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  // Not std::normal_distribution, whose values differ between standard libraries.
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-52 - 1.0; };
  State state(std::size_t{1} << qubits);
  for (Complex& amplitude : state) {
    const double real = uniform();
    amplitude = {real, uniform()};
  }
  const double scale = 1 / std::sqrt(norm(state));
  for (Complex& amplitude : state) {
    amplitude *= scale;
  }
  return state;
}

void apply_matrix(State& state, std::span<const Complex> matrix, std::span<const Control> controls,
                  std::span<const Qubit> targets) {
  const std::uint64_t width = std::uint64_t{1} << targets.size();
  const State before = state;
  for (std::uint64_t index = 0; index < state.size(); ++index) {
    const bool acts = std::ranges::all_of(controls, [&](Control c) { return bit(index, c.qubit) == c.value; });
    if (!acts) {
      continue;
    }
    const std::uint64_t row = value_of(index, targets);
    state[index] = 0;
    for (std::uint64_t column = 0; column < width; ++column) {
      state[index] += matrix[row * width + column] * before[with_value(index, targets, column)];
    }
  }
}

void apply(State& state, const Circuit& circuit) {
  for (const quantum::Operation& op : circuit.operations()) {
    apply_matrix(state, circuit.matrix(op), circuit.controls(op), circuit.targets(op));
  }
}

std::vector<Complex> circuit_matrix(const Circuit& circuit) {
  const std::uint64_t size = std::uint64_t{1} << circuit.qubit_count();
  std::vector<Complex> matrix(size * size);
  for (std::uint64_t column = 0; column < size; ++column) {
    State state(size);
    state[column] = 1;
    apply(state, circuit);
    for (std::uint64_t row = 0; row < size; ++row) {
      matrix[row * size + column] = state[row];
    }
  }
  return matrix;
}

double norm(const State& state) {
  return inner_product(state, state).real();
}

double probability(const State& state, std::span<const Qubit> qubits, std::uint64_t outcome) {
  double sum = 0;
  for (std::uint64_t index = 0; index < state.size(); ++index) {
    if (value_of(index, qubits) == outcome) {
      sum += std::norm(state[index]);
    }
  }
  return sum;
}

std::vector<double> probabilities(const State& state, std::span<const Qubit> qubits) {
  std::vector<double> result(std::size_t{1} << qubits.size());
  for (std::uint64_t index = 0; index < state.size(); ++index) {
    result[value_of(index, qubits)] += std::norm(state[index]);
  }
  return result;
}

void collapse(State& state, std::span<const Qubit> qubits, std::uint64_t outcome) {
  const double scale = 1 / std::sqrt(probability(state, qubits, outcome));
  for (std::uint64_t index = 0; index < state.size(); ++index) {
    state[index] *= value_of(index, qubits) == outcome ? scale : 0;
  }
}

Complex pauli_expectation(const State& state, std::uint64_t x_mask, std::uint64_t z_mask) {
  State image = state;
  for (Qubit qubit = 0; (std::uint64_t{1} << qubit) < state.size(); ++qubit) {
    const bool x = bit(x_mask, qubit);
    const bool z = bit(z_mask, qubit);
    if (x || z) {
      const quantum::GateId pauli = x ? (z ? quantum::GateId::y : quantum::GateId::x) : quantum::GateId::z;
      apply_matrix(image, quantum::gate_matrix(pauli, {}), {}, std::array{qubit});
    }
  }
  return inner_product(state, image);
}

double fidelity(const State& a, const State& b) {
  return std::norm(inner_product(a, b)) / (norm(a) * norm(b));
}

double max_difference(std::span<const Complex> a, std::span<const Complex> b) {
  double largest = a.size() == b.size() ? 0 : HUGE_VAL;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double difference = std::abs(a[i] - b[i]);
    largest = difference > largest || std::isnan(difference) ? difference : largest;
  }
  return largest;
}

double max_difference_up_to_phase(std::span<const Complex> a, std::span<const Complex> b) {
  const Complex overlap = a.size() == b.size() ? inner_product(b, a) : 0;
  const Complex phase = std::abs(overlap) == 0 ? 1 : overlap / std::abs(overlap);
  std::vector<Complex> turned(b.begin(), b.end());
  for (Complex& value : turned) {
    value *= phase;
  }
  return max_difference(a, turned);
}

}  // namespace basalt::reference
