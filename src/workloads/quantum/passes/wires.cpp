#include "workloads/quantum/passes/wires.h"

#include <bit>

namespace basalt::quantum {

Wires::Wires(Qubit qubits, std::size_t gates) : last_(qubits, kNone) {
  runs_.reserve(2 * gates);
}

/// visit(qubit, role) for every qubit, until one is false.
template <typename Visit>
bool Wires::all(const Roles& roles, const Visit& visit) {
  for (std::uint64_t left = roles.touched(); left != 0; left &= left - 1) {
    const std::uint64_t bit = left & -left;
    const Role role = (roles.looks & bit) != 0 ? Role::looks : (roles.flips & bit) != 0 ? Role::flips : Role::mixes;
    if (!visit(static_cast<std::size_t>(std::countr_zero(left)), role)) {
      return false;
    }
  }
  return true;
}

void Wires::add_one(std::size_t qubit, std::uint32_t gate, Role role) {
  std::uint32_t& last = last_[qubit];
  if (last != kNone && runs_[last].role == role && role != Role::mixes) {
    ++runs_[last].size;
    return;
  }
  runs_.push_back({.first = gate, .size = 1, .before = last, .role = role});
  last = static_cast<std::uint32_t>(runs_.size() - 1);
}

void Wires::add(std::uint32_t gate, const Roles& roles) {
  all(roles, [&](std::size_t qubit, Role role) {
    add_one(qubit, gate, role);
    return true;
  });
}

bool Wires::is_last(std::uint32_t earlier, const Roles& roles) const noexcept {
  return all(roles, [&](std::size_t qubit, Role role) {
    const std::uint32_t last = last_[qubit];
    return last != kNone && runs_[last].role == role && runs_[last].first <= earlier;
  });
}

bool Wires::is_last_alone(std::uint32_t earlier, const Roles& roles) const noexcept {
  return all(roles, [&](std::size_t qubit, Role role) {
    const std::uint32_t last = last_[qubit];
    return last != kNone && runs_[last].role == role && runs_[last].first <= earlier && runs_[last].size == 1;
  });
}

bool Wires::is_second_last(std::uint32_t earlier, const Roles& roles) const noexcept {
  return all(roles, [&](std::size_t qubit, Role role) {
    const std::uint32_t last = last_[qubit];
    const std::uint32_t before = last == kNone ? kNone : runs_[last].before;
    return before != kNone && runs_[before].role == role && runs_[before].first <= earlier;
  });
}

void Wires::remove(const Roles& roles) noexcept {
  all(roles, [&](std::size_t qubit, Role /*role*/) {
    Run& run = runs_[last_[qubit]];
    if (--run.size == 0) {
      last_[qubit] = run.before;
    }
    return true;
  });
}

}  // namespace basalt::quantum
