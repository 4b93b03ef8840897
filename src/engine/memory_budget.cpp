#include "engine/memory_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "basalt/error.h"
#include "execute/execute.h"
#include "plan/limits.h"
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

MemoryEstimate estimate_memory(const Request& request, const quantum::Script& script, int threads) {
  MemoryEstimate estimate;
  if (script.qubit_count > kMaxCountableQubits) {
    estimate.state_bytes = kTooMany;
    return estimate;
  }
  const int qubits = static_cast<int>(script.qubit_count);
  const int axes = std::max(qubits, kMinFieldAxes);
  estimate.state_bytes = field_bytes(element_type_of(request.precision), qubits);
  // Results are read after the last gate: one scratch is gone when the other is taken.
  const std::uint64_t tile_bytes = std::min(kMostTileBytes, estimate.state_bytes);
  estimate.tile_bytes = static_cast<std::uint64_t>(threads) * tile_buffer_bytes(tile_bytes);
  estimate.result_bytes = scratch_for(request, script, axes);
  estimate.scratch_bytes = std::max(estimate.tile_bytes, estimate.result_bytes);
  estimate.counts_bytes = estimate_counts(request, script);
  return estimate;
}

std::uint64_t estimate_counts(const Request& request, const quantum::Script& script) {
  const std::uint64_t width = quantum::bit_string_width(script.registers);
  if (width == 0) {
    return 0;
  }
  const std::uint64_t bits = width - (script.registers.size() - 1);
  return quantum::Tally::bytes_for(std::min(request.shots, power_of_two(bits)), width);
}

namespace {

/// The largest number of qubits whose state and scratch fit, with one shot; -1 where not even none does.
int largest_qubits(Request request, const Limit& limit) {
  request.shots = 1;
  request.probability_qubits.clear();
  quantum::Script script;
  int largest = -1;
  for (script.qubit_count = 0; script.qubit_count <= kMaxCountableQubits; ++script.qubit_count) {
    if (estimate_memory(request, script).promised_bytes() <= limit.value) {
      largest = static_cast<int>(script.qubit_count);
    }
  }
  return largest;
}

std::string advice_for(Request request, const quantum::Script& script, const Limit& limit) {
  if (static_cast<std::int64_t>(script.qubit_count) <= largest_qubits(request, limit)) {
    return "the state itself fits, its results do not: ask for fewer shots, or for probabilities of fewer qubits";
  }
  std::string advice;
  for (const Precision precision : {Precision::single_precision, Precision::double_precision}) {
    request.precision = precision;
    const int qubits = largest_qubits(request, limit);
    if (qubits > 0) {
      advice += fmt::format("{}{} qubits in {} precision", advice.empty() ? "the largest state that fits is " : " or ",
                            qubits, precision == Precision::single_precision ? "single" : "double");
    }
  }
  return advice.empty() ? "no state fits: give more memory" : advice;
}

}  // namespace

void admit(const MemoryEstimate& estimate, const Request& request, const quantum::Script& script, const Limit& limit) {
  if (estimate.promised_bytes() > limit.value) {
    refuse(estimate, request, script, limit, {});
  }
}

void refuse(const MemoryEstimate& estimate, const Request& request, const quantum::Script& script, const Limit& limit,
            const std::string& elsewhere) {
  const std::uint64_t needed = estimate.promised_bytes();
  const ElementType type = element_type_of(request.precision);
  std::string message =
      fmt::format("the state of {} qubits in {} precision needs {}", script.qubit_count,
                  type == ElementType::c64 ? "single" : "double", state_size(script.qubit_count, type));
  if (estimate.state_bytes != kTooMany && needed > estimate.state_bytes) {
    message += fmt::format(" and {} beside it for scratch and counts", format_bytes(needed - estimate.state_bytes));
  }
  message += fmt::format("; this process may use {} ({})", format_bytes(limit.value), limit.source);
  std::string advice = advice_for(request, script, limit);
  if (!elsewhere.empty()) {
    message += "; on disk: " + elsewhere;
    advice += "; or name a folder on a larger disk by BASALT_SPILL_DIR";
  }
  throw Error(ErrorCode::out_of_resources, std::move(message), std::move(advice));
}

}  // namespace basalt
