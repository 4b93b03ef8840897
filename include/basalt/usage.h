// What a job took of the machine: processor time, memory, paging, waiting, and where the threads' time went.
// What cannot be read on a machine is absent, never invented.
//
//   UsageMeter meter;                    // on the thread that runs the job
//   ...                                  // Arena loops started by this thread are accounted to the meter
//   meter.sample();                      // while the job still holds its memory, if it ran long enough
//   report.usage = meter.finish(threads);
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace basalt {

/// The process as it stands; of what grows, the total since the process began.
struct Usage {
  double user_seconds = 0;  ///< Processor time of all threads.
  double system_seconds = 0;
  std::uint64_t minor_faults = 0;          ///< Pages that were mapped without reading a disk.
  std::uint64_t major_faults = 0;          ///< Pages that had to be read from one.
  std::uint64_t voluntary_switches = 0;    ///< A thread waited for something.
  std::uint64_t involuntary_switches = 0;  ///< A thread was put aside for another.
  std::optional<std::uint64_t> resident_bytes;
  std::optional<std::uint64_t> peak_resident_bytes;
  std::optional<std::uint64_t> huge_page_bytes;  ///< Anonymous memory that huge pages hold.
  /// Time in which some task of the control group of this process, or of the whole machine (stall_source), waited for a
  /// processor, for memory, for input and output.
  std::optional<double> cpu_stall_seconds;
  std::optional<double> memory_stall_seconds;
  std::optional<double> io_stall_seconds;
  std::string stall_source;  ///< "control group" or "machine"; empty where neither tells.
};

/// Reads the process, in about 0.1 ms; `root` is where /proc and /sys are, another than "/" only in tests. Huge pages
/// are counted only if asked for: the kernel walks the page tables for them, 30 ms for each GiB of small pages.
Usage take_usage(bool with_huge_pages = true, const std::filesystem::path& root = "/");

/// What was used between two readings: growth of what grows, and the later reading of everything else.
Usage difference(const Usage& before, const Usage& after);

/// One sensor of a device.
struct DeviceReading {
  enum class Quantity : std::uint8_t { frequency_hertz, temperature_celsius };
  std::string device;  ///< "cpu", or the name of a graphics device.
  std::string part;    ///< "core 3", "Package id 0"; empty for the whole device.
  Quantity quantity = Quantity::frequency_hertz;
  double value = 0;
};

/// Whatever can say how a device fares. Reading is cheap enough for a few times a second, and never fails: what cannot
/// be read is left out.
class DeviceMonitor {
 public:
  virtual ~DeviceMonitor() = default;
  [[nodiscard]] virtual std::vector<DeviceReading> read() const = 0;
};

/// Frequency of every core and the temperatures of the processor, as far as the system shows them.
class ProcessorMonitor final : public DeviceMonitor {
 public:
  explicit ProcessorMonitor(std::filesystem::path root = "/") : root_(std::move(root)) {}
  [[nodiscard]] std::vector<DeviceReading> read() const override;

 private:
  std::filesystem::path root_;
};

/// Where the time of a job's threads went, in seconds summed over threads. Loops are those of Arena; all but
/// serial_seconds of wall time is spent in them or in handling memory.
struct TimeSplit {
  double compute_seconds = 0;          ///< Inside the bodies of loops.
  double memory_seconds = 0;           ///< Taking, first touching, copying, spilling memory; in loops and outside.
  double synchronisation_seconds = 0;  ///< Threads of a loop that had nothing to do: woken late, or done early.
  double serial_seconds = 0;           ///< The calling thread outside of all that; the other threads slept.
};

struct UsageReport {
  std::uint64_t job = 0;  ///< Counted from 1 in this process; what spans of the job carry in a trace.
  double wall_seconds = 0;
  double utilisation = 0;  ///< Processor time of the whole process / (wall_seconds · threads).
  Usage usage;             ///< Between start and finish of the meter; huge pages at their most over the samples.
  TimeSplit time;
  std::vector<DeviceReading> devices;  ///< At the last sample.
};

/// Accounts for one job, from its construction on, on the thread that constructs, uses and destroys it. Meters nest:
/// an outer one counts what an inner one does. Times of loops are exact for concurrent jobs; Usage is the process's.
/// What of it stands in files (memory, stalls) may be up to 10 ms old at the start, and at the end of a job of less
/// than a millisecond.
class UsageMeter {
 public:
  explicit UsageMeter(std::filesystem::path root = "/");
  ~UsageMeter();
  UsageMeter(const UsageMeter&) = delete;
  UsageMeter& operator=(const UsageMeter&) = delete;

  /// The number of this job in this process.
  [[nodiscard]] std::uint64_t job() const noexcept;

  /// Adds a device beyond the processor to the report; `device` must outlive the meter.
  void watch(const DeviceMonitor& device);

  /// Reads huge pages and devices: what is gone or idle once the job has given its memory back. Without a sample the
  /// report has none of them. Costs what take_usage says, so it is for jobs of a tenth of a second or more.
  void sample();

  /// What was used so far. `threads` ≥ 1 is how many the job was given.
  [[nodiscard]] UsageReport finish(int threads) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace basalt
