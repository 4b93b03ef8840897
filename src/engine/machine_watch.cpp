#include "engine/machine_watch.h"

#include <limits>
#include <utility>
#include <vector>

namespace basalt {
namespace {

constexpr const char* kSettings = "the engine's settings";

void bound(Limit& least, std::vector<Limit>& limits, std::uint64_t value) {
  limits.push_back({value, kSettings});
  if (value < least.value) {
    least = limits.back();
  }
}

void bound(Capacity& capacity, Resource resource, std::uint64_t value) {
  capacity.limits.push_back(
      {.resource = resource, .name = kSettings, .value = value, .shared = false, .is_what_is_left = false});
}

}  // namespace

MachineWatch::MachineWatch(EngineSettings settings)
    : settings_(std::move(settings)), wisdom_(look_up_wisdom(watch_.now())) {
  follow();
}

Inventory MachineWatch::whole() {
  const std::scoped_lock lock(mutex_);
  look(kFreshSeconds);
  return watch_.now();
}

Inventory MachineWatch::inventory() {
  const std::scoped_lock lock(mutex_);
  look(kFreshSeconds);
  return inventory_;
}

Capacity MachineWatch::capacity(double most_seconds_ago) {
  const std::scoped_lock lock(mutex_);
  look(most_seconds_ago);
  return capacity_;
}

Limit MachineWatch::memory_limit(std::uint64_t held_bytes) {
  const std::scoped_lock lock(mutex_);
  look(kFreshSeconds);
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  const CapacityLimit* tightest = nullptr;
  for (const CapacityLimit& limit : capacity_.limits) {
    const std::uint64_t value = limit.value + (limit.is_what_is_left ? held_bytes : 0);
    if (limit.resource == Resource::host_bytes && value < least) {
      least = value;
      tightest = &limit;
    }
  }
  return {.value = least, .source = tightest != nullptr ? tightest->name : ""};
}

PlanLimits MachineWatch::plan_limits(int threads) {
  const std::scoped_lock lock(mutex_);
  const auto [entry, is_new] = plan_limits_.try_emplace(threads);
  if (is_new) {
    entry->second = choose_limits(inventory_, wisdom_.figures, threads);
    entry->second.choices.clear();
  }
  return entry->second;
}

void MachineWatch::look(double most_seconds_ago) {
  if (since_read_.seconds() > most_seconds_ago) {
    watch_.changed();
    follow();
    since_read_.restart();
  }
}

/// What follows from what was read.
void MachineWatch::follow() {
  inventory_ = watch_.now();
  capacity_ = capacity_of(inventory_);
  plan_limits_.clear();
  if (settings_.threads > 0) {
    const auto threads = static_cast<std::uint64_t>(settings_.threads);
    bound(inventory_.cores, inventory_.core_limits, threads);
    bound(capacity_, Resource::cores, threads);
  }
  if (settings_.memory_limit_bytes) {
    bound(inventory_.memory_bytes, inventory_.memory_limits, *settings_.memory_limit_bytes);
    bound(capacity_, Resource::host_bytes, *settings_.memory_limit_bytes);
  }
}

}  // namespace basalt
