// The steps of a stage made ready to run on tile after tile. Workloads compile them, the executor runs them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "plan/program.h"
#include "runtime/memory/field.h"

namespace basalt {

/// The tiles of one stage: 2^popcount(axes) elements, lying in a tile in the order of their index in the field.
struct TileShape {
  ElementType type = ElementType::c64;
  std::uint64_t axes = 0;  ///< Of the field; one bit per axis.
};

/// Elements whose addresses differ by large powers of two share a set of the cache, which holds few of them. A padded
/// tile has a free line after every 4 KiB, so that they do not. Offsets in bytes; additive for disjoint bits.
constexpr std::uint64_t padded_offset(std::uint64_t offset_bytes) noexcept {
  return offset_bytes + (offset_bytes >> 12 << 6);
}

class TileProgram {
 public:
  virtual ~TileProgram() = default;

  /// Applies all steps, in order, to a tile whose first element has index `base` in the field. With `padded`, element i
  /// lies at padded_offset(i · element size), which memory in cache is read faster for. `scratch` is of
  /// scratch_bytes(), aligned to 64 bytes, and the calling thread's own. Never fails.
  virtual void run(void* tile, std::uint64_t base, bool padded, void* scratch) const = 0;

  [[nodiscard]] virtual std::size_t scratch_bytes() const { return 0; }

  /// Whether tiles may be padded.
  [[nodiscard]] virtual bool takes_padding() const { return false; }
};

/// Part of what a visit of a tile costs besides reading and storing it.
struct TileWork {
  std::string_view kernel;             ///< Id, for people and for measured speeds.
  double flops_per_element = 0;        ///< A fused multiply-add counts as two.
  double cache_bytes_per_element = 0;  ///< Read plus written, of the tile in cache.
  double peak_share = 0;               ///< Of the arithmetic peak, what it reaches; 0: as plan/cost.h has it.
  double prepare_seconds = 0;          ///< To make it ready: once for all tiles, on one thread.
};

/// What a workload tells of its steps in tiles. Both functions are pure.
struct TileCompiler {
  /// Makes `steps` ready. Operands must outlive the result.
  std::unique_ptr<TileProgram> (*compile)(std::span<const Step* const> steps, const TileShape& shape) = nullptr;
  /// The passes over a tile that `compile` would make of them.
  std::vector<TileWork> (*describe)(std::span<const Step* const> steps, const TileShape& shape) = nullptr;
};

}  // namespace basalt
