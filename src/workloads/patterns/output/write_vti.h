// Frames as image data of VTK, which ParaView, VisIt and PyVista read.
#pragma once

#include <string>

#include "workloads/patterns/output/frame.h"

namespace basalt::patterns {

/// XML with the species as cell data, in raw bytes after it, and the time as field data TimeValue: values stand at the
/// middle of cells, so that the first cell begins at the origin. Written aside and renamed. Throws Error(io).
void write_vti(const std::string& path, const FrameView& frame);

}  // namespace basalt::patterns
