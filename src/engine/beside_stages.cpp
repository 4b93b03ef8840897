#include "engine/beside_stages.h"

#include <algorithm>
#include <cmath>

namespace basalt {
namespace {

/// Of a pass, on one thread: probabilities are added up in double precision, and the largest are looked for.
constexpr double kSecondsPerElement = 0.5e-9;

/// At which drivers give memory, on hosts with an H100 or an H200 (docs/performance.md).
constexpr double kGivenBytesPerSecond = 45e9;

}  // namespace

int result_passes(const Request& request, const quantum::Script& script) {
  return 1 + (script.registers.empty() ? 0 : 1) + static_cast<int>(request.observables.size()) +
         (request.probability_qubits.empty() ? 0 : 1) + (request.top > 0 ? 1 : 0);
}

BesideStages beside_stages(const PlanLimits& limits, ElementType type, int axes, int passes) {
  const auto bytes = static_cast<double>(field_bytes(type, axes));
  const StageCost moved = cost_of_stage(
      limits.costs, {.type = type, .tile_axes = 0, .outer_axes = 0, .bytes = bytes, .work = {}}, limits.threads);
  const double computed = std::exp2(axes) * kSecondsPerElement / moved.threads;
  return {.memory_seconds = moved.seconds, .result_seconds = passes * std::max(moved.seconds, computed)};
}

BesideStages beside_stages(const DeviceLimits& limits, std::uint64_t bytes, std::uint64_t idle_bytes, int passes) {
  const double visit = static_cast<double>(bytes) / limits.bytes_per_second;
  const double given = bytes > idle_bytes ? static_cast<double>(bytes) / kGivenBytesPerSecond : 0;
  return {.memory_seconds = given + visit, .result_seconds = passes * (limits.trip_seconds + visit)};
}

}  // namespace basalt
