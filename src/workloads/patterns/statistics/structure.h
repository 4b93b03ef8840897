// The structure factor of a state: which waves it is made of.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/pattern.h"
#include "workloads/patterns/output/frame.h"
#include "workloads/patterns/spectral/transform.h"

namespace basalt::patterns {

struct Structure {
  std::vector<StructurePoint> factor;  ///< Averaged over all directions; from the first wavenumber above 0.
  std::optional<double> dominant_wavelength;
  std::optional<double> mean_wavelength;
};

/// Of a species with that mean; `data` are the bytes that the transform's layout asks for. The grid is taken as
/// periodic: where its sides are not, a jump from one side to the other adds waves.
Structure structure_of(const FrameView& frame, std::size_t species, double mean, const Transform& transform,
                       double* data, const CancelToken& cancel);

}  // namespace basalt::patterns
