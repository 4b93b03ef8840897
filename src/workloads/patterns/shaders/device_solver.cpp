#include "workloads/patterns/shaders/device_solver.h"

#include <algorithm>
#include <cmath>

#include "runtime/metrics/trace.h"

namespace basalt::patterns {
namespace {

/// As scale.comp has it.
template <typename Real>
struct ScalePush {
  std::uint64_t setup = 0;
  std::uint64_t at = 0;
  std::uint32_t first_group = 0;
  std::uint32_t groups = 0;
  Real factor = 0;
};

/// Visits of a cell in one submission, at most: a fraction of a second on a slow device.
constexpr std::uint64_t kRunCells = std::uint64_t{1} << 31;
constexpr std::size_t kMostRuns = 16;

}  // namespace

std::uint64_t device_solver_bytes(const Model& model, const DeviceDomain& domain, Integrator integrator,
                                  const vulkan::DevicePlan& plan) {
  const DeviceLayout layout = lay_out(domain.grid, domain.precision, plan.chunk_bytes);
  // what is said of cells takes a small part of a row for each block of rows
  const std::uint64_t sums = layout.field_bytes() / 64 + (std::uint64_t{1} << 20);
  return device_cells_bytes(layout, device_fields(model, integrator)) + sums;
}

std::uint64_t device_solver_host_bytes(const DeviceDomain& domain, const vulkan::DevicePlan& plan) {
  return DeviceRows::host_bytes(lay_out(domain.grid, domain.precision, plan.chunk_bytes));
}

DeviceSolver::DeviceSolver(const Model& model, const DeviceDomain& domain, const Scheme& scheme,
                           const DeviceShape& shape, vulkan::DeviceMemory& memory, vulkan::Pipelines& pipelines,
                           MemoryResource& host, const CancelToken& cancel)
    : memory_(memory),
      cancel_(cancel),
      setup_(model, domain, shape, memory, pipelines),
      steps_(setup_, scheme),
      rows_(memory, setup_.layout(), host),
      look_(setup_) {}

DeviceSolver::~DeviceSolver() = default;

void DeviceSolver::write_rows(std::size_t species, std::uint64_t first_row, std::span<const std::byte> rows) {
  settle();
  rows_.write(steps_.species(now_), species, first_row, rows, &cancel_);
}

const std::byte* DeviceSolver::read_row(std::size_t species, std::uint64_t y, std::uint64_t z) {
  settle();
  return rows_.read(steps_.species(now_), species, y + z * domain().grid.size[1], &cancel_);
}

std::optional<Place> DeviceSolver::find_blow_up() {
  settle();
  const std::optional<DeviceLook::Row> bad = look_.find_bad_row(steps_.species(now_), cancel_);
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
  return look_.summarise(steps_.species(now_), cancel_);
}

void DeviceSolver::advance(std::uint64_t steps) {
  rows_.forget();
  const std::uint64_t in_a_run = std::max<std::uint64_t>(kRunCells / domain().grid.cells(), 1);
  const std::uint64_t most = (in_a_run + steps_per_visit_ - 1) / steps_per_visit_ * steps_per_visit_;
  while (steps > 0) {
    cancel_.check();  // a fast device is done before anybody waits for it
    const std::uint64_t count = std::min(steps, most);
    Run& run = recorded(count);
    const vulkan::Moment moment = run.commands.submit();
    ++submissions_;
    settle();  // what was submitted before
    pending_ = &run;
    pending_until_ = moment;
    visits_ += run.work.visits;
    bytes_moved_ += run.work.bytes;
    now_ = run.work.now;
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
      memory_.device().track().record(metrics::SpanName::stage, {.detail = "steps", .bytes = pending_->work.bytes},
                                      *marks.start, *marks.start + std::llround(marks.seconds.back() * 1e9));
    }
  }
  pending_ = nullptr;
}

double DeviceSolver::device_seconds() {
  settle();
  return device_seconds_;
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
  Run run{.commands = vulkan::Commands(memory_.shared_device(), vulkan::QueueKind::compute, 2), .work = {}};
  run.commands.begin();
  run.commands.mark();
  run.work = steps_.record(run.commands, steps, steps_per_visit_, now_);
  run.commands.mark();
  run.commands.end();
  return runs_.emplace(key, std::move(run)).first->second;
}

void DeviceSolver::set_steps_per_visit(std::uint32_t steps) {
  settle();
  runs_.clear();
  steps_per_visit_ = std::clamp(steps, std::uint32_t{1}, kMostStepsPerVisit);
  while (!can_visit(steps_per_visit_)) {
    --steps_per_visit_;
  }
}

/// Seconds of a step by the device's clock, where a visit makes so many; 0 where it has none.
double DeviceSolver::measure_visit(std::uint32_t steps) {
  constexpr int kVisits = 3;  // the first is slow
  vulkan::Commands commands(memory_.shared_device(), vulkan::QueueKind::compute, kVisits);
  commands.begin();
  for (int visit = 0; visit < kVisits; ++visit) {
    steps_.record(commands, steps, steps, now_);  // always from the same species: they stay as they are
    commands.mark();
  }
  commands.end();
  commands.run(&cancel_);
  const std::vector<double> marks = commands.mark_seconds();
  return marks.empty() ? 0 : std::min(marks[1], marks[2] - marks[1]) / steps;
}

std::uint32_t DeviceSolver::tune() {
  settle();
  std::uint32_t best = 1;
  if (can_visit(2)) {
    double least = measure_visit(1);
    for (const std::uint32_t steps : {2U, 3U, 4U, 6U, 8U}) {
      const double seconds = can_visit(steps) ? measure_visit(steps) : least;
      best = seconds < least ? steps : best;
      least = std::min(least, seconds);
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
    const ScalePush<Real> push{.setup = setup_.address(), .at = steps_.species(now_).table_address(), .factor = one};
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
