// A solver with all that it refers to.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "basalt/memory.h"
#include "workloads/patterns/initial.h"
#include "workloads/patterns/solve/solver.h"
#include "workloads/patterns/stability.h"

namespace basalt::patterns {

/// The run of a request, step by step.
class Bench {
 public:
  explicit Bench(const PatternRequest& request, int threads = 1, const SolverLimits& limits = {})
      : model_(make_model(request.model, request.parameters)),
        grid_(make_grid(request.size, request.spacing.value_or(model_.description().spacing))),
        arena_(threads),
        step_(choose_step(model_, grid_, request.stencil, request.integrator, request.step)),
        solver_(model_,
                {.grid = grid_,
                 .layout = make_layout(grid_, request.precision),
                 .precision = request.precision,
                 .ghosts = make_ghosts(request, model_, grid_)},
                {.stencil = request.stencil,
                 .integrator = request.integrator,
                 .step = step_,
                 .tolerance = request.tolerance.value_or(Scheme{}.tolerance),
                 .varying = {}},
                limits, memory_, arena_) {
    const InitialValues initial(request, model_, grid_, request.seed);
    each_row([&](std::size_t species, std::uint64_t y, std::uint64_t z) {
      std::vector<double> row(grid_.size[0]);
      initial.fill_row(species, y, z, row);
      solver_.write_row(species, y, z, row);
    });
  }

  void each_row(const std::function<void(std::size_t, std::uint64_t, std::uint64_t)>& act) const {
    for (std::size_t species = 0; species < model_.species(); ++species) {
      for (std::uint64_t row = 0; row < grid_.rows(); ++row) {
        act(species, row % grid_.size[1], row / grid_.size[1]);
      }
    }
  }

  void run(int steps) { solver_.advance(static_cast<std::uint64_t>(steps), never_); }

  [[nodiscard]] double at(std::size_t species, std::uint64_t x, std::uint64_t y = 0, std::uint64_t z = 0) const {
    const std::byte* const row = solver_.row(species, y, z);
    return solver_.domain().precision == Precision::single_precision
               ? static_cast<double>(reinterpret_cast<const float*>(row)[x])
               : reinterpret_cast<const double*>(row)[x];
  }

  [[nodiscard]] std::vector<std::vector<double>> values() const {
    std::vector<std::vector<double>> result(model_.species());
    each_row([&](std::size_t species, std::uint64_t y, std::uint64_t z) {
      for (std::uint64_t x = 0; x < grid_.size[0]; ++x) {
        result[species].push_back(at(species, x, y, z));
      }
    });
    return result;
  }

  [[nodiscard]] const Model& model() const { return model_; }
  [[nodiscard]] const Grid& grid() const { return grid_; }
  [[nodiscard]] double step() const { return step_; }
  Solver& solver() { return solver_; }

 private:
  const Model model_;
  const Grid grid_;
  HostMemory memory_;
  Arena arena_;
  const double step_;
  const CancelToken never_;
  Solver solver_;
};

}  // namespace basalt::patterns
