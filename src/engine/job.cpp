#include "engine/job.h"

#include "engine/prepared_program.h"

namespace basalt {

MemoryResource& Job::memory() const noexcept {
  return hooks.memory != nullptr ? *hooks.memory : resources.memory();
}

PlanCache& Job::plans() noexcept {
  return request.prepared && script->inputs.empty() ? *request.prepared->plans : own_plans;
}

quantum::PassOptions Job::options_at_end_of(const quantum::Machine& machine) const {
  return options_at_end(request, results->observables(), machine.registers());
}

quantum::PassOptions Job::opening_options() const {
  return opening->status == quantum::Machine::Status::finished ? options_at_end_of(opening->machine)
                                                               : options_before_more(request);
}

}  // namespace basalt
