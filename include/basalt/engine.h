// The entry point: an engine takes requests and returns reports.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/gpu.h"
#include "basalt/inventory.h"
#include "basalt/ledger.h"
#include "basalt/pattern.h"
#include "basalt/report.h"
#include "basalt/request.h"
#include "basalt/tune.h"

namespace basalt {

class MemoryResource;
class Resources;

/// How far a run has come.
struct Progress {
  std::uint64_t gates_done = 0;
  std::uint64_t gates_total = 0;  ///< 0 while unknown.
  std::uint64_t shots_done = 0;
  std::uint64_t shots_total = 0;
  double fraction = 0;  ///< 0 to 1, by predicted traffic, or by shots once the circuit branches.
};

struct RunHooks {
  const CancelToken* cancel = nullptr;
  /// From the calling thread, after every stage and every part of the circuit that needs none; keep it short.
  std::function<void(const Progress&)> on_progress;
  OnWait on_wait{};  ///< While other jobs hold what this one needs.
  /// Before anything is run, where the state does not fit where it would be fastest.
  std::function<void(const LadderReport&)> on_ladder{};
  MemoryResource* memory = nullptr;  ///< Source of state-sized memory; null: the engine's own.
};

/// What `check` found in a correct program.
struct CheckResult {
  std::uint32_t qubits = 0;
  std::string language;
  std::vector<std::string> inputs;
  std::vector<std::string> notes;
};

/// Bounds on what all jobs of an engine together may use.
struct EngineSettings {
  int threads = 0;                                  ///< 0: all that the process may use.
  std::optional<std::uint64_t> memory_limit_bytes;  ///< None: all that the process may use.
  /// Most disk space for a state that does not fit in memory, and for states that wait while others run; none: what the
  /// inventory grants; 0: nothing goes to disk.
  std::optional<std::uint64_t> spill_limit_bytes{};
  std::string ledger{};  ///< As LedgerPlace::table.
  /// Runs that take long enough tell the wisdom what they took against what was predicted, so that later choices are
  /// made by corrected predictions. BASALT_HISTORY=off in the environment: they do not.
  bool record_history = false;
};

/// Runs jobs and keeps between them what is costly to set up: threads, memory, kernels. Thread-safe: jobs may run at
/// the same time, and so may several engines in one process. An engine must outlive its runs, and nothing else.
class Engine {
 public:
  /// Throws Error(out_of_resources).
  explicit Engine(const EngineSettings& settings = {});
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Runs a circuit. Throws Error; never std::bad_alloc.
  Report run(const Request& request, const RunHooks& hooks = {});

  /// Runs a pattern. Throws Error; never std::bad_alloc.
  PatternReport run_pattern(const PatternRequest& request, const PatternHooks& hooks = {});

  /// Who may use how much of the machine; programs may take leases of their own.
  [[nodiscard]] Ledger& ledger() noexcept;
  /// State-sized memory, as the jobs take it.
  [[nodiscard]] MemoryResource& memory() noexcept;
  /// What this engine may use, read anew.
  [[nodiscard]] Inventory inventory() const;

 private:
  friend class CompiledCircuit;
  std::unique_ptr<Resources> resources_;
};

/// Runs one circuit on an engine of its own.
Report run(const Request& request, const RunHooks& hooks = {});

/// Parses and type-checks a program for many runs: Request::prepared. Inputs need no values yet. Throws Error.
std::shared_ptr<const PreparedProgram> prepare(const Source& source, const CancelToken* cancel = nullptr);

/// Parses and type-checks only. Throws Error.
CheckResult check(const Source& source, const CancelToken* cancel = nullptr);

/// What this process may use.
struct Devices {
  Inventory inventory;
  std::string instruction_set;    ///< That kernels run with.
  WisdomStatus wisdom;            ///< What was measured of the processor.
  std::string ledger;             ///< The file by which processes share the machine; empty: they do not.
  std::vector<Holding> holdings;  ///< Jobs that have or want a part of it.
  Gpus gpus;
  std::vector<std::string> notes;
};
Devices devices();

}  // namespace basalt
