// Machines and figures that nobody has, for the tests of what is chosen for them.
#pragma once

#include "basalt/device_tune.h"
#include "basalt/tune.h"

namespace basalt {

/// One core kind, two threads a core, L1 and L2 per core, L3 for all.
inline Inventory invented_machine(std::uint64_t cores) {
  Inventory inventory;
  inventory.processor = "Invented 9000";
  inventory.features = {"avx2", "fma"};
  inventory.cores = {cores, "processors online"};
  inventory.core_limits = {{cores, "processors online"}};
  inventory.memory_bytes = {std::uint64_t{64} << 30, "available memory"};
  inventory.caches = {{1, 32 << 10, 2}, {2, 2 << 20, 2}, {3, 64 << 20, static_cast<int>(cores)}};
  inventory.threads_per_core = 2;
  return inventory;
}

inline Measured about(double median) {
  return {.median = median, .spread = 0.02};
}

/// Measured with 1 to 8 threads: two pay from 100 000 bytes on, four from 400 000, eight were never faster.
inline CpuFigures invented_figures() {
  CpuFigures figures;
  figures.measured_at = "2026-01-02T03:04:05Z";
  for (const int threads : {1, 8}) {
    figures.bandwidth.push_back({.level = 2,
                                 .threads = threads,
                                 .bytes_per_thread = 1 << 20,
                                 .read = about(200e9 * threads),
                                 .write = about(150e9 * threads),
                                 .scale = about(180e9 * threads),
                                 .copy = about(160e9 * threads),
                                 .streaming_write = {},
                                 .streaming_copy = {}});
    figures.bandwidth.push_back({.level = 0,
                                 .threads = threads,
                                 .bytes_per_thread = 256 << 20,
                                 .read = about(20e9),
                                 .write = about(15e9),
                                 .scale = about(20e9),
                                 .copy = about(18e9),
                                 .streaming_write = about(24e9),
                                 .streaming_copy = about(25e9)});
  }
  figures.peaks = {{.instruction_set = "AVX3", .threads = 1, .f32 = about(100e9), .f64 = about(50e9)},
                   {.instruction_set = "AVX2", .threads = 1, .f32 = about(105e9), .f64 = about(52e9)},
                   {.instruction_set = "AVX3", .threads = 8, .f32 = about(700e9), .f64 = about(350e9)}};
  figures.thread_costs = {
      {.threads = 2, .dispatch_seconds = about(20e-6), .barrier_seconds = about(2e-6), .crossover_bytes = 100'000},
      {.threads = 4, .dispatch_seconds = about(30e-6), .barrier_seconds = about(3e-6), .crossover_bytes = 400'000},
      {.threads = 8, .dispatch_seconds = about(50e-6), .barrier_seconds = about(10e-6), .crossover_bytes = 0}};
  figures.plane_visits = {.steps = 4, .gain = 1.5, .from_bytes = 3'000'000};
  figures.prefetch_bytes = 2048;
  return figures;
}

/// A card without double precision.
inline DeviceFigures invented_device_figures() {
  return {.measured_at = "2026-02-03T04:05:06Z",
          .single_precision = {.state_bytes = std::uint64_t{1} << 30,
                               .bytes_per_second = about(400e9),
                               .flops_per_second = about(3e12),
                               .transposition_sweeps = about(0.25),
                               .stage_seconds = about(4e-6),
                               .tile_flop_seconds = about(40e-9),
                               .tile_transposition_seconds = about(2e-6),
                               .trip_seconds = about(30e-6)},
          .double_precision = {}};
}

}  // namespace basalt
