// What runs of one prepared program share: how it begins, and the plan of that. A short circuit takes longer to plan
// than to run.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/planned_circuit.h"
#include "execute/execute.h"
#include "workloads/quantum/input/machine.h"

namespace basalt {

/// A program up to its first stop.
struct Opening {
  quantum::Machine machine;
  quantum::Machine::Status status;
  quantum::Circuit circuit;
};

/// A plan and, for small states, its stages made ready.
struct ReadyCircuit {
  PlannedCircuit planned;
  CompiledStages compiled;  ///< Empty: compiled as they run.
};

/// All that a plan depends on besides the circuit.
struct PlanKey {
  ElementType type = ElementType::c64;
  int threads = 1;              ///< Of the CPU; 0 on a device.
  std::string instruction_set;  ///< Of the CPU; of a device, what tells it from others.
  std::vector<std::string> without_passes;
  std::uint64_t wanted_qubits = 0;
  bool phases_matter = true;
  friend bool operator==(const PlanKey&, const PlanKey&) = default;
};

/// Plans a circuit and, where that is worth keeping, compiles its stages.
std::shared_ptr<const ReadyCircuit> make_ready(const quantum::Circuit& circuit, const quantum::PassOptions& options,
                                               ElementType type, const PlanLimits& limits);

/// The same for a device. What is encoded of it once needs not be encoded again.
std::shared_ptr<const ReadyCircuit> make_ready_for_device(const quantum::Circuit& circuit,
                                                          const quantum::PassOptions& options, ElementType type,
                                                          const DeviceLimits& limits);

/// Of the job that such a circuit is the whole of, or the beginning.
PlanKey plan_key(ElementType type, int threads, const std::string& instruction_set,
                 const quantum::PassOptions& options);

/// Safe to use from several threads. What is made by two at the same time is made twice and kept once.
class PlanCache {
 public:
  std::shared_ptr<const Opening> opening(const std::function<Opening()>& make);
  using Make = std::function<std::shared_ptr<const ReadyCircuit>()>;
  std::shared_ptr<const ReadyCircuit> circuit(const PlanKey& key, const Make& make);

 private:
  struct Entry {
    PlanKey key;
    std::shared_ptr<const ReadyCircuit> circuit;
  };

  std::mutex mutex_;
  std::shared_ptr<const Opening> opening_;
  std::vector<Entry> entries_;  ///< The latest last.
};

}  // namespace basalt
