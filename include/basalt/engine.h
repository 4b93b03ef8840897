// The entry point: takes a request, returns a report.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/inventory.h"
#include "basalt/report.h"
#include "basalt/request.h"

namespace basalt {

class MemoryResource;

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
  std::function<void(const Progress&)> on_progress;  ///< From the calling thread, after every stage; keep it short.
  MemoryResource* memory = nullptr;                  ///< Source of state-sized memory; null: the system.
};

/// What `check` found in a correct program.
struct CheckResult {
  std::uint32_t qubits = 0;
  std::string language;
  std::vector<std::string> inputs;
  std::vector<std::string> notes;
};

/// Runs a circuit. Throws Error; never std::bad_alloc.
Report run(const Request& request, const RunHooks& hooks = {});

/// Parses and type-checks only. Throws Error.
CheckResult check(const Source& source, const CancelToken* cancel = nullptr);

/// What this process may use.
struct Devices {
  Inventory inventory;
  std::string instruction_set;  ///< That kernels run with.
};
Devices devices();

}  // namespace basalt
