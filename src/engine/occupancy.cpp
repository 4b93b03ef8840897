#include "engine/occupancy.h"

#include <utility>

#include "base/stopwatch.h"

namespace basalt {

Occupancy::Occupancy(Lease& lease, Arena& arena, Checkpoint checkpoint, const CancelToken& cancel, OnWait on_wait)
    : lease_(lease), arena_(arena), checkpoint_(std::move(checkpoint)), cancel_(cancel), on_wait_(std::move(on_wait)) {}

void Occupancy::at_boundary() {
  const Signal signal = lease_.at_boundary();
  if (signal != Signal::go_on) {
    const Stopwatch watch;
    obey(signal);
    waited_seconds_ += watch.seconds();
  }
  if (const int cores = lease_.cores(); cores > 0 && cores != arena_.threads()) {
    arena_.set_limit(cores);
  }
}

void Occupancy::obey(Signal signal) {
  while (signal != Signal::go_on) {
    if (signal == Signal::pause) {
      signal = lease_.wait_for_cores(cancel_, on_wait_);
    } else {
      give_up_memory();
      signal = lease_.at_boundary();
    }
  }
}

void Occupancy::give_up_memory() {
  if (!checkpoint_.save()) {
    lease_.keep_host();
    return;
  }
  lease_.note_resident(0);
  lease_.release_host();
  lease_.reacquire(cancel_, on_wait_);
  checkpoint_.restore();
  lease_.note_resident(lease_.host_bytes());
}

}  // namespace basalt
