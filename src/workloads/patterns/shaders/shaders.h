// The shaders of this workload, as they were compiled.
#pragma once

#include "basalt/request.h"
#include "runtime/vulkan/pipelines.h"

namespace basalt::patterns {

enum class ShaderKind : std::uint8_t {
  step,   ///< One visit of any grid: step.comp.
  steps,  ///< Several steps in a visit of a plane: steps.comp.
  look,   ///< For numbers that are not finite, and sums: look.comp.
  scale,  ///< The yardstick: scale.comp.
};

vulkan::Shader shader_of(ShaderKind kind, Precision precision);

/// Rows of the block that a thread of steps.comp holds.
constexpr std::uint32_t block_rows(Precision precision) noexcept {
  return precision == Precision::single_precision ? 8 : 4;
}

}  // namespace basalt::patterns
