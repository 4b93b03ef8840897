#include "engine/resources.h"

#include <algorithm>

#include "workloads/quantum/kernels/kernels.h"

namespace basalt {

Resources::Resources(const EngineSettings& settings) : settings_(settings) {
  quantum::register_cpu_kernels(kernels_);
}

Inventory Resources::inventory() const {
  Inventory inventory = take_inventory();
  const auto cores = static_cast<std::uint64_t>(settings_.threads);
  if (settings_.threads > 0 && cores < inventory.cores.value) {
    inventory.cores = {cores, "the engine's settings"};
  }
  if (settings_.memory_limit_bytes && *settings_.memory_limit_bytes < inventory.memory_bytes.value) {
    inventory.memory_bytes = {*settings_.memory_limit_bytes, "the engine's settings"};
  }
  return inventory;
}

}  // namespace basalt
