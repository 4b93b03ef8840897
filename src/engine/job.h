// One job on its way from request to report: what its steps share.
#pragma once

#include <memory>
#include <vector>

#include "basalt/engine.h"
#include "basalt/plan.h"
#include "engine/disk_shape.h"
#include "engine/memory_budget.h"
#include "engine/plan_cache.h"
#include "engine/resources.h"
#include "engine/results.h"
#include "runtime/metrics/metrics.h"

namespace basalt {

class RunKeeper;

/// For one thread. References must outlive it.
struct Job {
  Job(Resources& of_engine, Request what, const RunHooks& run_hooks)
      : resources(of_engine),
        request(std::move(what)),
        hooks(run_hooks),
        cancel(run_hooks.cancel != nullptr ? *run_hooks.cancel : never) {}

  [[nodiscard]] bool on_device() const noexcept { return request.backend == Backend::vulkan; }
  [[nodiscard]] int qubits() const noexcept { return static_cast<int>(script->qubit_count); }
  [[nodiscard]] ElementType type() const noexcept { return element_type_of(request.precision); }
  /// Where state-sized memory comes from.
  [[nodiscard]] MemoryResource& memory() const noexcept;
  /// For whatever changes the state: a run that is kept is not left in the middle of a stage.
  [[nodiscard]] const CancelToken& state_cancel() const noexcept;
  /// Plans for other inputs are no use.
  [[nodiscard]] PlanCache& plans() noexcept;
  [[nodiscard]] quantum::PassOptions options_at_end_of(const quantum::Machine& machine) const;
  /// For the opening.
  [[nodiscard]] quantum::PassOptions opening_options() const;

  Resources& resources;
  Request request;
  const RunHooks& hooks;
  const CancelToken never;
  const CancelToken& cancel;
  UsageMeter usage;
  Inventory inventory;
  Report report;
  std::shared_ptr<const quantum::Script> script;
  Limit limit;  ///< Of the host's memory.
  std::unique_ptr<Results> results;
  PlanCache own_plans;
  std::shared_ptr<const Opening> opening;
  MemoryEstimate estimate;
  int most_threads = 1;
  PlanLimits limits;
  std::shared_ptr<RunKeeper> keeper;  ///< Null: the run is not kept on disk.
  Lease lease;
  BackendChoice choice;           ///< Without candidates where the request named the backend.
  double expected_seconds = 0;    ///< Of the stages, for the ledger; 0: not known.
  std::optional<DiskShape> disk;  ///< How the state lies there, where it does.
  /// Tiles of a state in the host's memory that a device works on, where it does.
  std::optional<VisitLimits> streamed;
  std::vector<std::shared_ptr<OpenDevice>> devices;  ///< Of the Vulkan backend: each holds a part of the state.
};

/// Of a program without classical bits that is asked for nothing: its most probable states, and a note.
void show_something(Job& job);

/// Having to wait for others is no reason to be refused: the limit becomes what there is without them. What they
/// touch or give back just now is counted a little later, so that it is looked at for some time.
void wait_for_sight_of(Job& job, std::uint64_t bytes);

}  // namespace basalt
