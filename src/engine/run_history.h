// What earlier runs say of a prediction, and what a run says for later ones.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "basalt/plan.h"
#include "engine/job.h"
#include "engine/planned_circuit.h"
#include "plan/history.h"
#include "runtime/memory/field.h"

namespace basalt {

/// The history of a kind of run under a fingerprint; nothing where there is none.
using FindHistory = std::function<std::optional<History>(const std::string& fingerprint, const std::string& kind)>;

/// In the wisdom. Runs are told of a file that cannot be used when its figures are looked up.
std::optional<History> find_history(const std::string& fingerprint, const std::string& kind);

/// The history that counts for what is planned, on a processor or device of this name; `threads` is 0 for devices.
/// Nothing is asked for where the prediction is so short that no correction would change a choice.
std::optional<History> history_of(const FindHistory& find, const std::string& fingerprint,
                                  const PlannedCircuit& planned, ElementType type, int qubits, int threads);

/// Corrects the seconds of a candidate's stages, and names the history as their source.
void correct(Candidate& candidate, const std::optional<History>& history);

/// Records what a run took against what was predicted, where it is one that later predictions are like: of one straight
/// circuit in one memory, and long enough for its time to mean something. A wisdom that cannot be written is a note.
void record_history(Job& job);

}  // namespace basalt
