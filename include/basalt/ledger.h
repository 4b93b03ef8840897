// Who may use how much of this machine, now: one ledger over host memory, device memory, cores and queue slots, shared
// by all jobs of this process and, through a table in shared memory, by all Basalt processes of this user.
//
//   Ledger ledger(measure);                        // measure: [] { return capacity_of(take_inventory()); }
//   Lease lease = ledger.acquire({.host_bytes = 4 * kGiB, .max_cores = 8}, {.name = "fluid"}, cancel);
//   while (step()) {
//     lease.at_boundary(...);                      // see Signal
//     arena.use(lease.cores());
//   }                                              // the lease ends with its object
//
// What is promised, in docs/runtime/resource.md: all or nothing, never more than there is, nothing starves, a job that
// is passed over is delayed by nobody of lower priority, and whatever a killed process held is free again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/inventory.h"

namespace basalt {

/// Priorities go from kLowestPriority to kHighestPriority; what nobody chose is kNormalPriority.
inline constexpr int kLowestPriority = -10;
inline constexpr int kNormalPriority = 0;
inline constexpr int kHighestPriority = 10;

enum class Resource : std::uint8_t { host_bytes, cores, device_bytes, queue_slots };

/// One limit on one resource. A job must fit under every limit that its process is subject to.
struct CapacityLimit {
  Resource resource = Resource::host_bytes;
  std::string name;  ///< Says where it comes from, e.g. "cgroup v2 memory.max of /job"; of device bytes the heap.
  std::uint64_t value = 0;  ///< Bytes, cores or slots.
  /// Other processes that name the same limit share it; otherwise it is this ledger's own, e.g. "BASALT_THREADS".
  bool shared = false;
  /// `value` is what is left after what all processes have touched so far, as the system counts it. The ledger then
  /// adds what its leases noted as resident, so that nothing counts twice.
  bool is_what_is_left = false;
};

struct Capacity {
  std::vector<CapacityLimit> limits;
};

/// Every limit on cores and memory of the inventory. Devices are added by whoever knows them.
Capacity capacity_of(const Inventory& inventory);

struct HeapBytes {
  std::string heap;  ///< Name of a limit on device bytes.
  std::uint64_t bytes = 0;
};

/// What a job needs, all of it or nothing.
struct Demand {
  std::uint64_t host_bytes = 0;
  /// Of `host_bytes`, what this process has already touched and will use for the job: blocks kept from earlier ones.
  std::uint64_t cached_bytes = 0;
  std::vector<HeapBytes> device_bytes{};  ///< At most 4 heaps.
  int min_cores = 1;                      ///< The job starts once it has these; it is paused when they are taken.
  int max_cores = 1;                      ///< More are given while nobody else wants them.
  int queue_slots = 0;
  double expected_seconds =
      0;  ///< How long the job is predicted to run; 0: unknown. Lets short jobs pass waiting ones.
  bool can_release_host = false;  ///< The job can save its state and do what Signal::release_memory asks.
};

struct JobInfo {
  std::string name;                ///< For people; cut to 47 bytes.
  int priority = kNormalPriority;  ///< Of the range above.
};

/// Why a job does not run yet.
struct Waiting {
  double seconds = 0;                ///< So far.
  std::string reason;                ///< E.g. "12.0 GiB of memory needed, 8.0 GiB of 24.0 GiB free (available memory)".
  std::vector<std::string> holders;  ///< Those who hold what is missing, the largest first: "fluid (process 4711)".
};

/// Called from the waiting thread when a wait begins, and again when the reason changes, once a second at most.
using OnWait = std::function<void(const Waiting&)>;

/// What a job has to do at the end of a step.
enum class Signal : std::uint8_t {
  go_on,
  pause,           ///< A job of higher priority has the cores. State is kept: call wait_for_cores().
  release_memory,  ///< A job of higher priority needs the memory: save the state, call release_host(), reacquire().
};

/// A grant, given back when destroyed. Belongs to the thread that runs the job, but for cores(). Movable. May outlive
/// its ledger.
class Lease {
 public:
  Lease() noexcept;  ///< Holds nothing.
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease();

  /// Threads that the job may use now: 0 while it is paused, else within the bounds of its demand. Any thread may ask.
  [[nodiscard]] int cores() const noexcept;
  [[nodiscard]] std::uint64_t host_bytes() const noexcept;

