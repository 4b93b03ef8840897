// How else the processor could run a job: with fewer threads or more, or with other numbers.
#pragma once

#include <optional>
#include <vector>

#include "basalt/inventory.h"
#include "basalt/plan.h"
#include "basalt/tune.h"
#include "plan/limits.h"
#include "runtime/memory/field.h"
#include "workloads/quantum/circuit.h"
#include "workloads/quantum/passes/passes.h"

namespace basalt {

struct WaysQuestion {
  const quantum::Circuit& circuit;
  const quantum::PassOptions& passes;
  ElementType type = ElementType::c64;  ///< Of the way that is taken,
  int threads = 1;                      ///< its threads,
  double predicted_seconds = 0;         ///< and its time.
  int most_threads = 1;
  bool may_lose_precision = false;
  const Inventory& inventory;
  const std::optional<CpuFigures>& figures;
};

/// By threads, which double from row to row; then single precision where double is asked for and may be lost. Makes a
/// plan for each. Pure.
std::vector<ProcessorWay> list_processor_ways(const WaysQuestion& question);

}  // namespace basalt
