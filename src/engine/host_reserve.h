// What a job on a device sets aside of the host, so that it can go on there.
#pragma once

#include "engine/host_place.h"
#include "engine/job.h"
#include "engine/occupancy.h"
#include "runtime/memory/field.h"

namespace basalt {

/// References must outlive it. The memory is taken at once, and touched when it is used.
class HostReserve {
 public:
  HostReserve(Job& job, MemoryResource& memory, Arena& arena);

  [[nodiscard]] HostPlace& place() noexcept { return place_; }
  [[nodiscard]] Field& state() noexcept { return state_; }
  /// One in-place scale of a state there, whatever the memory holds.
  [[nodiscard]] double measure_sweep_seconds() const;
  /// Spent waiting for others.
  [[nodiscard]] double waited_seconds() const noexcept { return occupancy_.waited_seconds(); }

 private:
  Field state_;
  StateStore store_;  ///< Keeps nothing: states that wait are computed again, as they were on the device.
  Occupancy occupancy_;
  ExecuteContext context_;
  HostPlace place_;
};

}  // namespace basalt
