// Frames as HDF5 files, and the XDMF file by which ParaView and VisIt read them as a series.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/patterns/output/frame.h"

namespace basalt::patterns {

/// One data set a species, named after it, of shape {nz, ny, nx} without axes that there are not; attributes of the
/// file say `step`, `time` and `spacing`. Written aside and renamed: a file a frame, so that what ends a run leaves the
/// frames before as they are. It is put together in memory, of which it takes as much as the frame has
/// cells. Throws Error(io).
void write_hdf5(const std::string& path, const FrameView& frame);

/// A file that write_hdf5() wrote.
struct SeriesFrame {
  std::string file;  ///< Relative to the folder of the XDMF file.
  double time = 0;
};

/// What the frames of a series have in common.
struct Series {
  Grid grid;
  std::vector<std::string> species;
  Precision precision = Precision::single_precision;
  std::vector<SeriesFrame> frames;
};

/// Written anew after each frame, aside and renamed: what it names is always there. Throws Error(io).
void write_xdmf(const std::string& path, const Series& series);

}  // namespace basalt::patterns
