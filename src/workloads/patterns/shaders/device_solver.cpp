#include "workloads/patterns/shaders/device_solver.h"

#include <algorithm>
#include <cmath>

#include "runtime/metrics/trace.h"
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

/// As scale.comp has it.
template <typename Real>
struct ScalePush {
  std::uint64_t setup = 0;
  std::uint64_t at = 0;
  std::uint32_t first_group = 0;
  std::uint32_t groups = 0;
  Real factor = 0;
};

constexpr std::uint32_t kTileThreadsAlongX = 32;

/// Visits of a cell in one submission, at most: a fraction of a second on a slow device.
constexpr std::uint64_t kRunCells = std::uint64_t{1} << 31;
constexpr std::size_t kMostRuns = 16;

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

/// Fields besides the species now and one visit later.
std::size_t further_fields(const Model& model, Integrator integrator) {
  return (integrator == Integrator::euler ? 0 : 2) * model.species() + model.auxiliary();
}

double field_bytes(const DeviceDomain& domain) {
  return static_cast<double>(domain.grid.cells() * scalar_bytes(domain.precision));
}

}  // namespace

std::uint64_t device_solver_bytes(const Model& model, const DeviceDomain& domain, Integrator integrator,
                                  const vulkan::DevicePlan& plan) {
  const DeviceLayout layout = lay_out(domain.grid, domain.precision, plan.chunk_bytes);
  // what is said of cells takes a small part of a row for each block of rows
  const std::uint64_t sums = layout.field_bytes() / 64 + (std::uint64_t{1} << 20);
  return device_cells_bytes(layout, 2 * model.species() + further_fields(model, integrator)) + sums;
}

std::uint64_t device_solver_host_bytes(const DeviceDomain& domain, const vulkan::DevicePlan& plan) {
  return DeviceRows::host_bytes(lay_out(domain.grid, domain.precision, plan.chunk_bytes));
}

/// One of the four of Runge-Kutta, or a step of Euler's method: rates k at `at`; next = base + next_factor · k,
/// sum = sum_base + sum_factor · k.
struct DeviceSolver::Stage {
  const DeviceCells& at;
  const DeviceCells* base = nullptr;
  const DeviceCells* next = nullptr;  ///< Null: none.
  double next_factor = 0;
  const DeviceCells* sum_base = nullptr;
  const DeviceCells* sum = nullptr;  ///< Null: none.
  double sum_factor = 0;
  bool only_auxiliary = false;  ///< `next` becomes the auxiliary field.
};

DeviceSolver::DeviceSolver(const Model& model, const DeviceDomain& domain, const Scheme& scheme,
                           const DeviceShape& shape, vulkan::DeviceMemory& memory, vulkan::Pipelines& pipelines,
                           MemoryResource& host, const CancelToken& cancel)
    : memory_(memory),
      cancel_(cancel),
      scheme_(scheme),
      setup_(model, domain, shape, memory, pipelines),
      tile_threads_(choose_tile_threads(domain, scheme, memory.device().properties())),
      species_{DeviceCells(memory, setup_.layout(), model.species()),
               DeviceCells(memory, setup_.layout(), model.species())},
      rows_(memory, setup_.layout(), host),
      look_(setup_) {
  if (scheme.integrator == Integrator::rk4) {
    other_ = DeviceCells(memory, setup_.layout(), model.species());
    accumulated_ = DeviceCells(memory, setup_.layout(), model.species());
  }
  if (model.auxiliary() > 0) {
    auxiliary_ = DeviceCells(memory, setup_.layout(), model.auxiliary());
  }
}

DeviceSolver::~DeviceSolver() = default;

void DeviceSolver::write_rows(std::size_t species, std::uint64_t first_row, std::span<const std::byte> rows) {
  settle();
  rows_.write(species_[now_], species, first_row, rows, &cancel_);
}

const std::byte* DeviceSolver::read_row(std::size_t species, std::uint64_t y, std::uint64_t z) {
  settle();
  return rows_.read(species_[now_], species, y + z * domain().grid.size[1], &cancel_);
}

std::optional<Place> DeviceSolver::find_blow_up() {
  settle();
  const std::optional<DeviceLook::Row> bad = look_.find_bad_row(species_[now_], cancel_);
  if (!bad) {
    return std::nullopt;
  }
  const std::uint64_t rows = domain().grid.size[1];
  Place place{.species = bad->species, .x = 0, .y = bad->row % rows, .z = bad->row / rows};
  const std::byte* const row = read_row(place.species, place.y, place.z);
  const auto is_finite = [&](std::uint64_t x) {
    return domain().precision == Precision::single_precision ? std::isfinite(reinterpret_cast<const float*>(row)[x])
                                                             : std::isfinite(reinterpret_cast<const double*>(row)[x]);
  };
  while (place.x + 1 < domain().grid.size[0] && is_finite(place.x)) {
    ++place.x;
  }
  return place;
}

std::vector<SpeciesSummary> DeviceSolver::summarise() {
  settle();
  return look_.summarise(species_[now_], cancel_);
}

