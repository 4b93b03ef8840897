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

class PatternKeeper;

/// References must outlive it.
struct PatternJob {
  Resources& resources;
  const PatternRequest& request;
  const PatternHooks& hooks;
  const CancelToken& stop;  ///< Asked for from outside.
  CancelToken& cancel;      ///< The same, but while a state is at work that is to be kept whole.
  patterns::Model model;
  patterns::Domain domain;
  std::vector<patterns::VaryingParameter> varying{};
  patterns::Scheme scheme;
  PlanLimits limits;
  PatternReport report;
  std::shared_ptr<OpenDevice> device;     ///< Where it runs; null: on the CPU.
  std::string device_name{};              ///< By which it was opened.
  std::shared_ptr<PatternKeeper> keeper;  ///< Null: the run is not kept on disk.
  double expected_seconds = 0;            ///< Predicted, where the choice was Basalt's; 0: nobody knows.
};

}  // namespace basalt
