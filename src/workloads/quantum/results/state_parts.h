// A state of which only a part is in memory at one time, and that is looked at part by part.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "workloads/quantum/results/blocks.h"

namespace basalt::quantum {

/// One look at all of the state. Indices are vectors of bits: a part has the elements whose index differs from its base
/// in the lowest axes, and by a sum (exclusive or) of `directions`; in the part, bit k above the lowest axes is
/// direction k.
struct PartsLook {
  std::vector<std::uint64_t> directions;  ///< Independent, without bits of the lowest axes.
  /// Whether the run of the lowest axes from this index on is needed: of others, what a part has is unspecified. May be
  /// empty: all are.
  std::function<bool(std::uint64_t first)> wanted;
  /// With the part whose base is index `base`, by ascending base. Parts of zeros alone are left out.
  std::function<void(std::uint64_t base, const Field& part)> see;
};

class StateParts {
 public:
  virtual ~StateParts() = default;
  [[nodiscard]] virtual ElementType type() const = 0;
  [[nodiscard]] virtual int axes() const = 0;
  [[nodiscard]] virtual int part_axes() const = 0;  ///< At least kBlockAxes.
  [[nodiscard]] virtual int low_axes() const = 0;   ///< In every part.
  virtual void look(const PartsLook& look) = 0;
};

}  // namespace basalt::quantum