void DeviceSolver::advance(std::uint64_t steps) {
  rows_.forget();
  const std::uint64_t in_a_run = std::max<std::uint64_t>(kRunCells / domain().grid.cells(), 1);
  const std::uint64_t most = (in_a_run + steps_per_visit_ - 1) / steps_per_visit_ * steps_per_visit_;
  while (steps > 0) {
    const std::uint64_t count = std::min(steps, most);
    Run& run = recorded(count);
    const vulkan::Moment moment = run.commands.submit();
    ++submissions_;
    settle();  // what was submitted before
    pending_ = &run;
    pending_until_ = moment;
    visits_ += run.visits;
    bytes_moved_ += run.bytes;
    if (scheme_.integrator == Integrator::euler) {
      now_ = (now_ + visits_of(count)) % 2;
    }
    steps -= count;
  }
}

/// Waits for what was submitted.
void DeviceSolver::settle() {
  if (pending_ == nullptr) {
    return;
  }
  memory_.device().wait(pending_until_, &cancel_);
  const vulkan::Marks marks = pending_->commands.marks();
  if (!marks.seconds.empty()) {
    device_seconds_ += marks.seconds.back();
    if (marks.start) {
      memory_.device().track().record(metrics::SpanName::stage, {.detail = "steps", .bytes = pending_->bytes},
                                      *marks.start, *marks.start + std::llround(marks.seconds.back() * 1e9));
    }
  }
  pending_ = nullptr;
}

double DeviceSolver::device_seconds() {
  settle();
  return device_seconds_;
}

/// Of the grid, by steps of Euler's method.
std::uint64_t DeviceSolver::visits_of(std::uint64_t steps) const noexcept {
  return (steps + steps_per_visit_ - 1) / steps_per_visit_;
}

DeviceSolver::Run& DeviceSolver::recorded(std::uint64_t steps) {
  const RunKey key{steps, now_, submissions_ % 2};
  if (const auto known = runs_.find(key); known != runs_.end()) {
    return known->second;
  }
  if (runs_.size() >= kMostRuns) {
    settle();
    runs_.clear();
  }
  Run run{.commands = vulkan::Commands(memory_.shared_device(), vulkan::QueueKind::compute, 2)};
  run.commands.begin();
  run.commands.mark();
  if (scheme_.integrator == Integrator::euler) {
    run.visits = record_steps(run.commands, steps, now_);
  } else {
    for (std::uint64_t step = 0; step < steps; ++step) {
      record_runge_kutta(run.commands);
    }
    run.visits = steps * visits_per_step(setup_.model(), scheme_.integrator);
  }
  const double species_bytes = field_bytes(domain()) * static_cast<double>(setup_.model().species());
  // several steps in a visit keep the auxiliary field to themselves
  run.bytes = steps_per_visit_ > 1 ? 2 * species_bytes * static_cast<double>(run.visits)
                                   : static_cast<double>(steps) *
                                         bytes_per_step(setup_.model(), scheme_.integrator, field_bytes(domain()));
  run.commands.mark();
  run.commands.end();
  return runs_.emplace(key, std::move(run)).first->second;
}

/// Returns the visits.
std::uint64_t DeviceSolver::record_steps(vulkan::Commands& commands, std::uint64_t steps, std::size_t now) {
  std::uint64_t visits = 0;
  while (steps > 0) {
    const auto count = static_cast<std::uint32_t>(std::min<std::uint64_t>(steps, steps_per_visit_));
    record_visit(commands, count, now);
    visits += steps_per_visit_ > 1 ? 1 : 1 + setup_.model().auxiliary();
    now = 1 - now;
    steps -= count;
  }
  return visits;
}

/// So many steps of Euler's method.
void DeviceSolver::record_visit(vulkan::Commands& commands, std::uint32_t steps, std::size_t now) {
  if (steps_per_visit_ == 1) {
    record_euler(commands, now);
  } else if (domain().precision == Precision::single_precision) {
    record_tiles<float>(commands, steps, now);
  } else {
    record_tiles<double>(commands, steps, now);
  }
}

void DeviceSolver::record_euler(vulkan::Commands& commands, std::size_t now) {
  record_auxiliary(commands, species_[now]);
  record_stage_of_precision(
      commands, {.at = species_[now], .base = &species_[now], .next = &species_[1 - now], .next_factor = scheme_.step});
}

void DeviceSolver::record_runge_kutta(vulkan::Commands& commands) {
  const double h = scheme_.step;
  const DeviceCells& now = species_[0];
  const DeviceCells& next = species_[1];
  const auto stage = [&](const Stage& each) {
    record_auxiliary(commands, each.at);
    record_stage_of_precision(commands, each);
  };
  stage({now, &now, &next, h / 2, &now, &accumulated_, h / 6});
  stage({next, &now, &other_, h / 2, &accumulated_, &accumulated_, h / 3});
  stage({other_, &now, &next, h, &accumulated_, &accumulated_, h / 3});
  stage({next, nullptr, nullptr, 0, &accumulated_, &now, h / 6});
}

