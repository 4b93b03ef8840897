// Inverses cancel and equal selections merge, however many commuting gates lie between.

#include <algorithm>
#include <cmath>

#include "workloads/quantum/angle.h"
#include "workloads/quantum/passes/latest.h"
#include "workloads/quantum/passes/small_matrix.h"
#include "workloads/quantum/passes/steps.h"
#include "workloads/quantum/passes/wires.h"

namespace basalt::quantum {
namespace {

class Cancelling {
 public:
  explicit Cancelling(GateList& list)
      : list_(list), wires_(list.qubit_count, list.gates.size()), latest_(list.gates), gone_(list.gates.size()) {}

  void run() {
    for (std::uint32_t number = 0; number < list_.gates.size(); ++number) {
      const Gate& gate = list_.gates[number];
      const Roles roles = roles_of(gate);
      const std::uint32_t earlier = latest_.find(gate);
      if (earlier != LatestGates::kNone && wires_.is_last(earlier, roles)) {
        gone_[number] = 1;
        if (merge(list_.gates[earlier], gate)) {
          gone_[earlier] = 1;
          wires_.remove(roles);
          latest_.pop(gate);
        }
      } else {
        wires_.add(number, roles);
        latest_.push(number);
      }
    }
    remove_gates(list_, gone_);
  }

 private:
  /// Puts `later` into `earlier`; true if nothing is left of both.
  bool merge(Gate& earlier, const Gate& later) {
    if (earlier.kind == GateKind::phase) {
      earlier.phase.angle = reduce_angle(earlier.phase.angle + later.phase.angle);
      return is_negligible(earlier.phase.angle);
    }
    if (earlier.kind != GateKind::dense) {
      return true;
    }
    multiply_onto(list_.matrix(later), list_.matrix(earlier));
    const std::optional<Complex> scale = scale_of_identity(list_.matrix(earlier));
    if (!scale) {
      return false;
    }
    if (earlier.control.mask == 0) {
      list_.global_phase += std::arg(*scale);
      return true;
    }
    return is_negligible(std::arg(*scale));
  }

  GateList& list_;
  Wires wires_;
  LatestGates latest_;
  std::vector<std::uint8_t> gone_;
};

}  // namespace

void cancel_inverses(GateList& list, const PassOptions& /*options*/) {
  Cancelling(list).run();
}

}  // namespace basalt::quantum
