// A pattern on the device that tests run on, from its request.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "reference/pattern.h"
#include "runtime/vulkan/fixture.h"
#include "workloads/patterns/initial.h"
#include "workloads/patterns/shaders/device_solver.h"
#include "workloads/patterns/stability.h"

namespace basalt::patterns {

/// One for many tests: pipelines take longer to make than tests.
struct TestDevice {
  explicit TestDevice(const vulkan::PhysicalDevice& physical)
      : device(vulkan::Device::open(physical)), memory(device), pipelines(device, {}) {}

  std::shared_ptr<vulkan::Device> device;
  vulkan::DeviceMemory memory;
  vulkan::Pipelines pipelines;
};

class DevicePattern {
 public:
  DevicePattern(TestDevice& device, const PatternRequest& request, const DeviceShape& shape = {})
      : model_(make_model(request.model, request.parameters)),
        grid_(make_grid(request.size, request.spacing.value_or(model_.description().spacing))),
        scheme_{.stencil = request.stencil,
                .integrator = request.integrator,
                .step = choose_step(model_, grid_, request.stencil, request.integrator, request.step)},
        request_(request),
        solver_(model_,
                {.grid = grid_,
                 .precision = request.precision,
                 .ghosts = make_ghosts(request, model_, grid_),
                 .neighbours = neighbours_of(grid_, request.stencil)},
                scheme_, shape, device.memory, device.pipelines, host_, cancel_) {
    write_initial_state();
  }

  void write_initial_state() {
    const InitialValues initial(request_, model_, grid_, request_.seed);
    const std::uint64_t pitch = solver_.layout().row_bytes;
    std::vector<double> values(grid_.size[0]);
    for (std::size_t species = 0; species < model_.species(); ++species) {
      std::vector<std::byte> rows(pitch * grid_.rows());
      for (std::uint64_t row = 0; row < grid_.rows(); ++row) {
        initial.fill_row(species, row % grid_.size[1], row / grid_.size[1], values);
        for (std::uint64_t x = 0; x < values.size(); ++x) {
          const auto single = static_cast<float>(values[x]);
          std::byte* const to = rows.data() + row * pitch + x * scalar_bytes(request_.precision);
          std::memcpy(to, is_single() ? static_cast<const void*>(&single) : &values[x],
                      scalar_bytes(request_.precision));
        }
      }
      solver_.write_rows(species, 0, rows);
    }
  }

  [[nodiscard]] std::vector<std::vector<double>> values() {
    std::vector<std::vector<double>> result(model_.species());
    for (std::size_t species = 0; species < model_.species(); ++species) {
      for (std::uint64_t row = 0; row < grid_.rows(); ++row) {
        const std::byte* const cells = solver_.read_row(species, row % grid_.size[1], row / grid_.size[1]);
        for (std::uint64_t x = 0; x < grid_.size[0]; ++x) {
          result[species].push_back(is_single() ? static_cast<double>(reinterpret_cast<const float*>(cells)[x])
                                                : reinterpret_cast<const double*>(cells)[x]);
        }
      }
    }
    return result;
  }

  [[nodiscard]] reference::PatternState reference_state() {
    reference::PatternState state;
    state.axes = grid_.axes;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      state.size[axis] = static_cast<long>(grid_.size[axis]);
    }
    state.spacing = grid_.spacing;
    state.sides = request_.sides;
    state.isotropic = request_.stencil == Stencil::isotropic;
    state.species = values();
    return state;
  }

  void advance_reference(reference::PatternState& state, int steps) const {
    for (int i = 0; i < steps; ++i) {
      if (request_.integrator == Integrator::euler) {
        reference::euler_step(request_.model, model_.parameters, scheme_.step, state);
      } else {
        reference::runge_kutta_step(request_.model, model_.parameters, scheme_.step, state);
      }
    }
  }

  DeviceSolver& solver() { return solver_; }
  [[nodiscard]] const Grid& grid() const { return grid_; }

 private:
  [[nodiscard]] bool is_single() const { return request_.precision == Precision::single_precision; }

  const Model model_;
  const Grid grid_;
  const Scheme scheme_;
  const PatternRequest request_;
  HostMemory host_;
  const CancelToken cancel_;
  DeviceSolver solver_;
};

}  // namespace basalt::patterns
