#include "engine/run_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <mutex>

#include "basalt/error_log.h"
#include "basalt/tool.h"
#include "base/stopwatch.h"
#include "engine/choose_pattern_device.h"
#include "engine/device_pattern.h"
#include "engine/host_pattern.h"
#include "engine/run.h"
#include "runtime/cpu/sweep.h"
#include "runtime/metrics/metrics.h"
#include "runtime/metrics/span.h"
#include "workloads/patterns/output/frame_folder.h"
#include "workloads/patterns/stability.h"

namespace basalt {
namespace {

using patterns::Domain;
using patterns::Grid;
using patterns::Model;
using patterns::Place;
using patterns::Scheme;

/// A state that blows up is found at most so many steps later.
constexpr std::uint64_t kStepsBetweenLooks = 64;

/// A job whose state is small is not asked what it touched: a turn at the ledger takes as long as many steps.
constexpr std::uint64_t kWorthTelling = std::uint64_t{1} << 20;

Domain make_domain(const PatternRequest& request, const Model& model) {
  const Grid grid = patterns::make_grid(request.size, request.spacing.value_or(model.description().spacing));
  return {.grid = grid,
          .layout = patterns::make_layout(grid, request.precision),
          .precision = request.precision,
          .ghosts = patterns::make_ghosts(request, model, grid)};
}

void check_steps(const PatternRequest& request) {
  constexpr std::uint64_t kMostSteps = std::uint64_t{1} << 53;  // what a JSON reader hands back unchanged
  if (request.steps > kMostSteps) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} steps are too many", request.steps),
                fmt::format("give {} or fewer", kMostSteps));
  }
  if (request.steps_per_visit && *request.steps_per_visit < 1) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} steps cannot be done in a visit", *request.steps_per_visit),
                "give 1 or more");
  }
}

void choose_threads(PatternJob& job, const Inventory& inventory) {
  int threads = static_cast<int>(inventory.cores.value);
  const int asked = job.request.threads.value_or(threads);
  if (asked > threads) {
    job.report.notes.push_back(fmt::format("--threads {} is more than the {} that this process may use ({}): using {}",
                                           asked, threads, inventory.cores.source, threads));
  }
  threads = std::min(std::max(asked, 1), threads);
  job.limits = job.resources.plan_limits(threads);
  const double bytes = static_cast<double>(2 * job.domain.field_bytes() * job.model.species());
  job.report.threads = bytes <= static_cast<double>(job.limits.serial_bytes) ? 1 : threads;
}

bool writes(const PatternRequest& request, FrameFormat format) {
  return !request.output.empty() &&
         std::find(request.formats.begin(), request.formats.end(), format) != request.formats.end();
}

/// What a frame takes while it is written: pictures and HDF5 files are put together in memory.
std::uint64_t frame_bytes(const PatternJob& job) {
  const Grid& grid = job.domain.grid;
  const std::uint64_t picture = writes(job.request, FrameFormat::png) ? 3 * grid.size[0] * grid.size[1] : 0;
  const std::uint64_t arrays = writes(job.request, FrameFormat::hdf5)
                                   ? grid.cells() * job.model.species() * patterns::scalar_bytes(job.domain.precision)
                                   : 0;
  return std::max(picture, arrays);
}

/// Of the host's memory: cells, what threads work in, and frames.
std::uint64_t promised_bytes(const PatternJob& job) {
  return (job.device ? device_pattern_host_bytes(job) : host_pattern_bytes(job)) + frame_bytes(job);
}

bool fits_the_host(const PatternJob& job) {
  const std::uint64_t limit =
      std::min(job.resources.memory_limit().value, job.request.memory_limit_bytes.value_or(~std::uint64_t{0}));
  return promised_bytes(job) <= limit;
}

/// Decides where the job runs.
void settle_backend(PatternJob& job) {
  std::string device = job.request.device;
  if (job.request.backend == Backend::cpu || (job.request.backend == Backend::automatic && device.empty() &&
                                              !choose_device(job, fits_the_host(job), device))) {
    return;
  }
  open_pattern_device(job, device);
  job.report.backend = "vulkan";
}

void admit(PatternJob& job) {
  const Limit machine = job.resources.memory_limit();
  MemoryReport& memory = job.report.memory;
  memory.estimate_bytes = promised_bytes(job);
  memory.limit_bytes = machine.value;
  memory.limit_source = machine.source;
  if (job.request.memory_limit_bytes && *job.request.memory_limit_bytes < machine.value) {
    memory.limit_bytes = *job.request.memory_limit_bytes;
    memory.limit_source = "--memory";
  }
  if (memory.estimate_bytes > memory.limit_bytes) {
    const double share = static_cast<double>(memory.limit_bytes) / static_cast<double>(memory.estimate_bytes);
    const double axes = job.domain.grid.axes;
    const double fits = std::pow(static_cast<double>(job.domain.grid.cells()) * share, 1 / axes);
    throw Error(ErrorCode::out_of_resources,
                fmt::format("{} cells take {}, and {} may be used ({})", job.domain.grid.cells(),
                            format_bytes(memory.estimate_bytes), format_bytes(memory.limit_bytes), memory.limit_source),
                fmt::format("give a grid of about {:.0f} cells along each axis{}", std::floor(fits * 0.98),
                            job.request.precision == Precision::double_precision ? ", or --precision single" : ""));
  }
}

