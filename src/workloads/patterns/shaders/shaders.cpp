#include "workloads/patterns/shaders/shaders.h"

#include <array>

namespace basalt::patterns {
namespace {

constexpr std::uint32_t kStepF32[] = {
#include "workloads/patterns/shaders/step_f32.inc"
};
constexpr std::uint32_t kStepF64[] = {
#include "workloads/patterns/shaders/step_f64.inc"
};
constexpr std::uint32_t kStepsF32[] = {
#include "workloads/patterns/shaders/steps_f32.inc"
};
constexpr std::uint32_t kStepsF64[] = {
#include "workloads/patterns/shaders/steps_f64.inc"
};
constexpr std::uint32_t kLookF32[] = {
#include "workloads/patterns/shaders/look_f32.inc"
};
constexpr std::uint32_t kLookF64[] = {
#include "workloads/patterns/shaders/look_f64.inc"
};
constexpr std::uint32_t kScaleF32[] = {
#include "workloads/patterns/shaders/scale_f32.inc"
};
constexpr std::uint32_t kScaleF64[] = {
#include "workloads/patterns/shaders/scale_f64.inc"
};

/// By ShaderKind, then by Precision.
constexpr std::array<std::array<vulkan::Shader, 2>, 4> kShaders{{
    {{{.name = "patterns/step_f32", .code = kStepF32}, {.name = "patterns/step_f64", .code = kStepF64}}},
    {{{.name = "patterns/steps_f32", .code = kStepsF32}, {.name = "patterns/steps_f64", .code = kStepsF64}}},
    {{{.name = "patterns/look_f32", .code = kLookF32}, {.name = "patterns/look_f64", .code = kLookF64}}},
    {{{.name = "patterns/scale_f32", .code = kScaleF32}, {.name = "patterns/scale_f64", .code = kScaleF64}}},
}};

}  // namespace

vulkan::Shader shader_of(ShaderKind kind, Precision precision) {
  return kShaders[static_cast<std::size_t>(kind)][static_cast<std::size_t>(precision)];
}

}  // namespace basalt::patterns
