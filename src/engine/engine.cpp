#include "basalt/engine.h"

#include <new>

#include "engine/resources.h"
#include "engine/run.h"
#include "engine/run_pattern.h"

namespace basalt {

namespace {

std::unique_ptr<Resources> set_up(const EngineSettings& settings) {
  try {
    return std::make_unique<Resources>(settings);
  } catch (const std::bad_alloc&) {
    throw out_of_memory();
  }
}

}  // namespace

Engine::Engine(const EngineSettings& settings) : resources_(set_up(settings)) {}

Engine::~Engine() = default;

Report Engine::run(const Request& request, const RunHooks& hooks) {
  return run_request(*resources_, request, hooks);
}

PatternReport Engine::run_pattern(const PatternRequest& request, const PatternHooks& hooks) {
  return run_pattern_request(*resources_, request, hooks);
}

Ledger& Engine::ledger() noexcept {
  return resources_->ledger();
}

MemoryResource& Engine::memory() noexcept {
  return resources_->memory();
}

Inventory Engine::inventory() const {
  return resources_->inventory();
}

Report run(const Request& request, const RunHooks& hooks) {
  return Engine().run(request, hooks);
}

}  // namespace basalt
