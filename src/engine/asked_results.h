// What a request asks of the final state, read and checked.
#pragma once

#include <string>
#include <vector>

#include "basalt/report.h"
#include "basalt/request.h"
#include "workloads/quantum/input/compile.h"
#include "workloads/quantum/observable.h"

namespace basalt {

/// The observables of a request, those of files included. Throws Error(bad_usage | bad_input).
std::vector<quantum::PauliSum> asked_observables(const Request& request, quantum::Qubit qubit_count);

/// Throws Error(bad_usage) for qubits that there are not, for one that is given twice, and for too many.
void check_probability_qubits(const Request& request, quantum::Qubit qubit_count);

/// Throws Error(bad_usage) for more states than may be asked for.
void check_top(const Request& request);

/// Throws Error(bad_usage) for a value that is not finite.
void report_expectation(Report& report, const std::string& name, double value);

/// Says so where a program measures nothing, and its counts may surprise.
void note_unmeasured(Report& report, const quantum::Script& script);

}  // namespace basalt
