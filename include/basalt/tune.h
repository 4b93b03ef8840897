// Measuring the processor: how fast its caches and memory are, how fast it computes, what starting threads costs. The
// figures are kept as wisdom, a file in the user's cache directory, and plans rely on them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/error.h"
#include "basalt/inventory.h"

namespace basalt {

/// A figure that was measured several times.
struct Measured {
  double median = 0;
  double spread = 0;  ///< Distance between the quartiles over the median; 0.05 is quiet, 0.5 is noise.
};

/// Speeds of one rung of the memory ladder, in bytes read plus written per second, all threads together. A copy of N
/// bytes counts 2·N whatever the processor reads besides.
struct Bandwidth {
  int level = 0;                       ///< Of the cache, from 1; 0 is main memory.
  int threads = 1;                     ///< That work at the same time, each on memory of its own.
  std::uint64_t bytes_per_thread = 0;  ///< Each thread's working set.
  Measured read;
  Measured write;
  Measured scale;  ///< In place: what most kernels do.
  Measured copy;
  std::optional<Measured> streaming_write;  ///< With stores that bypass the caches; of main memory only.
  std::optional<Measured> streaming_copy;
};

/// Fused multiply-adds on registers, counted as two operations each, all threads together; operations per second.
struct ArithmeticPeak {
  std::string instruction_set;  ///< As Highway names it, e.g. "AVX3".
  int threads = 1;
  Measured f32;
  Measured f64;
};

/// What it costs to put several threads to work.
struct ThreadCost {
  int threads = 2;
  Measured dispatch_seconds;  ///< A parallel loop whose threads were asleep, beyond the work in it.
  Measured barrier_seconds;   ///< The same directly after another: what parting one step from the next costs.
  /// From this much traffic (bytes read plus written) on, these are faster than the next smaller number of threads that
  /// was measured. 0: never were.
  std::uint64_t crossover_bytes = 0;
};

/// How many Euler steps of a pattern's plane are done in one visit of memory, with all threads.
struct PlaneVisits {
  int steps = 1;    ///< The fastest number of those tried, on a plane that no cache holds.
  double gain = 1;  ///< Its speed over that of one step a visit.
  /// From species of more bytes on that is faster for all larger planes that were measured; for one step without
  /// meaning.
  std::uint64_t from_bytes = 0;
};

/// What `tune` measures of a processor.
struct CpuFigures {
  std::string measured_at;  ///< UTC, ISO 8601.
  std::vector<Bandwidth> bandwidth;
  std::vector<ArithmeticPeak> peaks;
  std::vector<ThreadCost> thread_costs;     ///< By ascending threads.
  std::optional<PlaneVisits> plane_visits;  ///< Nothing where they were recorded before that was measured.
  std::uint64_t prefetch_bytes = 0;         ///< The best distance ahead for a sweep of main memory; 0: none helps.
};

/// How far the machine was shared while it was measured.
struct Noise {
  double control_spread = 0;  ///< Of one and the same computation, repeated from beginning to end.
  double waited_share = 0;    ///< Of the time of that on all threads, how much they had no core.
  double stolen_share = 0;    ///< Time that the hypervisor gave to others.
};

struct TuneOptions {
  double seconds = 2;            ///< About how long it may take.
  bool record = true;            ///< Keep the figures as wisdom.
  bool force = false;            ///< Keep them even when the machine was too noisy.
  std::filesystem::path wisdom;  ///< Empty: the file that BASALT_WISDOM names, or the one in the cache directory.
};

struct TuneHooks {
  const CancelToken* cancel = nullptr;
  std::function<void(double fraction, std::string_view what)> on_progress;  ///< From the calling thread.
};

struct TuneReport {
  Inventory inventory;
  std::string fingerprint;  ///< Names this processor, as far as this process may use it.
  CpuFigures figures;
  Noise noise;
  bool recorded = false;
  /// Why the figures were not recorded though that was asked for: too_noisy, or io.
  std::optional<Error> refusal;
  std::filesystem::path wisdom;
  double seconds = 0;
};

/// Measures the processor with all cores that this process may use, and records the figures unless the machine was too
/// noisy or the wisdom cannot be written: then `refusal` says so. Throws Error(cancelled) or Error(out_of_resources).
TuneReport tune(const TuneOptions& options = {}, const TuneHooks& hooks = {});

/// What the wisdom file holds for a machine.
struct WisdomStatus {
  std::filesystem::path path;
  std::string fingerprint;
  std::optional<CpuFigures> figures;  ///< Nothing where it was never tuned: plans then use defaults.
  std::string note;                   ///< Why a file that is there could not be used; empty otherwise.
};

/// Never throws for a file that is absent, damaged or somebody else's. `path` as in TuneOptions.
WisdomStatus look_up_wisdom(const Inventory& inventory, const std::filesystem::path& path = {});

/// Writes the figures of all machines and devices that the wisdom knows to a JSON file. Throws Error(io).
void export_wisdom(const std::filesystem::path& file, const std::filesystem::path& path = {});

/// Adds the figures of an exported file, replacing those of the same machines. Returns how many machines and devices it
/// held.
/// Throws Error(bad_input) for a file that is no export, Error(io) where the wisdom cannot be written.
std::size_t import_wisdom(const std::filesystem::path& file, const std::filesystem::path& path = {});

/// Forgets what is known of this machine; false where nothing was. Throws Error(io).
bool forget_wisdom(const Inventory& inventory, const std::filesystem::path& path = {});

}  // namespace basalt
