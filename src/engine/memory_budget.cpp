#include "engine/memory_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "basalt/error.h"
#include "workloads/quantum/results/blocks.h"
#include "workloads/quantum/results/marginal.h"
#include "workloads/quantum/results/sample.h"
#include "workloads/quantum/results/tally.h"

namespace basalt {
namespace {

constexpr std::uint64_t kTooMany = std::numeric_limits<std::uint64_t>::max();
/// From here on 2^n elements of 16 bytes are not countable in 64 bits.
constexpr std::uint32_t kMaxCountableQubits = 59;

std::uint64_t add(std::uint64_t a, std::uint64_t b) {
  return a > kTooMany - b ? kTooMany : a + b;
}

std::uint64_t power_of_two(std::uint64_t exponent) {
  return exponent >= 64 ? kTooMany : std::uint64_t{1} << exponent;
}

std::uint64_t scratch_for(const Request& request, const quantum::Script& script, int axes) {
  const std::uint64_t blocks = std::uint64_t{1} << (axes - std::min(axes, quantum::kBlockAxes));
  const std::uint64_t norms = 8 * blocks;
  std::uint64_t scratch = norms;
  if (!script.registers.empty()) {
    scratch = std::max(scratch, quantum::sample_bytes(axes, request.shots));
  }
  if (!request.observables.empty()) {
    scratch = std::max(scratch, 16 * blocks);
  }
  if (!request.probability_qubits.empty()) {
    scratch = std::max(scratch, quantum::marginal_scratch_bytes(axes, request.probability_qubits.size()));
  }
  return scratch;
}

std::string largest_that_fits(std::uint64_t limit_bytes) {
  std::string text;
  for (const Precision precision : {Precision::single_precision, Precision::double_precision}) {
    const std::uint64_t elements = limit_bytes / element_bytes(element_type_of(precision));
    const int qubits = elements == 0 ? 0 : std::bit_width(elements) - 1;
    text += fmt::format("{}{} qubits in {} precision", text.empty() ? "" : " or ", qubits,
                        precision == Precision::single_precision ? "single" : "double");
  }
  return text;
}

/// 2^n elements in words, for sizes beyond 64 bits too.
std::string state_size(std::uint32_t qubits, ElementType type) {
  if (qubits <= kMaxCountableQubits) {
    return format_bytes(field_bytes(type, static_cast<int>(qubits)));
  }
  return fmt::format("2^{} bytes", qubits + (type == ElementType::c64 ? 3 : 4));
}

}  // namespace

std::uint64_t MemoryEstimate::total_bytes() const noexcept {
  std::uint64_t total = scratch_bytes;
  for (std::uint64_t copy = 0; copy <= saved_states && total != kTooMany; ++copy) {
    total = add(total, state_bytes);
  }
  return total;
}

std::uint64_t MemoryEstimate::promised_bytes() const noexcept {
  return add(total_bytes(), counts_bytes);
}

MemoryEstimate estimate_memory(const Request& request, const quantum::Script& script) {
  MemoryEstimate estimate;
  if (script.qubit_count > kMaxCountableQubits) {
    estimate.state_bytes = kTooMany;
    return estimate;
  }
  const int qubits = static_cast<int>(script.qubit_count);
  const int axes = std::max(qubits, kMinFieldAxes);
  estimate.state_bytes = field_bytes(element_type_of(request.precision), qubits);
  estimate.scratch_bytes = scratch_for(request, script, axes);
  const std::uint64_t width = quantum::bit_string_width(script.registers);
  if (width > 0) {
    const std::uint64_t bits = width - (script.registers.size() - 1);
    const std::uint64_t outcomes = std::min(request.shots, power_of_two(bits));
    estimate.counts_bytes = quantum::Tally::bytes_for(outcomes, width);
  }
  return estimate;
}

void admit(const MemoryEstimate& estimate, const Request& request, const quantum::Script& script, const Limit& limit) {
  const std::uint64_t needed = estimate.promised_bytes();
  if (needed <= limit.value) {
    return;
  }
  const ElementType type = element_type_of(request.precision);
  std::string message =
      fmt::format("the state of {} qubits in {} precision needs {}", script.qubit_count,
                  type == ElementType::c64 ? "single" : "double", state_size(script.qubit_count, type));
  if (estimate.state_bytes != kTooMany && needed > estimate.state_bytes + estimate.state_bytes / 100) {
    message += fmt::format(", {} with scratch and up to {} of counts", format_bytes(needed),
                           format_bytes(estimate.counts_bytes));
  }
  message += fmt::format("; this process may use {} ({})", format_bytes(limit.value), limit.source);
  std::string advice = "the largest state that fits is " + largest_that_fits(limit.value);
  if (estimate.state_bytes <= limit.value && estimate.state_bytes != kTooMany) {
    advice += "; here the results do not fit beside the state: ask for fewer shots";
  }
  throw Error(ErrorCode::out_of_resources, std::move(message), std::move(advice));
}

}  // namespace basalt
