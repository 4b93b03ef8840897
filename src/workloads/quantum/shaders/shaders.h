// The shaders of this workload, as they were compiled.
#pragma once

#include "runtime/memory/field.h"
#include "runtime/vulkan/pipelines.h"

namespace basalt::quantum {

/// A stage: tiles through shared memory and registers. See stage.comp.
vulkan::Shader stage_shader(ElementType type);

}  // namespace basalt::quantum
