#include "engine/choices.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "basalt/error.h"
#include "basalt/ledger.h"
#include "workloads/quantum/passes/passes.h"

namespace basalt {

void check_request(const Request& request) {
  if (request.shots < 1 || request.shots > kMaxShots) {
    throw Error(ErrorCode::bad_usage, fmt::format("--shots {} is out of range", request.shots),
                fmt::format("give 1 to {}", kMaxShots));
  }
  if (request.threads < 0) {
    throw Error(ErrorCode::bad_usage, fmt::format("--threads {} is out of range", request.threads),
                "give 1 or more; leave it out for all that this process may use");
  }
  if (request.priority < kLowestPriority || request.priority > kHighestPriority) {
    throw Error(ErrorCode::bad_usage, fmt::format("--priority {} is out of range", request.priority),
                fmt::format("give {} to {}", kLowestPriority, kHighestPriority));
  }
  if (request.backend == Backend::cpu && (!request.device.empty() || request.fall_back)) {
    throw Error(ErrorCode::bad_usage,
                request.fall_back ? "--fallback is about devices, and the backend is cpu"
                                  : fmt::format("--device {} is given, and the backend is cpu", request.device),
                "give --backend vulkan with it");
  }
  if (request.verify > kMaxVerify) {
    throw Error(ErrorCode::bad_usage, fmt::format("--verify {} is out of range", request.verify),
                fmt::format("give 1 to {}", kMaxVerify));
  }
  if (!(request.lossy_storage >= 0 && request.lossy_storage <= kMaxLossyStorage)) {
    throw Error(ErrorCode::bad_usage, fmt::format("--compression lossy={:g} is out of range", request.lossy_storage),
                fmt::format("give above 0 and at most {:g}, or lossless", kMaxLossyStorage));
  }
  quantum::check_pass_names(request.without_passes);
}

Limit memory_limit(const Request& request, const Limit& machine) {
  Limit limit = machine;
  if (request.memory_limit_bytes && *request.memory_limit_bytes < limit.value) {
    limit = {*request.memory_limit_bytes, "--memory"};
  }
  return limit;
}

int most_threads(const Request& request, const Inventory& inventory, std::vector<std::string>& notes) {
  const int cores = static_cast<int>(inventory.cores.value);
  if (request.threads > cores) {
    notes.push_back(fmt::format("--threads {} is more than the {} that this process may use ({}): using {}",
                                request.threads, cores, inventory.cores.source, cores));
  }
  return request.threads == 0 ? cores : std::min(request.threads, cores);
}

int worthwhile_threads(std::uint64_t state_bytes, const PlanLimits& limits) {
  const std::uint64_t sweep_bytes = 2 * state_bytes;
  if (sweep_bytes <= limits.serial_bytes) {
    return 1;
  }
  int worthwhile = 1;
  for (const ThreadStep& step : limits.thread_steps) {
    if (sweep_bytes < step.bytes) {
      return worthwhile;
    }
    worthwhile = std::min(step.threads, limits.threads);
  }
  return limits.threads;
}

bool asks_for_nothing(const Request& request, const quantum::Script& script) {
  return script.registers.empty() && script.outputs.empty() && request.observables.empty() &&
         request.probability_qubits.empty() && request.top == 0 && request.save_state.empty();
}

std::uint64_t choose_saved_states(const MemoryEstimate& estimate, std::uint64_t shots, const Limit& limit) {
  const auto most = static_cast<std::uint64_t>(std::bit_width(shots));
  const std::uint64_t spare = limit.value - estimate.promised_bytes();
  return std::min(most, spare / estimate.state_bytes);
}

}  // namespace basalt
