// What a run gives back: results, and what it cost against what was predicted.
//
// Bit strings are written as Qiskit writes them: within a register bit 0 is rightmost, registers are separated by a
// blank, the register declared last stands leftmost. Basis states are written with qubit 0 rightmost.
#pragma once

#include <complex>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "basalt/ladder.h"
#include "basalt/request.h"
#include "basalt/usage.h"

namespace basalt {

struct TopEntry {
  std::string bits;
  double probability = 0;
  std::complex<double> amplitude;
};

struct MemoryReport {
  std::uint64_t estimate_bytes = 0;  ///< States and scratch, promised before anything was taken.
  std::uint64_t peak_bytes = 0;      ///< Most of them that was held.
  std::uint64_t counts_bytes = 0;    ///< Held by the counts besides.
  std::uint64_t limit_bytes = 0;     ///< What the process may use.
  std::string limit_source;
  std::uint64_t spilled_bytes = 0;  ///< States written to disk, before compression.
};

struct TimingReport {  // seconds
  double parse = 0;
  double plan = 0;
  double wait = 0;  ///< For other jobs that held what this one needed.
  double allocate = 0;
  double execute = 0;
  double sample = 0;
  double total = 0;
};

/// One pass over the gates of the circuit; where there were several circuits, for all of them.
struct PassEntry {
  std::string name;
  std::string summary;  ///< What it does, in one line.
  double seconds = 0;
  std::uint64_t gates_before = 0;
  std::uint64_t gates_after = 0;
};

/// How many steps of a stage are of one kernel.
struct KernelCount {
  std::string kernel;
  std::uint64_t steps = 0;
};

/// One stage of a plan, and how long it really took.
struct StageEntry {
  std::uint64_t tile_axes = 0;  ///< One bit per axis of the state; 0: not in tiles, but each step over the whole state.
  std::uint64_t outer_axes = 0;  ///< The axes over which tiles are enumerated; elsewhere the state is still zero.
  std::uint64_t pieces = 1;      ///< Into how many parts the work is cut.
  std::vector<KernelCount> kernels;
  double predicted_bytes = 0;
  double predicted_flops = 0;
  double predicted_seconds = 0;  ///< 0: unknown.
  double actual_seconds = 0;     ///< 0: not run.
};

/// A device of the Vulkan backend, and the part of the state that it holds.
struct DeviceReport {
  std::string name;
  std::string driver;
  std::uint64_t state_bytes = 0;  ///< In the device's memory.
  std::uint64_t peak_bytes = 0;   ///< Of allocations from its own heap.
  double pipeline_seconds = 0;    ///< Making pipelines, in this process so far.
  bool pipelines_cached = false;  ///< A cache of them was read from disk.
};

/// Of tiles that were computed again. Differences are those of amplitudes, as parts of their tile's norm.
struct VerifyReport {
  std::uint64_t tiles = 0;
  double largest_difference = 0;
  double tolerance = 0;  ///< After up to a hundred steps, in proportion after more. One that is passed ends the run.
};

/// Of a run that is kept on disk.
struct CheckpointReport {
  std::string folder;
  std::uint64_t written = 0;                    ///< By this process.
  double seconds = 0;                           ///< That they took,
  std::uint64_t file_bytes = 0;                 ///< and what was written, after compression.
  std::optional<std::uint64_t> resumed_from{};  ///< The number of the checkpoint that this process went on from.
};

/// A part of a circuit that no gate connects with the others.
struct PartEntry {
  std::vector<std::uint32_t> qubits;  ///< Of the circuit, increasing.
  std::uint64_t gates = 0;
  std::uint64_t stages = 0;
  double predicted_seconds = 0;  ///< 0: unknown.
  double actual_seconds = 0;     ///< 0: not run.
};

struct Report {
  std::vector<std::pair<std::string, std::uint64_t>> counts;            ///< By bit string, ascending.
  std::map<std::string, std::map<std::string, std::uint64_t>> outputs;  ///< `output` variables that are not bits.
  std::vector<std::pair<std::string, double>> expectation_values;       ///< In the order asked for.
  std::vector<std::uint32_t> probability_qubits;
  std::vector<double> probabilities;  ///< Of bit string b of probability_qubits (bit j is the j-th qubit given).
  std::vector<TopEntry> top;
  std::string saved_state;

  std::uint32_t qubits = 0;
  std::uint64_t gates = 0;     ///< Applied, over all branches.
  std::uint64_t branches = 1;  ///< Leaves of the tree that mid-circuit measurement opened.
  std::uint64_t shots = 0;
  bool measured = false;  ///< The program measures something.
  Precision precision = Precision::single_precision;
  Method method = Method::state;       ///< Never automatic.
  std::string method_reason;           ///< Why that.
  std::vector<PartEntry> parts;        ///< Of the method of that name.
  std::uint32_t live_qubits = 0;       ///< Of the method of that name: how many the state has.
  std::string backend;                 ///< "cpu" or "vulkan"; "vulkan, then cpu" where the device failed on the way.
  std::optional<LadderReport> ladder;  ///< Where the state did not fit where it would have been fastest.
  std::string choice;                  ///< Why it ran there; empty where the request named the backend.
  std::vector<DeviceReport> devices;   ///< Of the Vulkan backend, in the order of the state's parts.
  std::optional<VerifyReport> verify;
  std::optional<CheckpointReport> checkpoints;
  std::string instruction_set;
  int threads = 1;
  std::uint64_t seed = 0;
  /// Where a loss was allowed to storage: |<ideal|actual>|² of every branch's state with the one that it would be
  /// without is at least this; losses were measured as they happened. It says nothing of other rounding.
  std::optional<double> fidelity_bound;
  double norm = 1;  ///< Σ|amplitude|² at the end; of the last branch.
  MemoryReport memory;
  TimingReport timing;
  UsageReport usage;
  std::uint64_t sweeps = 0;        ///< Visits of the whole state.
  double sweep_seconds = 0;        ///< One in-place scale of the state, measured in this run.
  double sweep_equivalents = 0;    ///< timing.execute / sweep_seconds.
  double bytes_moved = 0;          ///< Read plus written by the gates, by the plan's count.
  double predicted_seconds = 0;    ///< Of timing.execute, by the plan's cost model; 0: not predicted.
  double predicted_flops = 0;      ///< Operations of the gates' arithmetic, by the plan's count; 0: not counted.
  std::vector<PassEntry> passes;   ///< In the order in which they ran.
  std::vector<StageEntry> stages;  ///< In the order in which they were run, over all branches; the first thousand.
  std::vector<std::string> notes;
};

}  // namespace basalt
