#include "workloads/quantum/gate_list.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <numbers>
#include <optional>

#include "workloads/quantum/angle.h"

namespace basalt::quantum {
namespace {

using std::numbers::pi;

std::uint64_t bit(Qubit qubit) {
  return std::uint64_t{1} << qubit;
}

ControlMask control_mask(std::span<const Control> controls) {
  ControlMask result;
  for (const Control& control : controls) {
    assert(control.qubit < 64);
    result.mask |= bit(control.qubit);
    result.value |= control.value ? bit(control.qubit) : 0;
  }
  return result;
}

using Angles = std::array<double, std::size_t{1} << kMaxGateTargets>;

/// The phases of a row of the gate table that is diagonal for every parameter, without going through its matrix.
std::optional<Angles> native_angles(GateId gate, std::span<const double> parameters) {
  switch (gate) {
    case GateId::gphase:
      return Angles{parameters[0]};
    case GateId::z:
      return Angles{0, pi};
    case GateId::s:
      return Angles{0, pi / 2};
    case GateId::sdg:
      return Angles{0, -pi / 2};
    case GateId::t:
      return Angles{0, pi / 4};
    case GateId::tdg:
      return Angles{0, -pi / 4};
    case GateId::p:
      return Angles{0, parameters[0]};
    case GateId::rz:
      return Angles{-parameters[0] / 2, parameters[0] / 2};
    case GateId::rzz:
      return Angles{-parameters[0] / 2, parameters[0] / 2, parameters[0] / 2, -parameters[0] / 2};
    default:
      return std::nullopt;
  }
}

std::optional<Angles> matrix_angles(std::span<const Complex> matrix, std::size_t size) {
  Angles result{};
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    if (i / size == i % size) {
      result[i % size] = std::arg(matrix[i]);
    } else if (matrix[i] != Complex(0)) {
      return std::nullopt;
    }
  }
  return result;
}

/// Angles of basis states to angles of products of bits: angles[x] = Σ over subsets s of x of result[s].
void to_products(std::span<double> angles) {
  for (std::size_t step = 1; step < angles.size(); step *= 2) {
    for (std::size_t i = 0; i < angles.size(); ++i) {
      if ((i & step) != 0) {
        angles[i] -= angles[i ^ step];
      }
    }
  }
}

/// Angles of basis states to angles of parities: angles[x] = result[0] + Σ over s of result[s] · parity(s & x).
void to_parities(std::span<double> angles) {
  for (std::size_t step = 1; step < angles.size(); step *= 2) {
    for (std::size_t i = 0; i < angles.size(); ++i) {
      if ((i & step) == 0) {
        const double low = angles[i];
        const double high = angles[i ^ step];
        angles[i] = (low + high) / 2;
        angles[i ^ step] = (low - high) / 2;
      }
    }
  }
  for (std::size_t i = 1; i < angles.size(); ++i) {
    angles[0] += angles[i];
    angles[i] *= -2;
  }
}

/// Reduces all and zeroes what is rounding; returns how many of them, but the first, are left.
std::size_t reduce_all(std::span<double> angles) {
  const double negligible = kNegligibleAngle * static_cast<double>(angles.size());
  std::size_t left = 0;
  for (std::size_t i = 0; i < angles.size(); ++i) {
    angles[i] = reduce_angle(angles[i]);
    if (std::abs(angles[i]) < negligible) {
      angles[i] = 0;
    }
    left += i > 0 && angles[i] != 0 ? 1 : 0;
  }
  return left;
}

std::uint64_t spread(std::size_t value, std::span<const std::uint8_t> qubits) {
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < qubits.size(); ++i) {
    mask |= (value >> i & 1) << qubits[i];
  }
  return mask;
}

class Listing {
 public:
  explicit Listing(const Circuit& circuit) : circuit_(circuit) {
    assert(circuit.qubit_count() <= 64);
    list_.qubit_count = circuit.qubit_count();
    list_.gates.reserve(circuit.operations().size());
  }

  GateList run() {
    for (const Operation& op : circuit_.operations()) {
      if (op.gate != GateId::id) {
        add(op, control_mask(circuit_.controls(op)), circuit_.targets(op));
      }
    }
    return std::move(list_);
  }

 private:
  void add(const Operation& op, ControlMask control, std::span<const Qubit> targets) {
    if (op.gate == GateId::x) {
      list_.gates.push_back(make_exchange(control, targets[0]));
    } else if (op.gate == GateId::swap) {
      list_.gates.push_back(make_swap(control, targets[0], targets[1]));
    } else if (std::optional<Angles> angles = native_angles(op.gate, circuit_.parameters(op))) {
      add_phases(control, targets, *angles);
    } else {
      const std::vector<Complex> matrix = circuit_.matrix(op);
      angles = matrix_angles(matrix, std::size_t{1} << targets.size());
      if (angles) {
        add_phases(control, targets, *angles);
      } else {
        add_dense(control, targets, matrix);
      }
    }
  }

