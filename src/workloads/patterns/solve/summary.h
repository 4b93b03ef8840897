// Sums over the cells of a state: the same bits on any number of threads.
#pragma once

#include <optional>
#include <vector>

#include "basalt/arena.h"
#include "basalt/cancel.h"
#include "basalt/pattern.h"
#include "workloads/patterns/solve/solver.h"

namespace basalt::patterns {

/// Mean, extremes and standard deviation of each species.
std::vector<SpeciesSummary> summarise(const Solver& solver, const Model& model, const Arena& arena,
                                      const CancelToken& cancel);

struct Place {
  std::size_t species = 0;
  std::uint64_t x = 0;
  std::uint64_t y = 0;
  std::uint64_t z = 0;
};

/// The first cell, by species and then in order, that holds no finite number.
std::optional<Place> find_blow_up(const Solver& solver, std::size_t species, const Arena& arena,
                                  const CancelToken& cancel);

}  // namespace basalt::patterns
