// A workload that nobody has, as far as plans ask: every operation is one pass over a tile, and so is every group of
// phases.
#pragma once

#include <memory>
#include <vector>

#include "plan/plan.h"
#include "plan/program.h"

namespace basalt {

inline TileCompiler invented_tiles() {
  return {.compile = [](std::span<const Step* const>, const TileShape&) { return std::unique_ptr<TileProgram>(); },
          .describe =
              [](std::span<const Step* const> steps, const TileShape& shape) {
                std::vector<TileWork> work;
                const Step* before = nullptr;
                for (const Step* step : steps) {
                  const bool same_group = before != nullptr && before->access.mixes == 0 && step->access.mixes == 0;
                  if (!same_group) {
                    work.push_back({.kernel = step->kernel,
                                    .flops_per_element = step->flops_per_element,
                                    .cache_bytes_per_element = 2.0 * static_cast<double>(element_bytes(shape.type))});
                  }
                  before = step;
                }
                return work;
              }};
}

inline PlanSettings in_tiles(std::uint64_t touched_axes = ~std::uint64_t{0}) {
  return {.touched_axes = touched_axes, .tiles = invented_tiles(), .runs_in_tiles = [](std::string_view kernel) {
            return kernel != "whole";
          }};
}

inline Program program_of(const std::vector<Access>& operations) {
  Program program;
  for (const Access& access : operations) {
    const bool is_phase = access.mixes == 0;
    program.steps.push_back({.kernel = is_phase ? "phase" : "dense",
                             .access = access,
                             .share = 1,
                             .flops_per_element = is_phase ? 6.0 : 14.0,
                             .operands = {}});
  }
  return program;
}

}  // namespace basalt