  void add_phases(ControlMask control, std::span<const Qubit> targets, const Angles& angles) {
    const std::size_t size = std::size_t{1} << targets.size();
    sort(targets);
    Angles sorted;
    for (std::size_t i = 0; i < size; ++i) {
      sorted[i] = angles[original(i)];
    }
    append_phases(list_, control, std::span(qubits_).first(targets.size()), std::span(sorted).first(size));
  }

  void add_dense(ControlMask control, std::span<const Qubit> targets, std::span<const Complex> matrix) {
    const std::size_t size = std::size_t{1} << targets.size();
    sort(targets);
    const Gate gate = make_dense(list_, control, std::span(qubits_).first(targets.size()), matrix);
    const std::span<Complex> entries = list_.matrix(gate);
    for (std::size_t row = 0; row < size; ++row) {
      for (std::size_t column = 0; column < size; ++column) {
        entries[row * size + column] = matrix[original(row) * size + original(column)];
      }
    }
    list_.gates.push_back(gate);
  }

  /// Fills qubits_ with the targets in ascending order, and order_ with where each stood.
  void sort(std::span<const Qubit> targets) {
    count_ = targets.size();
    for (std::size_t i = 0; i < count_; ++i) {
      std::size_t place = i;
      for (; place > 0 && qubits_[place - 1] > targets[i]; --place) {
        qubits_[place] = qubits_[place - 1];
        order_[place] = order_[place - 1];
      }
      qubits_[place] = static_cast<std::uint8_t>(targets[i]);
      order_[place] = static_cast<std::uint8_t>(i);
    }
  }

  /// The basis state of the targets as they stood that `sorted` is of the sorted ones.
  [[nodiscard]] std::size_t original(std::size_t sorted) const {
    std::size_t result = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      result |= (sorted >> i & 1) << order_[i];
    }
    return result;
  }

  const Circuit& circuit_;
  GateList list_;
  std::size_t count_ = 0;
  std::array<std::uint8_t, kMaxGateTargets> qubits_{};
  std::array<std::uint8_t, kMaxGateTargets> order_{};
};

}  // namespace

Gate make_phase(const PhaseTerm& term) noexcept {
  Gate gate;
  gate.kind = GateKind::phase;
  gate.phase = term;
  return gate;
}

Gate make_exchange(ControlMask control, Qubit target) noexcept {
  Gate gate;
  gate.kind = GateKind::exchange;
  gate.target_count = 1;
  gate.targets[0] = static_cast<std::uint8_t>(target);
  gate.control = control;
  return gate;
}

Gate make_swap(ControlMask control, Qubit a, Qubit b) noexcept {
  Gate gate;
  gate.kind = GateKind::swap;
  gate.target_count = 2;
  gate.targets[0] = static_cast<std::uint8_t>(std::min(a, b));
  gate.targets[1] = static_cast<std::uint8_t>(std::max(a, b));
  gate.control = control;
  return gate;
}

Gate make_dense(GateList& list, ControlMask control, std::span<const std::uint8_t> targets,
                std::span<const Complex> matrix) {
  Gate gate;
  gate.kind = GateKind::dense;
  gate.target_count = static_cast<std::uint8_t>(targets.size());
  std::ranges::copy(targets, gate.targets.begin());
  gate.first_entry = static_cast<std::uint32_t>(list.matrices.size());
  gate.control = control;
  list.matrices.insert(list.matrices.end(), matrix.begin(), matrix.end());
  return gate;
}

void append_phase(GateList& list, PhaseTerm term) {
  if (std::has_single_bit(term.mask)) {
    if (!term.parity && term.value == 0) {
      list.global_phase += term.angle;
      term.angle = -term.angle;
    }
    term.parity = false;
    term.value = term.mask;
  }
  term.angle = reduce_angle(term.angle);
  if (!is_negligible(term.angle)) {
    list.gates.push_back(make_phase(term));
  }
}

void append_phases(GateList& list, ControlMask control, std::span<const std::uint8_t> qubits,
                   std::span<double> angles) {
  bool parity = false;
  if (control.mask == 0 && qubits.size() > 1) {
    Angles parities;
    const auto other = std::span(parities).first(angles.size());
    std::ranges::copy(angles, other.begin());
    to_parities(other);
    to_products(angles);
    parity = reduce_all(other) < reduce_all(angles);
    if (parity) {
      std::ranges::copy(other, angles.begin());
    }
  } else {
    to_products(angles);
    reduce_all(angles);
  }
  if (control.mask == 0) {
    list.global_phase += angles[0];
    angles[0] = 0;
  }
  for (std::size_t i = 0; i < angles.size(); ++i) {
    if (angles[i] != 0) {
      const std::uint64_t mask = spread(i, qubits);
      append_phase(list, {.mask = control.mask | mask,
                          .value = parity ? 0 : control.value | mask,
                          .angle = angles[i],
                          .parity = parity});
    }
  }
}

GateList list_gates(const Circuit& circuit) {
  return Listing(circuit).run();
}

}  // namespace basalt::quantum
