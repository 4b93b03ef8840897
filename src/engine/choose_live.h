// Whether a program's qubits have to be in one state at the same time, or fewer of them.
#pragma once

#include <memory>
#include <string>

#include "basalt/cancel.h"
#include "basalt/request.h"
#include "workloads/quantum/input/compile.h"

namespace basalt {

struct LiveChoice {
  std::string reason;        ///< For a narrow state, or why not; empty where there is nothing to say.
  quantum::Qubit width = 0;  ///< Qubits that the state has; 0: all.
};

/// For a request whose method is automatic, or live: then throws Error where the circuit or the request does not allow
/// that. Reads the circuit as far as it has to; of what depends on outcomes, the way that zeros take.
LiveChoice choose_live(const Request& request, const std::shared_ptr<const quantum::Script>& script,
                       const CancelToken& cancel);

/// The program for machines on a state of so many qubits.
std::shared_ptr<const quantum::Script> narrowed(const quantum::Script& script, quantum::Qubit width);

}  // namespace basalt
