#include "workloads/quantum/shaders/readout_shaders.h"

#include <array>

namespace basalt::quantum {
namespace {

constexpr std::uint32_t kNormsC64[] = {
#include "workloads/quantum/shaders/norms_c64.inc"
};
constexpr std::uint32_t kNormsC64Pairs[] = {
#include "workloads/quantum/shaders/norms_c64_pairs.inc"
};
constexpr std::uint32_t kNormsC128[] = {
#include "workloads/quantum/shaders/norms_c128.inc"
};
constexpr std::uint32_t kTileNormC64[] = {
#include "workloads/quantum/shaders/tile_norm_c64.inc"
};
constexpr std::uint32_t kTileNormC64Pairs[] = {
#include "workloads/quantum/shaders/tile_norm_c64_pairs.inc"
};
constexpr std::uint32_t kTileNormC128[] = {
#include "workloads/quantum/shaders/tile_norm_c128.inc"
};
constexpr std::uint32_t kPeaksC64[] = {
#include "workloads/quantum/shaders/peaks_c64.inc"
};
constexpr std::uint32_t kPeaksC64Pairs[] = {
#include "workloads/quantum/shaders/peaks_c64_pairs.inc"
};
constexpr std::uint32_t kPeaksC128[] = {
#include "workloads/quantum/shaders/peaks_c128.inc"
};
constexpr std::uint32_t kMarginalC64[] = {
#include "workloads/quantum/shaders/marginal_c64.inc"
};
constexpr std::uint32_t kMarginalC64Pairs[] = {
#include "workloads/quantum/shaders/marginal_c64_pairs.inc"
};
constexpr std::uint32_t kMarginalC128[] = {
#include "workloads/quantum/shaders/marginal_c128.inc"
};
constexpr std::uint32_t kPauliC64[] = {
#include "workloads/quantum/shaders/pauli_c64.inc"
};
constexpr std::uint32_t kPauliC64Pairs[] = {
#include "workloads/quantum/shaders/pauli_c64_pairs.inc"
};
constexpr std::uint32_t kPauliC128[] = {
#include "workloads/quantum/shaders/pauli_c128.inc"
};
constexpr std::uint32_t kDrawC64[] = {
#include "workloads/quantum/shaders/draw_c64.inc"
};
constexpr std::uint32_t kDrawC64Pairs[] = {
#include "workloads/quantum/shaders/draw_c64_pairs.inc"
};
constexpr std::uint32_t kDrawC128[] = {
#include "workloads/quantum/shaders/draw_c128.inc"
};
constexpr std::uint32_t kScaleC64[] = {
#include "workloads/quantum/shaders/scale_c64.inc"
};
constexpr std::uint32_t kScaleC128[] = {
#include "workloads/quantum/shaders/scale_c128.inc"
};
constexpr std::uint32_t kGatherC64[] = {
#include "workloads/quantum/shaders/gather_c64.inc"
};
constexpr std::uint32_t kGatherC128[] = {
#include "workloads/quantum/shaders/gather_c128.inc"
};
constexpr std::uint32_t kExchangeC64[] = {
#include "workloads/quantum/shaders/exchange_c64.inc"
};
constexpr std::uint32_t kExchangeC128[] = {
#include "workloads/quantum/shaders/exchange_c128.inc"
};

/// By Readout, then by Arithmetic.
constexpr std::array<std::array<vulkan::Shader, 3>, 9> kShaders{{
    {{{.name = "quantum/norms_c64", .code = kNormsC64},
      {.name = "quantum/norms_c64_pairs", .code = kNormsC64Pairs},
      {.name = "quantum/norms_c128", .code = kNormsC128}}},
    {{{.name = "quantum/tile_norm_c64", .code = kTileNormC64},
      {.name = "quantum/tile_norm_c64_pairs", .code = kTileNormC64Pairs},
      {.name = "quantum/tile_norm_c128", .code = kTileNormC128}}},
    {{{.name = "quantum/peaks_c64", .code = kPeaksC64},
      {.name = "quantum/peaks_c64_pairs", .code = kPeaksC64Pairs},
      {.name = "quantum/peaks_c128", .code = kPeaksC128}}},
    {{{.name = "quantum/marginal_c64", .code = kMarginalC64},
      {.name = "quantum/marginal_c64_pairs", .code = kMarginalC64Pairs},
      {.name = "quantum/marginal_c128", .code = kMarginalC128}}},
    {{{.name = "quantum/pauli_c64", .code = kPauliC64},
      {.name = "quantum/pauli_c64_pairs", .code = kPauliC64Pairs},
      {.name = "quantum/pauli_c128", .code = kPauliC128}}},
    {{{.name = "quantum/draw_c64", .code = kDrawC64},
      {.name = "quantum/draw_c64_pairs", .code = kDrawC64Pairs},
      {.name = "quantum/draw_c128", .code = kDrawC128}}},
    {{{.name = "quantum/scale_c64", .code = kScaleC64},
      {.name = "quantum/scale_c64", .code = kScaleC64},
      {.name = "quantum/scale_c128", .code = kScaleC128}}},
    {{{.name = "quantum/gather_c64", .code = kGatherC64},
      {.name = "quantum/gather_c64", .code = kGatherC64},
      {.name = "quantum/gather_c128", .code = kGatherC128}}},
    {{{.name = "quantum/exchange_c64", .code = kExchangeC64},
      {.name = "quantum/exchange_c64", .code = kExchangeC64},
      {.name = "quantum/exchange_c128", .code = kExchangeC128}}},
}};

}  // namespace

vulkan::Shader readout_shader(Readout what, Arithmetic arithmetic) {
  return kShaders[static_cast<std::size_t>(what)][static_cast<std::size_t>(arithmetic)];
}

}  // namespace basalt::quantum