  /// Call it at the end of every step, however short: unless a millisecond has passed it costs a look at the clock.
  /// Follow cores() afterwards.
  Signal at_boundary();

  /// Waits until a paused job has cores again (go_on) or is asked for its memory, too (release_memory). Throws
  /// Error(cancelled).
  Signal wait_for_cores(const CancelToken& cancel, const OnWait& on_wait = {});

  /// The job cannot save its state after all: it will not be asked for its memory again.
  void keep_host();
  /// Gives back host memory and cores; device memory and slots stay. The memory must be free by then.
  void release_host();
  /// Waits until what release_host() gave back is granted again; age counts from where it stood. Throws
  /// Error(cancelled).
  void reacquire(const CancelToken& cancel, const OnWait& on_wait = {});

  /// Gives back host memory beyond `bytes`, which is already free.
  void shrink_host(std::uint64_t bytes);

  /// How much of the promised host memory the job has touched: the system counts it from then on. Call it after the
  /// first touch, and with less before memory is freed.
  void note_resident(std::uint64_t bytes);

  /// When the lease ends, its process keeps `bytes` of touched memory for later jobs (see Demand::cached_bytes): the
  /// ledger must not take them for free.
  void leave_cached(std::uint64_t bytes);

 private:
  friend class Ledger;
  struct Grant;
  explicit Lease(std::unique_ptr<Grant> grant) noexcept;
  template <typename Change>
  void change(Change change_job);
  std::unique_ptr<Grant> grant_;
};

enum class HoldState : std::uint8_t { waiting, running, paused };

/// One line of the ledger.
struct Holding {
  std::string name;
  std::int64_t pid = 0;  ///< As its own process sees it.
  bool own = false;      ///< Of this ledger.
  HoldState state = HoldState::waiting;
  int priority = kNormalPriority;
  double age_seconds = 0;        ///< Since it was asked for.
  double waited_seconds = 0;     ///< Of these, without cores.
  std::uint64_t host_bytes = 0;  ///< Held, or waited for.
  std::uint64_t resident_bytes = 0;
  std::vector<HeapBytes> device_bytes;
  int queue_slots = 0;
  int cores = 0;  ///< Held now; 0 while waiting or paused.
  int min_cores = 0;
  int max_cores = 0;
};

/// Where the ledger is kept.
struct LedgerPlace {
  /// Empty: what the variable BASALT_LEDGER says, else a file of this user in shared memory. "off": this process only.
  std::string table;
};

/// Thread-safe. Several ledgers of one process share the machine as several processes do.
class Ledger {
 public:
  /// `measure` says what there is. It is called by acquire(), at times while jobs wait, and by refresh(), from their
  /// threads, never from two at once. Where no table can be shared, notes() says why and the ledger is this process's
  /// own; the constructor throws only what `measure` throws.
  explicit Ledger(std::function<Capacity()> measure, const LedgerPlace& place = {});
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  /// Waits until everything is granted. Throws Error(out_of_resources) at once, with the numbers, where the demand
  /// would not fit even if nobody else held anything; Error(cancelled); Error(bad_usage) for a demand without sense.
  Lease acquire(const Demand& demand, const JobInfo& job, const CancelToken& cancel, const OnWait& on_wait = {});

  /// The same without waiting; nothing where acquire() would wait.
  std::optional<Lease> try_acquire(const Demand& demand, const JobInfo& job);

  /// How long acquire() would wait, by what running jobs are expected to take: 0 where it would not, infinity where
  /// nobody can say. Heaps count whose devices any process that shares the ledger has opened. Changes nothing. Throws
  /// as acquire() does for what would never fit or makes no sense.
  [[nodiscard]] double predict_wait(const Demand& demand, const JobInfo& job);

  /// Reads the capacity again; jobs that hold cores grow or shrink at their next boundary.
  void refresh();

  /// Everything that is held or waited for, of all processes, in the order in which it was asked for.
  [[nodiscard]] std::vector<Holding> holdings() const;

  /// The file that is shared; empty where the ledger is this process's own.
  [[nodiscard]] std::string table_path() const;
  /// What people should know, e.g. that a damaged table was replaced.
  [[nodiscard]] std::vector<std::string> notes() const;

 private:
  friend class Lease;
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace basalt
