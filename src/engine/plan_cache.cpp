#include "engine/plan_cache.h"

#include <algorithm>
#include <utility>

#include "workloads/quantum/kernels/tile_compiler.h"

namespace basalt {
namespace {

/// A program is run in few ways at a time: with another precision, with other results.
constexpr std::size_t kMostPlans = 4;

/// Compiled stages are kept where they are small, and where compiling takes a noticeable part of the time.
constexpr std::size_t kMostKeptSteps = 4096;
constexpr std::uint64_t kMostKeptStateBytes = std::uint64_t{1} << 20;

}  // namespace

ReadyCircuit make_ready(const quantum::Circuit& circuit, const quantum::PassOptions& options, ElementType type,
                        const PlanLimits& limits) {
  const int axes = static_cast<int>(circuit.qubit_count());
  ReadyCircuit result{.planned = plan_circuit(circuit, options, type, limits, 0), .compiled = {}};
  const Program& program = result.planned.lowered.program;
  if (program.steps.size() <= kMostKeptSteps && field_bytes(type, axes) <= kMostKeptStateBytes) {
    result.compiled = compile_stages(result.planned.plan.stages, program, type, axes, quantum::tile_compiler());
  }
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

std::shared_ptr<const ReadyCircuit> PlanCache::circuit(const PlanKey& key, const std::function<ReadyCircuit()>& make) {
  {
    const std::scoped_lock lock(mutex_);
    const auto entry = std::ranges::find(entries_, key, &Entry::key);
    if (entry != entries_.end()) {
      return entry->circuit;
    }
  }
  auto made = std::make_shared<const ReadyCircuit>(make());
  const std::scoped_lock lock(mutex_);
  if (entries_.size() == kMostPlans) {
    entries_.erase(entries_.begin());
  }
  entries_.push_back({key, made});
  return made;
}

}  // namespace basalt
