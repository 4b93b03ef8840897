#include "engine/job.h"

#include <chrono>
#include <thread>

#include "base/stopwatch.h"
#include "engine/choices.h"
#include "engine/prepared_program.h"
#include "engine/run_keeper.h"

namespace basalt {

MemoryResource& Job::memory() const noexcept {
  return hooks.memory != nullptr ? *hooks.memory : resources.memory();
}

const CancelToken& Job::state_cancel() const noexcept {
  return keeper ? keeper->cancel() : cancel;
}

PlanCache& Job::plans() noexcept {
  return request.prepared && script->inputs.empty() && script->narrowing.width == 0 ? *request.prepared->plans
                                                                                    : own_plans;
}

quantum::PassOptions Job::options_at_end_of(const quantum::Machine& machine) const {
  return options_at_end(request, results->observables(), machine.registers());
}

quantum::PassOptions Job::opening_options() const {
  return opening->status == quantum::Machine::Status::finished ? options_at_end_of(opening->machine)
                                                               : options_before_more(request);
}

void show_something(Job& job) {
  constexpr std::uint64_t kDefaultTop = 8;
  if (asks_for_nothing(job.request, *job.script)) {
    job.request.top = kDefaultTop;
    job.report.notes.emplace_back("the program has no classical bits: showing its most probable states");
  }
}

void wait_for_sight_of(Job& job, std::uint64_t bytes) {
  constexpr double kPatienceSeconds = 2;
  job.resources.release_idle();
  const Stopwatch watch;
  do {
    job.limit = memory_limit(job.request, job.resources.memory_limit_alone());
    if (bytes <= job.limit.value || !job.resources.others_are_there()) {
      return;
    }
    job.cancel.check();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  } while (watch.seconds() < kPatienceSeconds);
}

}  // namespace basalt
