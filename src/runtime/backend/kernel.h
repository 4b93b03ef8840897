// What a kernel is to the planner and the executor: an id, an element type, and a function over a slice of a field.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/memory/field.h"

namespace basalt {

/// The part of a kernel's work that one call does: piece `index` of `count` equal pieces, in the kernel's own order.
/// Pieces of one operation are disjoint and may run at the same time; a piece may be empty.
struct Slice {
  std::uint64_t index = 0;
  std::uint64_t count = 1;
};

/// Applies an operation in place to its slice of `data` (2^axes elements, axes ≥ kMinFieldAxes). Never fails: the plan
/// checked everything before.
using KernelFunction = void (*)(void* data, int axes, const void* operands, Slice slice);

struct Kernel {
  std::string_view id;  ///< e.g. "quantum/dense"
  ElementType type;
  KernelFunction run;
};

/// The kernels of one backend.
class KernelRegistry {
 public:
  void add(const Kernel& kernel) { kernels_.push_back(kernel); }
  /// Null when there is none.
  [[nodiscard]] const Kernel* find(std::string_view id, ElementType type) const noexcept;
  [[nodiscard]] const std::vector<Kernel>& all() const noexcept { return kernels_; }

 private:
  std::vector<Kernel> kernels_;
};

}  // namespace basalt
