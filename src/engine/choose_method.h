// What stands for the state of a job's qubits: amplitudes of all of them, of parts or of those that are live, or a
// tableau, where the circuit and the request allow it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/request.h"
#include "engine/choose_live.h"
#include "engine/choose_parts.h"
#include "workloads/quantum/input/machine.h"
#include "workloads/quantum/stabilizer/clifford_step.h"

namespace basalt {

/// A program as Clifford steps up to its first stop: the end, an outcome that an expression needs, or some million
/// gates.
struct CliffordOpening {
  quantum::Machine machine;
  quantum::Machine::Status status = quantum::Machine::Status::finished;
  std::vector<quantum::CliffordStep> steps;
  std::uint64_t gates = 0;
};

struct MethodChoice {
  Method method = Method::state;  ///< Never automatic.
  std::string reason;
  std::shared_ptr<const CliffordOpening> opening;  ///< Of the stabilizer method.
  std::shared_ptr<const SplitProgram> split{};     ///< Of parts.
  quantum::Qubit live_width = 0;                   ///< Of live: qubits that the state has.
};

/// Reads the circuit as far as it has to: up to the gates that decide. Throws Error where the method that the
/// request names cannot do what it asks for, and what running the program's classical side throws.
MethodChoice choose_method(const Request& request, const std::shared_ptr<const quantum::Script>& script,
                           const CancelToken& cancel);

/// Error(unsupported) for a gate that the stabilizer method has been told to run.
Error not_clifford(const std::string& gate);

}  // namespace basalt