void DeviceSolver::record_auxiliary(vulkan::Commands& commands, const DeviceCells& at) {
  if (setup_.model().auxiliary() > 0) {
    record_stage_of_precision(commands, {.at = at, .next = &auxiliary_, .only_auxiliary = true});
  }
}

void DeviceSolver::record_stage_of_precision(vulkan::Commands& commands, const Stage& stage) {
  if (domain().precision == Precision::single_precision) {
    record_stage<float>(commands, stage);
  } else {
    record_stage<double>(commands, stage);
  }
}

template <typename Real>
void DeviceSolver::record_stage(vulkan::Commands& commands, const Stage& stage) {
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

template <typename Real>
void DeviceSolver::record_tiles(vulkan::Commands& commands, std::uint32_t steps, std::size_t now) {
  const vulkan::Pipeline pipeline = setup_.pipeline(ShaderKind::steps, tile_threads_, kTileThreadsAlongX, {});
  const auto halo = static_cast<std::uint32_t>(steps * (1 + setup_.model().auxiliary()));
  const std::uint32_t halo_values = (halo + 3) / 4;
  const std::uint64_t tile_values = kTileThreadsAlongX - 2 * halo_values;
  const std::uint64_t tile_rows = tile_threads_ / kTileThreadsAlongX * block_rows(domain().precision) - 2 * halo;
  const auto parts = [](std::uint64_t count, std::uint64_t of) { return (count + of - 1) / of; };
  const StepsPush<Real> push{.setup = setup_.address(),
                             .at = species_[now].table_address(),
                             .next = species_[1 - now].table_address(),
                             .steps = steps,
                             .halo = halo,
                             .halo_values = halo_values,
                             .factor = static_cast<Real>(scheme_.step)};
  const Grid& grid = domain().grid;
  dispatch_groups(commands, pipeline, push, parts(parts(grid.size[0], 4), tile_values) * parts(grid.size[1], tile_rows),
                  std::uint64_t{4} * tile_threads_ * block_rows(domain().precision) * steps);
  commands.barrier();
}

bool DeviceSolver::can_visit(std::uint32_t steps) const noexcept {
  if (steps == 1) {
    return true;
  }
  const std::uint64_t halo = steps * (1 + setup_.model().auxiliary());
  const std::uint64_t rows = tile_threads_ / kTileThreadsAlongX * std::uint64_t{block_rows(domain().precision)};
  // at least half of a tile comes out right
  return steps > 1 && steps <= kMostStepsPerVisit && rows >= 4 * halo;
}

void DeviceSolver::set_steps_per_visit(std::uint32_t steps) {
  settle();
  runs_.clear();
  steps_per_visit_ = can_visit(steps) ? steps : 1;
}

double DeviceSolver::measure_visit(std::uint32_t steps) {
  set_steps_per_visit(steps);
  vulkan::Commands commands(memory_.shared_device(), vulkan::QueueKind::compute, 3);
  commands.begin();
  record_visit(commands, steps, now_);
  commands.mark();
  record_visit(commands, steps, now_);
  commands.mark();
  record_visit(commands, steps, now_);
  commands.mark();
  commands.end();
  commands.run(&cancel_);
  const std::vector<double> marks = commands.mark_seconds();
  return marks.empty() ? 0 : std::min(marks[1], marks[2] - marks[1]) / steps;
}

std::uint32_t DeviceSolver::tune() {
  settle();
  std::uint32_t best = 1;
  double least = measure_visit(1);
  for (const std::uint32_t steps : {2U, 3U, 4U, 6U, 8U}) {
    if (least > 0 && can_visit(steps)) {
      const double seconds = measure_visit(steps);
      if (seconds < least) {
        least = seconds;
        best = steps;
      }
    }
  }
  set_steps_per_visit(best);
  return best;
}

double DeviceSolver::measure_scale_seconds() {
  settle();
  const auto scale = [&](auto one) {
    using Real = decltype(one);
    vulkan::Commands commands(memory_.shared_device(), vulkan::QueueKind::compute, 4);
    const vulkan::Pipeline pipeline = setup_.pipeline(ShaderKind::scale, {setup_.shape().rows});
    const ScalePush<Real> push{.setup = setup_.address(), .at = species_[now_].table_address(), .factor = one};
    commands.begin();
    commands.mark();
    for (int i = 0; i < 3; ++i) {
      dispatch_groups(commands, pipeline, push, setup_.row_groups(),
                      std::uint64_t{4} * setup_.shape().threads * setup_.shape().rows);
      commands.barrier();
      commands.mark();
    }
    commands.end();
    commands.run(&cancel_);
    const std::vector<double> marks = commands.mark_seconds();
    return marks.empty() ? 0 : std::min({marks[1], marks[2] - marks[1], marks[3] - marks[2]});
  };
  return domain().precision == Precision::single_precision ? scale(1.0F) : scale(1.0);
}

}  // namespace basalt::patterns
