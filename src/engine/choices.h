// What a request leaves open, and what of it the machine or the engine bounds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "basalt/inventory.h"
#include "basalt/request.h"
#include "engine/memory_budget.h"
#include "plan/limits.h"

namespace basalt {

/// Throws Error(bad_usage) for numbers out of range and for passes that there are not.
void check_request(const Request& request);

/// The least of what the machine gives and the request allows.
Limit memory_limit(const Request& request, const Limit& machine);

/// The most threads that the request may use; says in `notes` where it asked for more.
int most_threads(const Request& request, const Inventory& inventory, std::vector<std::string>& notes);

/// How many of the threads of `limits` are worth waking for visits of `state_bytes`.
int worthwhile_threads(std::uint64_t state_bytes, const PlanLimits& limits);

/// Whether there is nothing to show of a run: then its most probable states are.
bool asks_for_nothing(const Request& request, const quantum::Script& script);

/// Copies of the state that branching may keep: what its order of visits can need, as far as memory allows.
std::uint64_t choose_saved_states(const MemoryEstimate& estimate, std::uint64_t shots, const Limit& limit);

}  // namespace basalt
