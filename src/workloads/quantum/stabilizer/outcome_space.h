// All outcomes that some qubits of a stabilizer state can have: each as probable as the others, and together a plane
// over the integers modulo 2.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "workloads/quantum/stabilizer/tableau.h"

namespace basalt::quantum {

/// Bit j of an outcome is that of the j-th qubit.
class OutcomeSpace {
 public:
  /// Measures the qubits, at most 64 and distinct, of a tableau that is not used after.
  OutcomeSpace(Tableau tableau, std::span<const Qubit> qubits);

  /// The outcome that stands for all those that differ from `outcome` by directions of the plane.
  [[nodiscard]] std::uint64_t reduce(std::uint64_t outcome) const noexcept;
  /// One that can be.
  [[nodiscard]] std::uint64_t base() const noexcept { return base_; }
  [[nodiscard]] std::span<const std::uint64_t> directions() const noexcept { return directions_; }

 private:
  std::uint64_t base_ = 0;
  std::vector<std::uint64_t> directions_;  ///< Independent.
  std::array<std::uint64_t, 64> basis_{};  ///< The same by their highest bit.
};

}  // namespace basalt::quantum
