#include "workloads/patterns/shaders/device_steps.h"

#include <algorithm>

#include "workloads/patterns/cost.h"

namespace basalt::patterns {
namespace {

/// As step.comp has it.
template <typename Real>
struct StepPush {
  std::uint64_t setup = 0;
  std::uint64_t at = 0;
  std::uint64_t auxiliary = 0;
  std::uint64_t base = 0;
  std::uint64_t next = 0;
  std::uint64_t sum_base = 0;
  std::uint64_t sum = 0;
  std::uint32_t first_group = 0;
  std::uint32_t groups = 0;
  Real next_factor = 0;
  Real sum_factor = 0;
};

/// As steps.comp has it.
template <typename Real>
struct StepsPush {
  std::uint64_t setup = 0;
  std::uint64_t at = 0;
  std::uint64_t next = 0;
  std::uint32_t first_group = 0;
  std::uint32_t groups = 0;
  std::uint32_t steps = 0;
  std::uint32_t halo = 0;
  std::uint32_t halo_values = 0;
  Real factor = 0;
};

constexpr std::uint32_t kTileThreadsAlongX = 32;

/// Shared memory that a workgroup of steps.comp takes.
std::uint64_t tile_shared_bytes(Precision precision, std::uint32_t threads) {
  const std::uint64_t ends = std::uint64_t{2} * threads * block_rows(precision);
  const std::uint64_t edges = std::uint64_t{2} * 4 * threads;
  return kMostLaplacians * (ends + edges) * scalar_bytes(precision);
}

/// Threads of a workgroup of steps.comp: as many as there are and as shared memory has room for. 0: too few, or a grid
/// that is no plane.
std::uint32_t choose_tile_threads(const DeviceDomain& domain, const Scheme& scheme,
                                  const vulkan::DeviceProperties& properties) {
  const bool plane = domain.neighbours == Neighbours::plane || domain.neighbours == Neighbours::plane_with_corners;
  if (!plane || scheme.integrator != Integrator::euler) {
    return 0;
  }
  std::uint32_t threads = 256;
  while (threads > 2 * kTileThreadsAlongX &&
         (threads > std::min(properties.max_workgroup_invocations, properties.max_workgroup_size[0]) ||
          tile_shared_bytes(domain.precision, threads) > properties.max_shared_bytes)) {
    threads /= 2;
  }
  return tile_shared_bytes(domain.precision, threads) <= properties.max_shared_bytes ? threads : 0;
}

}  // namespace

std::size_t device_fields(const Model& model, Integrator integrator) {
  return (integrator == Integrator::euler ? 2 : 4) * model.species() + model.auxiliary();
}

/// One of the four of Runge-Kutta, or a step of Euler's method: rates k at `at`; next = base + next_factor · k,
/// sum = sum_base + sum_factor · k.
struct DeviceSteps::Stage {
  const DeviceCells& at;
  const DeviceCells* base = nullptr;
  const DeviceCells* next = nullptr;  ///< Null: none.
  double next_factor = 0;
  const DeviceCells* sum_base = nullptr;
  const DeviceCells* sum = nullptr;  ///< Null: none.
  double sum_factor = 0;
  bool only_auxiliary = false;  ///< `next` becomes the auxiliary field.
};

DeviceSteps::DeviceSteps(const DeviceSetup& setup, const Scheme& scheme)
    : setup_(setup),
      scheme_(scheme),
      tile_threads_(choose_tile_threads(setup.domain(), scheme, setup.memory().device().properties())) {
  const auto take = [&](std::size_t fields) { return DeviceCells(setup.memory(), setup.layout(), fields); };
  const Model& model = setup.model();
  species_ = {take(model.species()), take(model.species())};
  if (scheme.integrator == Integrator::rk4) {
    other_ = take(model.species());
    accumulated_ = take(model.species());
  }
  if (model.auxiliary() > 0) {
    auxiliary_ = take(model.auxiliary());
  }
}

bool DeviceSteps::can_visit(std::uint32_t steps) const noexcept {
  if (steps == 1) {
    return true;
  }
  const std::uint64_t halo = steps * (1 + setup_.model().auxiliary());
  const std::uint64_t rows = tile_threads_ / kTileThreadsAlongX * std::uint64_t{block_rows(setup_.domain().precision)};
  // at least half of a tile comes out right
  return steps > 1 && steps <= kMostPerVisit && rows >= 4 * halo;
}

DeviceSteps::Work DeviceSteps::record(vulkan::Commands& commands, std::uint64_t steps, std::uint32_t per_visit,
                                      std::size_t now) const {
  const auto field_bytes = static_cast<double>(setup_.domain().grid.cells() * scalar_bytes(setup_.domain().precision));
  Work work{.now = now};
  while (steps > 0) {
    const auto count = static_cast<std::uint32_t>(std::min<std::uint64_t>(steps, per_visit));
    if (per_visit > 1) {
      record_tiles(commands, count, work.now);
      work.visits += 1;
      work.bytes +=
          2 * field_bytes * static_cast<double>(setup_.model().species());  // the auxiliary field stays inside
    } else {
      const bool euler = scheme_.integrator == Integrator::euler;
      euler ? record_euler(commands, work.now) : record_runge_kutta(commands, work.now);
      work.visits += visits_per_step(setup_.model(), scheme_.integrator);
      work.bytes += bytes_per_step(setup_.model(), scheme_.integrator, field_bytes);
    }
    if (scheme_.integrator == Integrator::euler) {
      work.now = 1 - work.now;
    }
    steps -= count;
  }
  return work;
}

void DeviceSteps::record_euler(vulkan::Commands& commands, std::size_t now) const {
  record_auxiliary(commands, species_[now]);
  record_stage(commands,
               {.at = species_[now], .base = &species_[now], .next = &species_[1 - now], .next_factor = scheme_.step});
}

void DeviceSteps::record_runge_kutta(vulkan::Commands& commands, std::size_t at) const {
  const double h = scheme_.step;
  const DeviceCells& now = species_[at];
  const DeviceCells& next = species_[1 - at];
  const auto stage = [&](const Stage& each) {
    record_auxiliary(commands, each.at);
    record_stage(commands, each);
  };
  stage({now, &now, &next, h / 2, &now, &accumulated_, h / 6});
  stage({next, &now, &other_, h / 2, &accumulated_, &accumulated_, h / 3});
  stage({other_, &now, &next, h, &accumulated_, &accumulated_, h / 3});
  stage({next, nullptr, nullptr, 0, &accumulated_, &now, h / 6});
}

void DeviceSteps::record_auxiliary(vulkan::Commands& commands, const DeviceCells& at) const {
  if (setup_.model().auxiliary() > 0) {
    record_stage(commands, {.at = at, .next = &auxiliary_, .only_auxiliary = true});
  }
}

void DeviceSteps::record_stage(vulkan::Commands& commands, const Stage& stage) const {
  if (setup_.domain().precision == Precision::single_precision) {
    dispatch_stage<float>(commands, stage);
  } else {
    dispatch_stage<double>(commands, stage);
  }
}

template <typename Real>
void DeviceSteps::dispatch_stage(vulkan::Commands& commands, const Stage& stage) const {
  /// 0: none; 1: what is looked at is the base, too; 2: the base is another.
  const auto kind = [&](const DeviceCells* to, const DeviceCells* base) {
    return to == nullptr ? 0U : base == &stage.at ? 1U : 2U;
  };
  const auto address = [](const DeviceCells* cells) { return cells == nullptr ? 0 : cells->table_address(); };
  const DeviceShape& shape = setup_.shape();
  const vulkan::Pipeline pipeline = setup_.pipeline(
      ShaderKind::step,
      {shape.rows, kind(stage.next, stage.base), kind(stage.sum, stage.sum_base), stage.only_auxiliary ? 1U : 0U});
  const StepPush<Real> push{.setup = setup_.address(),
                            .at = stage.at.table_address(),
                            .auxiliary = auxiliary_.table_address(),
                            .base = address(stage.base),
                            .next = address(stage.next),
                            .sum_base = address(stage.sum_base),
                            .sum = address(stage.sum),
                            .next_factor = static_cast<Real>(stage.next_factor),
                            .sum_factor = static_cast<Real>(stage.sum_factor)};
  dispatch_groups(commands, pipeline, push, setup_.march_groups(), std::uint64_t{4} * shape.threads * shape.rows);
  commands.barrier();
}

void DeviceSteps::record_tiles(vulkan::Commands& commands, std::uint32_t steps, std::size_t now) const {
  if (setup_.domain().precision == Precision::single_precision) {
    dispatch_tiles<float>(commands, steps, now);
  } else {
    dispatch_tiles<double>(commands, steps, now);
  }
}

template <typename Real>
void DeviceSteps::dispatch_tiles(vulkan::Commands& commands, std::uint32_t steps, std::size_t now) const {
  const vulkan::Pipeline pipeline = setup_.pipeline(ShaderKind::steps, tile_threads_, kTileThreadsAlongX, {});
  const auto halo = static_cast<std::uint32_t>(steps * (1 + setup_.model().auxiliary()));
  const std::uint32_t halo_values = (halo + 3) / 4;
  const std::uint64_t tile_values = kTileThreadsAlongX - 2 * halo_values;
  const std::uint64_t tile_rows = tile_threads_ / kTileThreadsAlongX * block_rows(setup_.domain().precision) - 2 * halo;
  const auto parts = [](std::uint64_t count, std::uint64_t of) { return (count + of - 1) / of; };
  const StepsPush<Real> push{.setup = setup_.address(),
                             .at = species_[now].table_address(),
                             .next = species_[1 - now].table_address(),
                             .steps = steps,
                             .halo = halo,
                             .halo_values = halo_values,
                             .factor = static_cast<Real>(scheme_.step)};
  const Grid& grid = setup_.domain().grid;
  dispatch_groups(commands, pipeline, push, parts(parts(grid.size[0], 4), tile_values) * parts(grid.size[1], tile_rows),
                  std::uint64_t{4} * tile_threads_ * block_rows(setup_.domain().precision) * steps);
  commands.barrier();
}

}  // namespace basalt::patterns
