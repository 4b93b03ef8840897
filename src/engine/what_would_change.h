// How far a choice of backend is from being another one: in qubits, in seconds, in bytes.
#pragma once

#include <string>
#include <vector>

#include "basalt/plan.h"

namespace basalt {

/// "12 µs", "400 ms", "1.35 s"
std::string seconds_text(double seconds);

/// One sentence for each change of the circuit, the machine or the request that would make another candidate the
/// winner, or let one take part. Widths are for circuits like this one: with each qubit the time of stages and of
/// taking memory doubles, and what is fixed stays. Pure.
std::vector<std::string> what_would_change(const BackendChoice& choice, int qubits);

}  // namespace basalt
