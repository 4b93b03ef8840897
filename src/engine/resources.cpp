#include "engine/resources.h"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string_view>
#include <utility>

#include "basalt/error_log.h"
#include "basalt/metrics.h"
#include "basalt/tune.h"
#include "base/system_files.h"
#include "runtime/cpu/instruction_set.h"
#include "runtime/resource/spill_space.h"
#include "workloads/quantum/kernels/kernels.h"

namespace basalt {
namespace {

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

bool is_history_off() {
  const char* value = std::getenv("BASALT_HISTORY");  // NOLINT(concurrency-mt-unsafe): nothing sets variables
  return value != nullptr && std::string_view(value) == "off";
}

/// What a pool may keep between jobs. No lease covers it: it must not matter to others, also in a small container.
std::uint64_t most_idle_bytes(const Inventory& inventory) {
  constexpr std::uint64_t kMostIdleBytes = std::uint64_t{256} << 20;
  constexpr std::uint64_t kIdleShare = 32;
  return std::min(kMostIdleBytes, inventory.memory_bytes.value / kIdleShare);
}

}  // namespace

Resources::Resources(const EngineSettings& settings)
    : settings_(settings),
      records_history_(settings.record_history && !is_history_off()),
      machine_(settings),
      placed_(host_, placement_for(machine_.whole()), machine_.whole().nodes),
      pool_(placed_, {.max_idle_bytes = most_idle_bytes(machine_.whole())}),
      recorder_(make_recorder(pool_)),
      statistics_(recorder_ != nullptr ? static_cast<MemoryResource&>(*recorder_) : pool_),
      memory_(statistics_),
      arenas_(choose_processors(machine_.whole(), machine_.figures())),
      ledger_([this] { return capacity(); }, {.table = settings.ledger}) {
  quantum::register_cpu_kernels(kernels_);
  use_instruction_set(machine_.plan_limits(1).instruction_set);
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

Capacity Resources::capacity() {
  Capacity capacity = machine_.capacity(0);
  for (CapacityLimit& limit : devices_.capacity()) {
    capacity.limits.push_back(std::move(limit));
  }
  return capacity;
}

std::vector<std::shared_ptr<OpenDevice>> Resources::open_devices(const std::vector<std::string>& names) {
  std::vector<std::shared_ptr<OpenDevice>> devices;
  std::map<std::string, std::size_t> twins;  // so far, by the device's UUID
  for (const std::string& name : names) {
    const std::string& uuid = vulkan::Instance::get().find(name).properties.uuid;
    devices.push_back(devices_.open(name, twins[uuid]++));
  }
  // which measures the machine anew: that takes as long as a small job
  if (const std::size_t openings = devices_.openings(); openings != known_openings_.load()) {
    ledger_.refresh();
    known_openings_.store(openings);
  }
  return devices;
}

Limit Resources::memory_limit_alone() {
  std::uint64_t held = 0;
  for (const Holding& holding : ledger_.holdings()) {
    held += holding.resident_bytes;
  }
  return machine_.memory_limit(held);
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
  constexpr std::uint64_t kWorthGiving = std::uint64_t{1} << 20;  // less than asking who waits is worth
  if (pool_.statistics().idle_bytes >= kWorthGiving && somebody_waits()) {
    pool_.trim();
  }
}

SpillSpace Resources::spill_space(const std::string& folder) {
  SpillSpace space = folder.empty() ? inventory().spill : read_spill_space("/", std::filesystem::absolute(folder));
  if (settings_.spill_limit_bytes && *settings_.spill_limit_bytes < space.bytes.value) {
    space.bytes = {*settings_.spill_limit_bytes, "--spill-limit"};
  }
  return space;
}

SpillFile* Resources::spill() {
  const std::scoped_lock lock(spill_mutex_);
  if (spill_ == nullptr) {
    const SpillSpace space = spill_space();
    const std::uint64_t limit = space.bytes.value;
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

double Resources::sweep_seconds(ElementType type, int axes, int threads, const std::function<double()>& measure) {
  constexpr int kMostAxes = 24;
  const std::tuple key(type, axes, threads);
  if (axes > kMostAxes) {
    return measure();
  }
  {
    const std::scoped_lock lock(sweeps_mutex_);
    if (const auto found = sweeps_.find(key); found != sweeps_.end()) {
      return found->second;
    }
  }
  const double seconds = measure();
  const std::scoped_lock lock(sweeps_mutex_);
  return sweeps_.try_emplace(key, seconds).first->second;
}

}  // namespace basalt
