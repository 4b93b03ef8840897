// What a user asks of Basalt for one circuit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/cancel.h"

namespace basalt {

enum class Precision : std::uint8_t {
  single_precision,  ///< c64: two f32 an amplitude, 8 bytes.
  double_precision,  ///< c128: two f64 an amplitude, 16 bytes.
};

/// Where a circuit runs.
enum class Backend : std::uint8_t {
  automatic,  ///< Whichever of the others is predicted to be done first; with a device named, that.
  cpu,        ///< The processors of this machine.
  vulkan,     ///< A GPU, or whatever else has a Vulkan driver.
};

/// What stands for the state of the qubits while a circuit runs.
enum class Method : std::uint8_t {
  automatic,  ///< Whichever of the others the circuit and the request allow and saves time.
  state,      ///< All amplitudes.
  parts,      ///< All amplitudes of each part, where no gate connects the parts of a circuit.
  live,  ///< All amplitudes of the qubits that are live, from their first entangling gate to their last measurement.
  stabilizer,  ///< A tableau of Pauli strings: Clifford gates only, any number of qubits, no amplitudes.
};

/// "auto", "state", "parts", "live" or "stabilizer".
std::string_view name_of(Method method) noexcept;

/// A program and where it came from.
struct Source {
  std::string name;                               ///< What messages call it.
  std::string text;                               ///< OpenQASM 2 or 3.
  std::optional<std::filesystem::path> folder;    ///< Where includes are looked up; none: only the built-in files.
  std::map<std::string, std::string> included{};  ///< Texts of includes by name, taken before any file is.
};

/// Reads a program from a file, or from standard input for "-"; waiting for a pipe ends when `cancel`, which may be
/// null, is requested by a signal. Throws Error(bad_input | cancelled).
Source read_program(const std::string& path, const CancelToken* cancel = nullptr);

inline constexpr std::uint64_t kMaxShots = 1'000'000'000;
inline constexpr std::uint64_t kMaxVerify = 4096;
inline constexpr double kMaxLossyStorage = 0.1;

/// A program that was parsed and checked once, for many runs with different inputs; `prepare` of basalt/engine.h makes
/// one. Immutable.
struct PreparedProgram;

/// Copies of a run on disk, from which it goes on after whatever ended it.
struct CheckpointRequest {
  std::string folder;  ///< Empty: none are written. A new run wants one that is empty or not there yet.
  /// From one to the next, at least; none: 60, and more where they would take over 5% of the run's time.
  std::optional<double> every_seconds{};
  bool resume = false;  ///< The folder holds checkpoints of this request: go on from the latest that is whole.
};

struct Request {
  Source source;
  std::uint64_t shots = 1024;         ///< 1 to kMaxShots.
  std::optional<std::uint64_t> seed;  ///< None: taken from the system, and reported.
  Precision precision = Precision::single_precision;
  bool allow_precision_loss = false;  ///< Double precision that does not fit in memory becomes single.
  Backend backend = Backend::automatic;
  Method method = Method::automatic;
  std::string device;  ///< Of the Vulkan backend: its index, or a part of its name; empty: the first GPU.
  /// Several with commas between them (1, 2, 4 and so on) hold a part of the state each.
  bool fall_back = false;  ///< Where the device fails, the CPU goes on, and the report says so. Takes memory for that.
  /// How many tiles of the state, in each circuit between measurements, are computed again by plain loops. Of a state
  /// in memory or on devices.
  std::uint64_t verify = 0;                                ///< At most kMaxVerify.
  std::optional<std::uint64_t> device_memory_limit_bytes;  ///< Of a device's memory, what may be used.
  int threads = 0;                                         ///< 0: all that the process may use.
  std::optional<std::uint64_t> memory_limit_bytes;
  int priority = 0;  ///< Among the jobs that wait for this machine, of the range in basalt/ledger.h.
  std::vector<std::string> observables;           ///< Pauli sums, or @FILE with one a line.
  std::vector<std::uint32_t> probability_qubits;  ///< Qubits whose joint distribution is wanted; none: no distribution.
  std::uint64_t top = 0;                          ///< How many of the most probable basis states.
  std::string save_state;                         ///< Path of a .npy file; empty: not saved.
  std::map<std::string, std::string> inputs;      ///< Values of OpenQASM 3 `input` variables.
  std::vector<std::string> without_passes;        ///< Names of passes over the circuit that are left out.
  /// Where a state that does not fit in memory lies; empty: what the inventory says.
  std::string spill_folder{};
  /// Such a state is compressed with a loss, where it is stored sooner: whenever an amplitude is written, its real and
  /// its imaginary part may each change by this many times the root mean square amplitude, 2^(-qubits/2). 0: no loss.
  /// At most kMaxLossyStorage. Report::fidelity_bound says what became of it.
  double lossy_storage = 0;
  CheckpointRequest checkpoint{};
  std::shared_ptr<const PreparedProgram> prepared;  ///< Run in place of `source`; null: `source` is parsed.
};

}  // namespace basalt