Lease take_lease(PatternJob& job) {
  const Stopwatch watch;
  const metrics::Span span(metrics::SpanName::wait);
  const Demand demand{.host_bytes = job.report.memory.estimate_bytes,
                      .cached_bytes = 0,
                      .device_bytes = job.device ? device_pattern_heaps(job) : std::vector<HeapBytes>(),
                      .min_cores = 1,
                      .max_cores = job.report.threads,
                      .queue_slots = 0,
                      .expected_seconds = 0,
                      .can_release_host = false};
  const JobInfo info{.name = job.request.model, .priority = job.request.priority};
  Ledger& ledger = job.resources.ledger();
  std::optional<Lease> lease = ledger.try_acquire(demand, info);
  if (!lease) {
    job.resources.release_idle();
    lease = ledger.acquire(demand, info, job.cancel, job.hooks.on_wait);
  }
  job.report.timing.wait = watch.seconds();
  return std::move(*lease);
}

Error blow_up(const PatternJob& job, const Place& place, std::uint64_t finite, std::uint64_t step) {
  const std::string& species = job.model.description().species[place.species];
  return {ErrorCode::failed,
          fmt::format("{} blew up between steps {} and {}: {} of cell ({}, {}, {}) is no finite number",
                      job.model.description().name, finite, step, species, place.x, place.y, place.z),
          fmt::format("give a --step below {}, or --precision double", job.scheme.step)};
}

/// The files of a run; none where it has no folder.
class Frames {
 public:
  explicit Frames(const PatternJob& job) : job_(job) {
    if (!job.request.output.empty()) {
      folder_.emplace(job.request, patterns::FrameFormats{.png = writes(job.request, FrameFormat::png),
                                                          .npy = writes(job.request, FrameFormat::npy),
                                                          .vti = writes(job.request, FrameFormat::vti),
                                                          .hdf5 = writes(job.request, FrameFormat::hdf5),
                                                          .picture = patterns::usual_picture(job.model.description())});
    }
  }

  [[nodiscard]] bool is_due(std::uint64_t step) const {
    const std::uint64_t every = job_.request.every;
    return folder_ && (step == job_.request.steps || (every > 0 && step % every == 0));
  }

  /// The first step after `step` that a frame is due at, or that is the last.
  [[nodiscard]] std::uint64_t next_due(std::uint64_t step) const {
    const std::uint64_t every = job_.request.every;
    const std::uint64_t last = job_.request.steps;
    return folder_ && every > 0 ? std::min((step / every + 1) * every, last) : last;
  }

  void write(PatternPlace& place, std::uint64_t step) {
    const Stopwatch watch;
    folder_->write({.grid = job_.domain.grid,
                    .species = job_.model.description().species,
                    .precision = job_.domain.precision,
                    .read_row = [&](std::size_t species, std::uint64_t y, std::uint64_t z,
                                    void* row) { place.read_row(species, y, z, row); },
                    .step = step,
                    .time = job_.scheme.step * static_cast<double>(step)});
    seconds_ += watch.seconds();
  }

  [[nodiscard]] double seconds() const noexcept { return seconds_; }
  [[nodiscard]] std::vector<std::string> files() const {
    return folder_ ? folder_->files() : std::vector<std::string>();
  }

 private:
  const PatternJob& job_;
  std::optional<patterns::FrameFolder> folder_;
  double seconds_ = 0;
};

/// Frames are written of states that were looked at: the last one on disk is a good one.
void run_steps(PatternJob& job, PatternPlace& place, Frames& frames) {
  const metrics::Span span(metrics::SpanName::stage);
  if (job.request.every > 0 && frames.is_due(0)) {
    frames.write(place, 0);
  }
  for (std::uint64_t finite = 0; finite < job.request.steps;) {
    const std::uint64_t steps = std::min(finite + kStepsBetweenLooks, frames.next_due(finite)) - finite;
    place.advance(steps, [&](std::uint64_t done) {
      if (job.hooks.on_progress) {
        job.hooks.on_progress(finite + done);
      }
    });
    if (const std::optional<Place> bad = place.find_blow_up()) {
      throw blow_up(job, *bad, finite, finite + steps);
    }
    finite += steps;
    if (frames.is_due(finite)) {
      frames.write(place, finite);
    }
  }
}

