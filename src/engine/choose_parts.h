// Whether a circuit's state is a product of smaller ones, and is better kept as such.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/request.h"
#include "workloads/quantum/circuit_parts.h"
#include "workloads/quantum/input/machine.h"

namespace basalt {

/// A program that needs no outcome, at its end, and its gates in parts.
struct SplitProgram {
  quantum::Machine machine;
  std::vector<quantum::CircuitPart> parts;
  std::uint64_t gates = 0;

  /// Of the largest part; 0 without parts.
  [[nodiscard]] quantum::Qubit most_qubits() const noexcept;
};

struct PartsChoice {
  std::string reason;                         ///< For parts, or why not; empty where there is nothing to say.
  std::shared_ptr<const SplitProgram> split;  ///< Null: one state.
};

/// For a request whose method is automatic, or parts: then throws Error where the circuit or the request does not allow
/// that. Reads the circuit as far as it has to.
PartsChoice choose_parts(const Request& request, const std::shared_ptr<const quantum::Script>& script,
                         const CancelToken& cancel);

}  // namespace basalt
