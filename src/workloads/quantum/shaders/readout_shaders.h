// The shaders that read and set states, as they were compiled.
#pragma once

#include <cstdint>

#include "runtime/vulkan/pipelines.h"

namespace basalt::quantum {

/// One of norms.comp, peaks.comp and so on.
enum class Readout : std::uint8_t { norms, tile_norm, peaks, marginal, pauli, draw, scale, gather, exchange };

/// In what amplitudes are held and sums are taken.
enum class Arithmetic : std::uint8_t {
  c64,        ///< Sums in f64.
  c64_pairs,  ///< Sums in pairs of f32, where the device has no f64.
  c128,       ///< Sums in f64.
};

vulkan::Shader readout_shader(Readout what, Arithmetic arithmetic);

}  // namespace basalt::quantum
