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

/// What keeps a job from a place.
enum class Obstacle : std::uint8_t { none, memory, precision, naming, other };

/// Where a job could run, and what that is predicted to take.
struct Candidate {
  std::string name;  ///< "cpu", or the device's.
  Backend backend = Backend::cpu;
  std::string device;     ///< Its index, of the vulkan backend.
  std::string rejection;  ///< Why it cannot run there; empty where it can.
  Obstacle obstacle = Obstacle::none;
  std::uint64_t needed_bytes = 0;  ///< Of a place with too little memory.
  double wait_seconds = 0;         ///< For other jobs, as far as they said how long they take.
  double start_seconds = 0;        ///< To open the device, and to have it begin.
  double memory_seconds = 0;       ///< To be given memory there, and to clear it.
  double stage_seconds = 0;        ///< Of the stages, as corrected by what earlier runs took.
  double result_seconds = 0;       ///< To read what was asked for off the state.
  double correction = 1;           ///< What that multiplied the plan's prediction by,
  std::size_t samples = 0;         ///< and of how many runs it is; 0: there were too few.
  std::string source;              ///< Of the speeds that this relies on.

  [[nodiscard]] double seconds() const noexcept {
    return wait_seconds + start_seconds + memory_seconds + stage_seconds + result_seconds;
  }
};

/// Where a job runs that named no backend.
struct BackendChoice {
  std::vector<Candidate> candidates;  ///< The CPU first, then devices in their order, if they were looked at.
  std::size_t winner = 0;
  std::string reason;
  double device_start_seconds = 0;  ///< From this on devices are looked at.
};

/// A way for the processor to run the job, beside the one that is taken.
struct ProcessorWay {
  std::string name;  ///< E.g. "1 thread", "2 threads, single precision".
  double predicted_seconds = 0;
  std::string rejection;  ///< Why it is not taken though it may be faster; empty: it competes.
  bool taken = false;
};

/// What a job holds while it does one thing.
struct MemoryStep {
  std::string when;
  std::uint64_t host_bytes = 0;
  std::uint64_t device_bytes = 0;
  std::uint64_t disk_bytes = 0;
  std::string what;  ///< What that is for.
};

struct PlanReport {
  std::uint32_t qubits = 0;
  std::uint64_t gates = 0;  ///< Of the circuit, before any pass.
  std::uint64_t steps = 0;  ///< Of the program that is left of them.
  /// The circuit goes on after a measurement whose outcome it needs: only what comes before that is planned.
  bool stops_at_measurement = false;
  Method method =
      Method::state;  ///< Never automatic. Of a tableau there are no stages, and `steps` are Clifford steps.
  std::string method_reason;
  std::vector<PartEntry> parts;   ///< Of the method of that name: stages and predictions are sums over them.
  std::uint32_t live_qubits = 0;  ///< Of the method of that name: how many the state has.
  std::uint64_t outcomes = 0;     ///< Of a tableau: measurements before that stop.
  Precision precision = Precision::single_precision;
  Backend backend = Backend::cpu;
  std::string device;  ///< Of the vulkan backend; empty for cpu.
  std::string driver;  ///< Of the device: its name and version.
  int threads = 1;     ///< Of the cpu backend.
  std::string instruction_set;
  std::uint64_t state_bytes = 0;  ///< Of the amplitudes, or of the tableau.
  std::vector<PassEntry> passes;
  std::vector<StageEntry> stages;
  double predicted_bytes = 0;    ///< Read plus written, of the state.
  double predicted_flops = 0;    ///< A fused multiply-add counts as two.
  double predicted_seconds = 0;  ///< Of execution alone.
  double plan_seconds = 0;       ///< What it took to make this plan, passes included.
  std::vector<LimitChoice> choices;
  std::optional<LadderReport> ladder;  ///< Where the state does not fit where it would be fastest.
  BackendChoice backend_choice;        ///< Without candidates where the request named the backend.
  std::vector<ProcessorWay> ways;      ///< Of a state in the host's memory.
  std::vector<std::string> changes;    ///< What would have the job run elsewhere, or otherwise.
  std::vector<MemoryStep> memory;      ///< From the lease to the results.
  std::vector<std::string> notes;
};

/// Parses a circuit, runs the passes and plans, as run() would. Throws Error.
PlanReport explain_plan(const Request& request, const CancelToken* cancel = nullptr);

}  // namespace basalt
