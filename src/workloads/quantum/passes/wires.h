// Which earlier gates a gate can still be brought next to: the runs of commuting gates on every qubit.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/quantum/passes/roles.h"

namespace basalt::quantum {

/// Gates are numbered in their order. On every qubit the gates that play the same role, one after another, are a run;
/// a gate that mixes is a run by itself. An earlier gate can be brought to the end of the list when on each of its
/// qubits it is in the last run. Every question takes time in the qubits of one gate.
class Wires {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  Wires(Qubit qubits, std::size_t gates);

  void add(std::uint32_t gate, const Roles& roles);

  /// Whether `earlier`, which was added with these roles, can be brought to the end.
  [[nodiscard]] bool is_last(std::uint32_t earlier, const Roles& roles) const noexcept;

  /// The same, and no other gate is in its runs.
  [[nodiscard]] bool is_last_alone(std::uint32_t earlier, const Roles& roles) const noexcept;

  /// Whether `earlier` is in the runs before the last ones.
  [[nodiscard]] bool is_second_last(std::uint32_t earlier, const Roles& roles) const noexcept;

  /// Takes out a gate that is last.
  void remove(const Roles& roles) noexcept;

 private:
  enum class Role : std::uint8_t { looks, flips, mixes };

  struct Run {
    std::uint32_t first = 0;   ///< Its first gate; may have been removed.
    std::uint32_t size = 0;    ///< Gates that are left.
    std::uint32_t before = 0;  ///< The run before it on this qubit.
    Role role = Role::looks;
  };

  template <typename Visit>
  static bool all(const Roles& roles, const Visit& visit);
  void add_one(std::size_t qubit, std::uint32_t gate, Role role);

  std::vector<std::uint32_t> last_;  ///< By qubit.
  std::vector<Run> runs_;
};

}  // namespace basalt::quantum
