#include "engine/plan_cache.h"

#include <algorithm>
#include <utility>

#include "workloads/quantum/kernels/tile_compiler.h"

namespace basalt {
namespace {

/// A program is run in few ways at a time: with another precision, with other results.
constexpr std::size_t kMostPlans = 8;

/// Compiled stages are kept where they are small, and where compiling takes a noticeable part of the time.
constexpr std::size_t kMostKeptSteps = 4096;
constexpr std::uint64_t kMostKeptStateBytes = std::uint64_t{1} << 20;

}  // namespace

PlanKey plan_key(ElementType type, int threads, const std::string& instruction_set,
                 const quantum::PassOptions& options) {
  return {.type = type,
          .threads = threads,
          .instruction_set = instruction_set,
          .without_passes = options.without,
          .wanted_qubits = options.wanted_qubits,
          .phases_matter = options.phases_matter};
}

std::shared_ptr<const ReadyCircuit> make_ready(const quantum::Circuit& circuit, const quantum::PassOptions& options,
                                               ElementType type, const PlanLimits& limits) {
  const int axes = static_cast<int>(circuit.qubit_count());
  auto result = std::make_shared<ReadyCircuit>();
  result->planned = plan_circuit(circuit, options, type, limits, 0);
  const Program& program = result->planned.lowered.program;
  if (program.steps.size() <= kMostKeptSteps && field_bytes(type, axes) <= kMostKeptStateBytes) {
    result->compiled = compile_stages(result->planned.plan.stages, program, type, axes, quantum::tile_compiler());
    result->planned.plan.forget_preparing();
  }
  return result;
}

std::shared_ptr<const ReadyCircuit> make_ready_for_device(const quantum::Circuit& circuit,
                                                          const quantum::PassOptions& options, ElementType type,
                                                          const DeviceLimits& limits) {
  auto result = std::make_shared<ReadyCircuit>();
  result->planned = plan_circuit_for_device(circuit, options, type, limits, /*touched_axes=*/0);
  result->planned.lowered.program.identity = std::make_shared<const char>();
  return result;
}

std::shared_ptr<const Opening> PlanCache::opening(const std::function<Opening()>& make) {
  {
    const std::scoped_lock lock(mutex_);
    if (opening_) {
      return opening_;
    }
  }
  auto made = std::make_shared<const Opening>(make());
  const std::scoped_lock lock(mutex_);
  opening_ = made;
  return made;
}

std::shared_ptr<const ReadyCircuit> PlanCache::circuit(const PlanKey& key, const Make& make) {
  {
    const std::scoped_lock lock(mutex_);
    const auto entry = std::ranges::find(entries_, key, &Entry::key);
    if (entry != entries_.end()) {
      return entry->circuit;
    }
  }
  std::shared_ptr<const ReadyCircuit> made = make();
  const std::scoped_lock lock(mutex_);
  if (entries_.size() == kMostPlans) {
    entries_.erase(entries_.begin());
  }
  entries_.push_back({key, made});
  return made;
}

}  // namespace basalt
