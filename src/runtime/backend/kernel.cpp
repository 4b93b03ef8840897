#include "runtime/backend/kernel.h"

#include <algorithm>

namespace basalt {

const Kernel* KernelRegistry::find(std::string_view id, ElementType type) const noexcept {
  const auto found =
      std::ranges::find_if(kernels_, [&](const Kernel& kernel) { return kernel.id == id && kernel.type == type; });
  return found == kernels_.end() ? nullptr : &*found;
}

}  // namespace basalt
