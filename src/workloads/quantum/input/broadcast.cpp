// Register broadcast.
#include "workloads/quantum/input/broadcast.h"

#include <fmt/format.h>

#include "workloads/quantum/input/choose.h"

namespace basalt::quantum {
namespace {

constexpr std::size_t kFewOperands = 8;
constexpr std::size_t kMaxBroadcast = std::size_t{1} << 24;

void check_instance(std::span<const std::uint32_t> qubits) {
  if (qubits.size() > kFewOperands) {
    check_distinct(qubits, "qubit");
    return;
  }
  for (std::size_t i = 1; i < qubits.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (qubits[i] == qubits[j]) {
        throw Fault{"a gate acts twice on the same qubit", "name every qubit once"};
      }
    }
  }
}

}  // namespace

std::vector<std::uint32_t> broadcast(std::span<const Operand> operands) {
  std::size_t instances = 1;
  bool sized = false;
  for (const Operand& operand : operands) {
    if (operand.single) {
      continue;
    }
    const std::size_t size = operand.value->list->size();
    if (sized && size != instances) {
      throw Fault{fmt::format("a gate on registers of different sizes: {} and {}", instances, size),
                  "registers in one gate must have the same size, single qubits are repeated"};
    }
    instances = size;
    sized = true;
  }
  if (instances * operands.size() > kMaxBroadcast) {
    throw Fault{fmt::format("a gate on {} operands for each of {} qubits", operands.size(), instances),
                "use smaller registers, or a loop"};
  }
  std::vector<std::uint32_t> qubits;
  qubits.reserve(instances * operands.size());
  for (std::size_t i = 0; i < instances; ++i) {
    for (const Operand& operand : operands) {
      qubits.push_back(operand.single ? static_cast<std::uint32_t>(operand.value->word) : (*operand.value->list)[i]);
    }
    check_instance(std::span(qubits).subspan(i * operands.size()));
  }
  return qubits;
}

}  // namespace basalt::quantum
