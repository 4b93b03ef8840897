// What the parts of a pattern's run share.
#pragma once

#include <memory>

#include "basalt/pattern.h"
#include "engine/device_cache.h"
#include "engine/resources.h"
#include "plan/limits.h"
#include "workloads/patterns/model.h"
#include "workloads/patterns/solve/solver.h"
#include "workloads/patterns/varying.h"

namespace basalt {

/// References must outlive it.
struct PatternJob {
  Resources& resources;
  const PatternRequest& request;
  const PatternHooks& hooks;
  const CancelToken& cancel;
  patterns::Model model;
  patterns::Domain domain;
  std::vector<patterns::VaryingParameter> varying;
  patterns::Scheme scheme;
  PlanLimits limits;
  PatternReport report;
  std::shared_ptr<OpenDevice> device;  ///< Where it runs; null: on the CPU.
};

}  // namespace basalt
