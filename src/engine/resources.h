// What all jobs of one engine share: the machine as this process may use it, memory, threads, kernels.
#pragma once

#include "basalt/engine.h"
#include "basalt/memory.h"
#include "engine/arena_cache.h"
#include "runtime/backend/kernel.h"

namespace basalt {

/// Thread-safe.
class Resources {
 public:
  explicit Resources(const EngineSettings& settings);

  /// The machine as it is now, within the settings.
  [[nodiscard]] Inventory inventory() const;
  [[nodiscard]] MemoryResource& memory() noexcept { return host_; }
  [[nodiscard]] ArenaCache& arenas() noexcept { return arenas_; }
  [[nodiscard]] const KernelRegistry& kernels() const noexcept { return kernels_; }

 private:
  EngineSettings settings_;
  HostMemory host_;
  ArenaCache arenas_;
  KernelRegistry kernels_;
};

}  // namespace basalt
