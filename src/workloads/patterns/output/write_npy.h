// Frames as NumPy's array files.
#pragma once

#include <string>

#include "workloads/patterns/output/frame.h"

namespace basalt::patterns {

/// An array of shape (species, nz, ny, nx), without axes that the grid does not have, of f4 or f8 in C order. Written
/// aside and renamed. Throws Error(io).
void write_npy(const std::string& path, const FrameView& frame);

}  // namespace basalt::patterns
