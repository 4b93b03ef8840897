// What a run will hold in memory, worked out before anything is taken, and whether that fits.
#pragma once

#include <cstdint>
#include <string>

#include "basalt/inventory.h"
#include "basalt/request.h"
#include "runtime/memory/field.h"
#include "workloads/quantum/input/compile.h"

namespace basalt {

constexpr ElementType element_type_of(Precision precision) noexcept {
  return precision == Precision::single_precision ? ElementType::c64 : ElementType::c128;
}

struct MemoryEstimate {
  std::uint64_t state_bytes = 0;    ///< The amplitudes.
  std::uint64_t scratch_bytes = 0;  ///< The largest of what the result stages take, one after the other.
  std::uint64_t counts_bytes = 0;   ///< The counts, if as many different bit strings come up as can.
  std::uint64_t saved_states = 0;   ///< Copies of the state that branching may keep.
  std::uint64_t tile_bytes = 0;     ///< Of the scratch, what stages take,
  std::uint64_t result_bytes = 0;   ///< and what results take after them.

  /// States and scratch: exact where nothing branches.
  [[nodiscard]] std::uint64_t total_bytes() const noexcept;
  /// What must fit: the counts are set aside in full, though most runs need a small part of that.
  [[nodiscard]] std::uint64_t promised_bytes() const noexcept;
};

/// Exact for the state and the scratch of its results, an upper bound for the tiles of `threads` threads. Sums that
/// pass 2^64 stay at the largest number.
MemoryEstimate estimate_memory(const Request& request, const quantum::Script& script, int threads = 1);

/// Most that the counts take: if as many different bit strings come up as can.
std::uint64_t estimate_counts(const Request& request, const quantum::Script& script);

/// Throws Error(out_of_resources) with the numbers and the largest size that would fit, unless what is promised is
/// within `limit`.
void admit(const MemoryEstimate& estimate, const Request& request, const quantum::Script& script, const Limit& limit);

/// The same Error for a state that does not fit in memory; `elsewhere` is why it fits nowhere else.
[[noreturn]] void refuse(const MemoryEstimate& estimate, const Request& request, const quantum::Script& script,
                         const Limit& limit, const std::string& elsewhere);

}  // namespace basalt
