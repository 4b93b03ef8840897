// What a pattern's run starts from: values out of files, parameters that vary, and how a step is computed.
#pragma once

#include "engine/pattern_job.h"
#include "workloads/patterns/initial.h"

namespace basalt {

/// The parameters of the request that vary in space. Throws as the readers of files do.
std::vector<patterns::VaryingParameter> open_maps(const PatternRequest& request, const patterns::Model& model,
                                                  const patterns::Grid& grid);

/// Of the job's model, domain and varying parameters; tells the report the largest stable step.
patterns::Scheme make_scheme(PatternJob& job);

/// The job's first state.
patterns::InitialValues initial_values(const PatternJob& job);

}  // namespace basalt
