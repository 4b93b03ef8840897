#include <array>

#include "workloads/quantum/shaders/shaders.h"

namespace basalt::quantum {
namespace {

constexpr std::uint32_t kC64[] = {
#include "workloads/quantum/shaders/stage_c64.inc"
};
constexpr std::uint32_t kC128[] = {
#include "workloads/quantum/shaders/stage_c128.inc"
};

}  // namespace

vulkan::Shader stage_shader(ElementType type) {
  return type == ElementType::c64 ? vulkan::Shader{"quantum/stage_c64", kC64}
                                  : vulkan::Shader{"quantum/stage_c128", kC128};
}

}  // namespace basalt::quantum
