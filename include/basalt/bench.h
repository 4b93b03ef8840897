// The benchmark: circuits of the project's own generator, or of files, run through an engine, each row against the
// yardsticks of the machine: one in-place scale of the state, the roofline, and the plan's own prediction.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/request.h"

namespace basalt {

/// A circuit of the benchmark.
struct BenchCircuit {
  std::string family;        ///< Name of the family, or of the file without folder and ending.
  std::uint32_t qubits = 0;  ///< 0 where only running it can tell: circuits of files.
  Source source;
};

struct BenchFamily {
  std::string name;
  std::string description;
};

/// All families that circuits can be generated of, in the order of the table.
std::vector<BenchFamily> bench_families();

enum class BenchSet : std::uint8_t {
  quick,     ///< 10, 16 and 20 qubits.
  standard,  ///< 10, 16, 20, 24, 26 and 28 qubits.
};

/// Widths of a set.
std::vector<std::uint32_t> bench_qubits(BenchSet set);

/// One circuit for each family and width, families outermost. Throws Error(bad_usage) for an unknown family, or a width
/// that cannot be generated.
std::vector<BenchCircuit> generate_bench_circuits(const std::vector<std::string>& families,
                                                  const std::vector<std::uint32_t>& qubits, std::uint64_t seed);

/// Writes each circuit to folder/FAMILY_QUBITS.qasm, making the folder where it is absent; returns the paths. Throws
/// Error(io).
std::vector<std::string> write_bench_circuits(const std::vector<BenchCircuit>& circuits, const std::string& folder);

struct BenchSettings {
  std::vector<BenchCircuit> circuits;
  std::vector<Precision> precisions{Precision::single_precision, Precision::double_precision};
  std::vector<int> threads{0};  ///< 0: all that the process may use. Equal counts are measured once.
  int repeats = 5;              ///< Runs of a row; more where they are short.
  double seconds_per_row = 10;  ///< After which a row is not run again.
  Backend backend = Backend::cpu;
  std::string device;  ///< As Request::device.
};

/// One circuit at one precision and number of threads; medians over its runs. Zero: not known.
struct BenchRow {
  std::string family;
  std::uint32_t qubits = 0;
  Precision precision = Precision::single_precision;
  int threads = 1;
  std::string skipped;  ///< Why it was not run; empty where it was. Nothing below is known then.

  std::uint64_t gates = 0;
  int runs = 0;
  double seconds = 0;        ///< The gates alone: from |0...0⟩ in memory to the final state.
  double plan_seconds = 0;   ///< What planning them took besides, the first time.
  double total_seconds = 0;  ///< The whole call of the engine, results and allocation included.
  double sweep_seconds = 0;  ///< One in-place scale of the state, measured in each run.
  double sweep_equivalents = 0;
  std::uint64_t stages = 0;  ///< Visits of the whole state.
  double bytes_moved = 0;
  double flops_per_amplitude = 0;
  /// max(bytes moved / speed of the scale, operations / arithmetic peak) over `seconds`: 1 is as fast as this machine
  /// can be with this plan. Not known of devices: nothing measures their arithmetic peak.
  double roofline_fraction = 0;
  double predicted_seconds = 0;
};

struct BenchHooks {
  const CancelToken* cancel = nullptr;
  std::function<void(std::size_t row, std::size_t rows, const std::string& what)> on_start;  ///< Before each row.
  std::function<void(const BenchRow& row)> on_row;                                           ///< After it.
};

struct BenchReport {
  std::string processor;
  std::string instruction_set;
  std::uint64_t cores = 1;
  std::string peak_source;  ///< Where the arithmetic peak of the roofline comes from; empty for rows on a device.
  std::string device;       ///< That the rows ran on; empty: the processor.
  std::string driver;       ///< Of the device: its name and version.
  std::vector<BenchRow> rows;
  std::vector<std::string> notes;
};

/// Runs every circuit at every precision and number of threads. A row that does not fit in memory, or that the device
/// has no numbers for, is skipped with the reason; every other failure is thrown: Error(bad_input | cancelled | ...).
BenchReport bench(const BenchSettings& settings, const BenchHooks& hooks = {});

}  // namespace basalt