/// From the first state to the report.
void run_at(PatternJob& job, const std::function<std::unique_ptr<PatternPlace>()>& make_place,
            const LimitAdaptor& bounded, Lease& lease) {
  Stopwatch watch;
  const std::unique_ptr<PatternPlace> place = make_place();
  place->write_initial_state(patterns::InitialValues(job.request, job.model, job.domain.grid, job.request.seed));
  job.report.timing.allocate = watch.seconds();
  if (bounded.current_bytes() >= kWorthTelling) {
    lease.note_resident(bounded.current_bytes());
  }
  watch = Stopwatch();
  Frames frames(job);
  run_steps(job, *place, frames);
  job.report.timing.execute = watch.seconds() - place->waited_seconds() - frames.seconds();
  job.report.files = frames.files();
  job.report.timing.wait += place->waited_seconds();
  watch = Stopwatch();
  job.report.species = place->summarise();
  job.report.timing.sample = watch.seconds() + frames.seconds();
  job.report.steps_per_visit = place->steps_per_visit();
  job.report.visits = place->visits();
  job.report.bytes_moved = place->bytes_moved();
  job.report.sweep_seconds = place->measure_scale_seconds();
}

void run_on_device(PatternJob& job, Lease& lease, MemoryResource& memory, Arena& arena, const LimitAdaptor& bounded) {
  const std::scoped_lock alone(job.device->in_use);
  try {
    run_at(
        job, [&] { return std::make_unique<DevicePattern>(job, lease, memory, arena); }, bounded, lease);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::device_lost) {
      job.resources.devices().lost(*job.device);  // the next job opens it anew, or leaves it alone
    }
    throw;
  }
}

void compute(PatternJob& job) {
  Lease lease = take_lease(job);
  LimitAdaptor bounded(job.resources.memory(), lease.host_bytes());
  UsageMeter usage;
  TrackingAdaptor memory(bounded, job.resources.holders(), fmt::format("job {}", usage.job()));
  const ArenaCache::Loan arena = job.resources.arenas().lend(std::max(1, lease.cores()));
  if (job.device) {
    run_on_device(job, lease, memory, *arena, bounded);
  } else {
    run_at(
        job, [&] { return std::make_unique<HostPattern>(job, lease, memory, *arena); }, bounded, lease);
  }
  job.report.sweep_equivalents =
      job.report.sweep_seconds > 0 ? job.report.timing.execute / job.report.sweep_seconds : 0;
  job.report.memory.peak_bytes = bounded.peak_bytes();
  job.report.usage = usage.finish(job.report.threads);
}

void count_metrics(const PatternReport& report) {
  using metrics::Metric;
  metrics::add(Metric::stages, report.visits);
  metrics::add(Metric::bytes_moved, static_cast<std::uint64_t>(report.bytes_moved));
  metrics::set(Metric::memory_limit, static_cast<double>(report.memory.limit_bytes));
  metrics::set(Metric::threads, report.threads);
  metrics::observe(Metric::job_seconds, report.timing.total);
}

PatternReport run_once(Resources& resources, const PatternRequest& request, const PatternHooks& hooks) {
  const Stopwatch total;
  const metrics::Span span(metrics::SpanName::job);
  const CancelToken never;
  check_steps(request);
  PatternJob job{.resources = resources,
                 .request = request,
                 .hooks = hooks,
                 .cancel = hooks.cancel != nullptr ? *hooks.cancel : never,
                 .model = patterns::make_model(request.model, request.parameters),
                 .domain = {},
                 .scheme = {},
                 .limits = {},
                 .report = {},
                 .device = nullptr};
  job.report.notes = load_tools();
  job.domain = make_domain(request, job.model);
  const Grid& grid = job.domain.grid;
  job.scheme = {.stencil = request.stencil,
                .integrator = request.integrator,
                .step = patterns::choose_step(job.model, grid, request.stencil, request.integrator, request.step)};
  PatternReport& report = job.report;
  report.model = job.model.description().name;
  for (std::size_t i = 0; i < job.model.parameters.size(); ++i) {
    report.parameters.emplace_back(job.model.description().parameters[i].name, job.model.parameters[i]);
  }
  report.size = request.size;
  report.spacing = grid.spacing;
  report.step = job.scheme.step;
  report.largest_stable_step = patterns::largest_stable_step(job.model, grid, request.stencil, request.integrator);
  report.steps = request.steps;
  report.time = job.scheme.step * static_cast<double>(request.steps);
  report.integrator = request.integrator;
  report.stencil = request.stencil;
  report.precision = request.precision;
  report.seed = request.seed;
  report.backend = "cpu";
  report.instruction_set = simd_target();
  choose_threads(job, resources.inventory());
  settle_backend(job);
  admit(job);
  compute(job);
  report.timing.total = total.seconds();
  count_metrics(report);
  return std::move(job.report);
}

void note_failure(Resources& resources, const Error& error, const PatternRequest& request) noexcept {
  metrics::add(metrics::Metric::jobs_failed);
  log_error(error, request.model, "pattern");
  resources.job_ended();
}

}  // namespace

PatternReport run_pattern_request(Resources& resources, const PatternRequest& request, const PatternHooks& hooks) {
  metrics::add(metrics::Metric::jobs);
  try {
    PatternReport report = run_once(resources, request, hooks);
    resources.job_ended();
    return report;
  } catch (const std::bad_alloc&) {
    note_failure(resources, out_of_memory(), request);
    throw out_of_memory();
  } catch (const Error& error) {
    note_failure(resources, error, request);
    throw;
  }
}

}  // namespace basalt
