#include "workloads/patterns/shaders/device_setup.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

namespace basalt::patterns {
namespace {

/// As cells.glsl has it.
template <typename Real>
struct SetupData {
  Real parameters[kMostParameters];
  Real ghosts[3][2][2];
  Real laplacian_scale;
  std::uint32_t size[3];
  std::uint32_t row_values;
  std::uint32_t chunk_shift;
  std::uint32_t chunks;
};

constexpr std::uint64_t kLeastGroups = 1024;  // several for each core of a large card

std::uint64_t parts(std::uint64_t count, std::uint64_t of) {
  return (count + of - 1) / of;
}

/// Workgroups side by side along x.
std::uint64_t columns_of(const Grid& grid, const DeviceShape& shape) {
  return parts(parts(grid.size[0], 4), shape.threads_along_x);
}

std::uint64_t march_groups_of(const DeviceDomain& domain, const DeviceShape& shape) {
  const std::uint64_t across = shape.threads / shape.threads_along_x;
  const std::uint64_t columns = columns_of(domain.grid, shape);
  switch (domain.neighbours) {
    case Neighbours::line:
      return columns;
    case Neighbours::volume:
      return columns * parts(domain.grid.size[1], across) * parts(domain.grid.size[2], shape.rows);
    default:
      return columns * parts(domain.grid.size[1], across * shape.rows);
  }
}

}  // namespace

DeviceShape fit_shape(DeviceShape shape, const DeviceDomain& domain, const vulkan::DeviceProperties& properties) {
  shape.threads = std::min(
      shape.threads, std::bit_floor(std::min(properties.max_workgroup_invocations, properties.max_workgroup_size[0])));
  const std::uint64_t vectors = parts(domain.grid.size[0], 4);
  if (domain.neighbours == Neighbours::line) {
    shape.threads_along_x = shape.threads;
  } else {
    shape.threads_along_x =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(shape.threads_along_x, std::bit_ceil(vectors)));
  }
  while (shape.rows > 1 && march_groups_of(domain, shape) < kLeastGroups) {
    shape.rows /= 2;
  }
  return shape;
}

DeviceSetup::DeviceSetup(const Model& model, const DeviceDomain& domain, const DeviceShape& shape,
                         vulkan::DeviceMemory& memory, vulkan::Pipelines& pipelines)
    : model_(model),
      domain_(domain),
      shape_(fit_shape(shape, domain, memory.device().properties())),
      layout_(lay_out(domain.grid, domain.precision,
                      shape.chunk_bytes != 0 ? shape.chunk_bytes : memory.device().plan().chunk_bytes)),
      memory_(memory),
      pipelines_(pipelines) {
  if (domain.precision == Precision::single_precision) {
    fill<float>();
  } else {
    fill<double>();
  }
}

template <typename Real>
void DeviceSetup::fill() {
  SetupData<Real> data{};
  for (std::size_t i = 0; i < model_.parameters.size(); ++i) {
    data.parameters[i] = static_cast<Real>(model_.parameters[i]);
  }
  for (std::size_t axis = 0; axis < 3; ++axis) {
    for (std::size_t end = 0; end < 2; ++end) {
      data.ghosts[axis][end][0] = static_cast<Real>(domain_.ghosts[axis][end].constant);
      data.ghosts[axis][end][1] = static_cast<Real>(domain_.ghosts[axis][end].factor);
    }
    data.size[axis] = static_cast<std::uint32_t>(domain_.grid.size[axis]);
  }
  data.laplacian_scale = static_cast<Real>(1 / (domain_.grid.spacing * domain_.grid.spacing));
  data.row_values = static_cast<std::uint32_t>(layout_.row_bytes / (4 * sizeof(Real)));
  data.chunk_shift = static_cast<std::uint32_t>(std::bit_width(layout_.chunk_rows) - 1);
  data.chunks = static_cast<std::uint32_t>(layout_.chunks);
  buffer_ = memory_.allocate(sizeof(data), vulkan::Placement::upload, "setup of a pattern");
  std::memcpy(buffer_.data(), &data, sizeof(data));
}

vulkan::Pipeline DeviceSetup::pipeline(ShaderKind kind, const std::vector<std::uint32_t>& constants) const {
  return pipeline(kind, shape_.threads, shape_.threads_along_x, constants);
}

vulkan::Pipeline DeviceSetup::pipeline(ShaderKind kind, std::uint32_t threads, std::uint32_t threads_along_x,
                                       const std::vector<std::uint32_t>& constants) const {
  std::uint32_t periodic = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    periodic |= domain_.ghosts[axis][0].periodic ? 1U << axis : 0U;
  }
  std::vector<std::uint32_t> all = {threads,
                                    threads_along_x,
                                    static_cast<std::uint32_t>(model_.number),
                                    static_cast<std::uint32_t>(model_.species()),
                                    static_cast<std::uint32_t>(model_.auxiliary()),
                                    static_cast<std::uint32_t>(domain_.neighbours),
                                    periodic,
                                    layout_.chunks == 1 ? 1U : 0U};
  all.insert(all.end(), constants.begin(), constants.end());
  return pipelines_.get(shader_of(kind, domain_.precision), all);
}

std::uint64_t DeviceSetup::march_groups() const noexcept {
  return march_groups_of(domain_, shape_);
}

std::uint64_t DeviceSetup::row_groups() const noexcept {
  const std::uint64_t across = shape_.threads / shape_.threads_along_x;
  return columns_of(domain_.grid, shape_) * parts(layout_.rows, across * shape_.rows);
}

}  // namespace basalt::patterns
