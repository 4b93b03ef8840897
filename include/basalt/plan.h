// What Basalt would do with a circuit, and how long that would take: nothing is run, and no state is made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "basalt/report.h"
#include "basalt/request.h"

namespace basalt {

/// One number that planning relies on, for people: what it is, and where it comes from.
struct LimitChoice {
  std::string name;
  std::string value;   ///< With its unit.
  std::string source;  ///< E.g. "measured at 2026-11-22T15:20:00Z", "an eighth of an L2 cache", "default".
};

/// Where a job could run, and what that is predicted to take.
struct Candidate {
  std::string name;  ///< "cpu", or the device's.
  Backend backend = Backend::cpu;
  std::string device;        ///< Its index, of the vulkan backend.
  std::string rejection;     ///< Why it cannot run there; empty where it can.
  double start_seconds = 0;  ///< To open the device and to take memory.
  double stage_seconds = 0;  ///< Of the stages.
  std::string source;        ///< Of the speeds that this relies on.

  [[nodiscard]] double seconds() const noexcept { return start_seconds + stage_seconds; }
};

/// Where a job runs that named no backend.
struct BackendChoice {
  std::vector<Candidate> candidates;  ///< The CPU first, then devices in their order, if they were looked at.
  std::size_t winner = 0;
  std::string reason;  ///< With what would change it.
};

struct PlanReport {
  std::uint32_t qubits = 0;
  std::uint64_t gates = 0;  ///< Of the circuit, before any pass.
  std::uint64_t steps = 0;  ///< Of the program that is left of them.
  /// The circuit goes on after a measurement whose outcome it needs: only what comes before that is planned.
  bool stops_at_measurement = false;
  Precision precision = Precision::single_precision;
  Backend backend = Backend::cpu;
  std::string device;  ///< Of the vulkan backend; empty for cpu.
  std::string driver;  ///< Of the device: its name and version.
  int threads = 1;     ///< Of the cpu backend.
  std::string instruction_set;
  std::uint64_t state_bytes = 0;
  std::vector<PassEntry> passes;
  std::vector<StageEntry> stages;
  double predicted_bytes = 0;    ///< Read plus written, of the state.
  double predicted_flops = 0;    ///< A fused multiply-add counts as two.
  double predicted_seconds = 0;  ///< Of execution alone.
  double plan_seconds = 0;       ///< What it took to make this plan, passes included.
  std::vector<LimitChoice> choices;
  BackendChoice backend_choice;  ///< Without candidates where the request named the backend.
  std::vector<std::string> notes;
};

/// Parses a circuit, runs the passes and plans, as run() would. Throws Error.
PlanReport explain_plan(const Request& request, const CancelToken* cancel = nullptr);

}  // namespace basalt
