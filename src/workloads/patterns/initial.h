// What a run starts from: a function of the cell, so that any thread may ask for any row.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "basalt/pattern.h"
#include "base/random.h"
#include "workloads/patterns/given_values.h"
#include "workloads/patterns/grid.h"
#include "workloads/patterns/model.h"

namespace basalt::patterns {

class InitialValues {
 public:
  /// Throws Error(bad_usage) for values that are not one for each species, not finite, and noise below 0.
  /// `given` are the values of the request's file, where it has one: Error(bad_usage) for other than one layer or one
  /// for each species, and for a square or spots on top of them.
  InitialValues(const PatternRequest& request, const Model& model, const Grid& grid, std::uint64_t seed,
                GivenValues given = {});

  /// Cells 0 to row.size() − 1 of a species' row. Noise is uniform in ± its size, drawn by seed, species and cell: the
  /// same for both precisions but for rounding, and on any number of threads.
  void fill_row(std::size_t species, std::uint64_t y, std::uint64_t z, std::span<double> row) const;

 private:
  /// Cells from `from` to `to` (exclusive) along each axis.
  struct Box {
    std::array<std::uint64_t, 3> from;
    std::array<std::uint64_t, 3> to;
  };
  void add_middle();
  void read_given(std::size_t species, std::uint64_t y, std::uint64_t z, std::span<double> row) const;
  void add_spots(std::uint32_t count, std::uint64_t seed);

  const Grid grid_;
  std::vector<double> homogeneous_;
  std::vector<double> disturbed_;
  double noise_ = 0;
  std::vector<Box> boxes_;  ///< Of disturbed cells.
  GivenValues given_;
  std::uint64_t seed_ = 0;
};

}  // namespace basalt::patterns
