#include "engine/resources.h"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <limits>

#include "basalt/error_log.h"
#include "basalt/metrics.h"
#include "basalt/tune.h"
#include "base/system_files.h"
#include "runtime/cpu/instruction_set.h"
#include "workloads/quantum/kernels/kernels.h"

namespace basalt {
namespace {

/// Reading all limits takes half a millisecond: as long as many a small job.
constexpr double kFreshSeconds = 0.1;

constexpr const char* kSettings = "the engine's settings";

/// Where threads are pinned; none: nowhere.
std::vector<int> choose_processors(const Inventory& inventory, const std::optional<CpuFigures>& figures) {
  const PlanLimits limits = choose_limits(inventory, figures, static_cast<int>(inventory.cores.value));
  return limits.pin_threads ? list_numbers(inventory.allowed_processors).value_or(std::vector<int>{})
                            : std::vector<int>{};
}

/// For blocks that all cores work on.
Placement placement_for(const Inventory& inventory) {
  return choose_placement(inventory.physical_memory_bytes, static_cast<int>(inventory.cores.value), inventory.nodes);
}

std::unique_ptr<RecorderAdaptor> make_recorder(MemoryResource& upstream) {
  const char* path = std::getenv("BASALT_MEMORY_TRACE");  // NOLINT(concurrency-mt-unsafe): nothing sets variables
  return path == nullptr || *path == '\0' ? nullptr : std::make_unique<RecorderAdaptor>(upstream, path);
}

void bound(Limit& least, std::vector<Limit>& limits, std::uint64_t value) {
  limits.push_back({value, kSettings});
  if (value < least.value) {
    least = limits.back();
  }
}

/// What a pool may keep between jobs. No lease covers it: it must not matter to others, also in a small container.
std::uint64_t most_idle_bytes(const Inventory& inventory) {
  constexpr std::uint64_t kMostIdleBytes = std::uint64_t{256} << 20;
  constexpr std::uint64_t kIdleShare = 32;
  return std::min(kMostIdleBytes, inventory.memory_bytes.value / kIdleShare);
}

/// The tightest limit on memory, were `held_bytes` of what is touched given back.
Limit least_memory(const Capacity& capacity, std::uint64_t held_bytes) {
  Limit least{.value = std::numeric_limits<std::uint64_t>::max(), .source = {}};
  for (const CapacityLimit& limit : capacity.limits) {
    const std::uint64_t value = limit.value + (limit.is_what_is_left ? held_bytes : 0);
    if (limit.resource == Resource::host_bytes && value < least.value) {
      least = {.value = value, .source = limit.name};
    }
  }
  return least;
}

}  // namespace

Resources::Resources(const EngineSettings& settings)
    : settings_(settings),
      figures_(look_up_wisdom(watch_.now()).figures),
      placed_(host_, placement_for(watch_.now()), watch_.now().nodes),
      pool_(placed_, {.max_idle_bytes = most_idle_bytes(watch_.now())}),
      recorder_(make_recorder(pool_)),
      statistics_(recorder_ != nullptr ? static_cast<MemoryResource&>(*recorder_) : pool_),
      memory_(statistics_),
      arenas_(choose_processors(watch_.now(), figures_)),
      ledger_([this] { return capacity(0); }, {.table = settings.ledger}) {
  quantum::register_cpu_kernels(kernels_);
  use_instruction_set(plan_limits(watch_.now(), 1).instruction_set);
  load_tools();
}

Resources::~Resources() {
  pool_.trim();
  if (recorder_ != nullptr) {
    try {
      recorder_->finish();
    } catch (const Error& error) {
      log_error(error, {}, "memory trace");
    }
  }
}

Inventory Resources::inventory() {
  Inventory inventory = watch(kFreshSeconds);
  if (settings_.threads > 0) {
    bound(inventory.cores, inventory.core_limits, static_cast<std::uint64_t>(settings_.threads));
  }
  if (settings_.memory_limit_bytes) {
    bound(inventory.memory_bytes, inventory.memory_limits, *settings_.memory_limit_bytes);
  }
  return inventory;
}

Inventory Resources::watch(double most_seconds_ago) {
  const std::scoped_lock lock(watch_mutex_);
  if (since_watched_.seconds() > most_seconds_ago) {
    watch_.changed();
    since_watched_.restart();
  }
  return watch_.now();
}

Capacity Resources::capacity(double most_seconds_ago) {
  Capacity capacity = capacity_of(watch(most_seconds_ago));
  const auto add = [&](Resource resource, std::uint64_t value) {
    capacity.limits.push_back(
        {.resource = resource, .name = kSettings, .value = value, .shared = false, .is_what_is_left = false});
  };
  if (settings_.threads > 0) {
    add(Resource::cores, static_cast<std::uint64_t>(settings_.threads));
  }
  if (settings_.memory_limit_bytes) {
    add(Resource::host_bytes, *settings_.memory_limit_bytes);
  }
  return capacity;
}

Limit Resources::memory_limit() {
  return least_memory(capacity(kFreshSeconds), 0);
}

Limit Resources::memory_limit_alone() {
  std::uint64_t held = 0;
  for (const Holding& holding : ledger_.holdings()) {
    held += holding.resident_bytes;
  }
  return least_memory(capacity(kFreshSeconds), held);
}

PlanLimits Resources::plan_limits(const Inventory& inventory, int threads) const {
  return choose_limits(inventory, figures_, threads);
}

bool Resources::somebody_waits() const noexcept {
  try {
    const std::vector<Holding> holdings = ledger_.holdings();
    return std::ranges::any_of(holdings, [](const Holding& holding) { return holding.state == HoldState::waiting; });
  } catch (const std::exception&) {
    return true;  // memory ran out, or the table is gone: no time to keep what others may need
  }
}

void Resources::job_ended() noexcept {
  if (pool_.statistics().idle_bytes > 0 && somebody_waits()) {
    pool_.trim();
  }
}

SpillFile* Resources::spill() {
  const std::scoped_lock lock(spill_mutex_);
  if (spill_ == nullptr) {
    const SpillSpace space = inventory().spill;
    const std::uint64_t limit = std::min(space.bytes.value, settings_.spill_limit_bytes.value_or(space.bytes.value));
    if (limit == 0) {
      return nullptr;
    }
    try {
      spill_ = std::make_unique<SpillFile>(make_spill_storage(space.folder),
                                           SpillOptions{.limit_bytes = limit, .codec = std::nullopt});
    } catch (const Error&) {
      return nullptr;  // a folder that cannot be written is a disk without room
    }
  }
  return spill_.get();
}

}  // namespace basalt
