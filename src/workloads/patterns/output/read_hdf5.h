// Values for the cells of a grid from HDF5 files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "workloads/patterns/output/grid_values.h"

namespace basalt::patterns {

/// The data sets of those names, one after the other as layers, as write_hdf5() makes them; where the file has none of
/// them but one data set in all, that one. Any kind of number. Throws Error(bad_input) for what is no HDF5 file, has
/// some of the names only, or data sets of different shapes.
std::unique_ptr<GridValues> open_hdf5(const std::string& path, const std::vector<std::string>& names);

}  // namespace basalt::patterns
