// What a job on a device sets aside of the host, so that it can go on there when the device fails.
#pragma once

#include <optional>

#include "engine/failover_place.h"
#include "engine/host_place.h"
#include "engine/job.h"
#include "engine/occupancy.h"
#include "engine/state_access.h"
#include "runtime/memory/field.h"

namespace basalt {

/// References must outlive it. The memory is taken at once, and touched when it is used.
class HostReserve {
 public:
  /// Of the state in `device`.
  HostReserve(Job& job, LimitAdaptor& memory, Arena& arena, StatePlace& device, FailoverPlace::Hooks hooks);

  /// The device, and the host once that has failed.
  [[nodiscard]] FailoverPlace& place() noexcept { return place_; }
  /// Says in the report where the run went on, if it did.
  void tell() const;
  /// One in-place scale of a state there. The state is lost.
  [[nodiscard]] double measure_sweep_seconds();

 private:
  Job& job_;
  Field state_;
  StateStore store_;  ///< Keeps nothing: states that wait are computed again, as they were on the device.
  Occupancy occupancy_;
  ExecuteContext context_;
  HostPlace host_;
  FailoverPlace place_;
};

/// How checkpoints reach the state in `device`, a place that copies it, or in the reserve once that has taken over.
template <typename Device>
StateCopies copies_of(Device& device, std::optional<HostReserve>& reserve) {
  return {.download =
              [&](std::uint64_t first, std::span<std::byte> to) {
                reserve ? reserve->place().download(first, to) : device.download(first, to);
              },
          .upload =
              [&](std::uint64_t first, std::span<const std::byte> from) {
                device.upload(first, from);
                if (reserve) {
                  reserve->place().note_loaded(first, from);
                }
              }};
}

/// One in-place scale of a state where the run ended: in `device`, a place that measures it, or in the reserve. The
/// results are there by then: a device that fails only now, of which `on_failure` is told, does them no harm.
template <typename Device, typename OnFailure>
double sweep_seconds_of(Device& device, std::optional<HostReserve>& reserve, const OnFailure& on_failure) {
  if (reserve && reserve->place().failover()) {
    return reserve->measure_sweep_seconds();
  }
  try {
    return device.measure_sweep_seconds();
  } catch (const Error& error) {
    if (!reserve || error.code() == ErrorCode::cancelled) {
      throw;
    }
    on_failure(error);
    return reserve->measure_sweep_seconds();
  }
}

}  // namespace basalt
