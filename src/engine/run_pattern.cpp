#include "engine/run_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <mutex>

#include "basalt/tool.h"
#include "base/stopwatch.h"
#include "engine/choices.h"
#include "engine/choose_pattern_device.h"
#include "engine/conduct.h"
#include "engine/device_pattern.h"
#include "engine/host_pattern.h"
#include "engine/pattern_inputs.h"
#include "engine/pattern_keeper.h"
#include "engine/pattern_looks.h"
#include "engine/run.h"
#include "runtime/cpu/sweep.h"
#include "runtime/metrics/metrics.h"
#include "runtime/metrics/span.h"
#include "workloads/patterns/stability.h"

namespace basalt {
namespace {

using patterns::Domain;
using patterns::Grid;
using patterns::Model;
using patterns::Place;

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
  job.report.threads = worthwhile_threads(job.domain.field_bytes() * job.model.species(), job.limits);
}

/// Of the host's memory: cells, what threads work in, and what looks at them.
std::uint64_t promised_bytes(const PatternJob& job) {
  const std::uint64_t cells =
      job.device ? device_pattern_host_bytes(job)
                 : host_pattern_bytes(job.request, job.model, job.domain, job.limits, job.report.threads);
  return cells + looking_bytes(job.request, job.model, job.domain) + keeping_bytes(job);
}

bool fits_the_host(const PatternJob& job) {
  const std::uint64_t limit =
      std::min(job.resources.memory_limit().value, job.request.memory_limit_bytes.value_or(~std::uint64_t{0}));
  return promised_bytes(job) <= limit;
}

/// What devices do not do; empty where this is nothing of it.
std::string only_on_cpu(const PatternRequest& request) {
  if (request.integrator != Integrator::euler && request.integrator != Integrator::rk4) {
    return fmt::format("the integrator {} runs on the CPU", name_of(request.integrator));
  }
  return request.maps.empty() ? "" : "parameters that vary in space run on the CPU";
}

/// Decides where the job runs.
void settle_backend(PatternJob& job) {
  const PatternRequest& request = job.request;
  const bool may_choose = request.backend == Backend::automatic && request.device.empty();
  if (request.backend == Backend::cpu) {
    return;
  }
  if (const std::string why = only_on_cpu(request); !why.empty()) {
    if (!may_choose) {
      throw Error(ErrorCode::unsupported, why, "leave --backend and --device out, or give --backend cpu");
    }
    job.report.choice = "cpu: " + why;
    return;
  }
  std::string device = request.device;
  if (may_choose && !choose_device(job, fits_the_host(job), device)) {
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
                      .expected_seconds = job.expected_seconds,
                      .can_release_host = !job.device && job.resources.spill() != nullptr};
  const JobInfo info{.name = job.request.model, .priority = job.request.priority};
  Ledger& ledger = job.resources.ledger();
  std::optional<Lease> lease = ledger.try_acquire(demand, info);
  if (!lease) {
    job.resources.release_idle();
    lease = ledger.acquire(demand, info, job.stop, job.hooks.on_wait);
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

/// How many steps may pass before somebody who asked for a stop, or a checkpoint, has it.
class Pace {
 public:
  explicit Pace(double seconds) : seconds_(seconds) {}

  /// Of those `left`: whole visits of `visit` steps, where they are no more.
  [[nodiscard]] std::uint64_t steps(std::uint64_t left, std::uint64_t visit) const {
    const double patient = each_ > 0 ? seconds_ / each_ : 1;
    const auto ahead = patient < static_cast<double>(left) ? static_cast<std::uint64_t>(patient) : left;
    return std::min(std::max(ahead / visit, std::uint64_t{1}) * visit, left);
  }
  void note(std::uint64_t steps, double seconds) { each_ = seconds / static_cast<double>(steps); }

 private:
  double seconds_;
  double each_ = 0;
};

/// As many steps as there may be between two looks, or fewer where the keeper has something to do. Returns how many.
std::uint64_t advance(PatternJob& job, PatternPlace& place, Pace& pace, std::uint64_t done, std::uint64_t steps) {
  const auto tell = [&](std::uint64_t before, std::uint64_t now) {
    if (job.hooks.on_progress) {
      job.hooks.on_progress(before + now);
    }
  };
  if (!job.keeper) {
    place.advance(steps, [&](std::uint64_t now) { tell(done, now); });
    return steps;
  }
  std::uint64_t ahead = 0;
  do {
    const std::uint64_t now = pace.steps(steps - ahead, static_cast<std::uint64_t>(place.steps_per_visit()));
    const Stopwatch watch;
    place.advance(now, [&](std::uint64_t finished) { tell(done + ahead, finished); });
    pace.note(now, watch.seconds());
    ahead += now;
  } while (ahead < steps && !job.keeper->wants_boundary());
  return ahead;
}

/// Frames are written of states that were looked at: the last one on disk is a good one. So are checkpoints.
void run_steps(PatternJob& job, PatternPlace& place, PatternLooks& looks, std::uint64_t finite) {
  const metrics::Span span(metrics::SpanName::stage);
  Pace pace(job.keeper ? job.keeper->boundary_seconds() : 0);
  if (finite == 0) {
    looks.look(place, 0);
  }
  while (finite < job.request.steps) {
    const std::uint64_t steps = std::min(finite + kStepsBetweenLooks, looks.next_due(finite)) - finite;
    const std::uint64_t done = finite + advance(job, place, pace, finite, steps);
    if (const std::optional<Place> bad = place.find_blow_up()) {
      throw blow_up(job, *bad, finite, done);
    }
    finite = done;
    looks.look(place, finite);
    if (job.keeper) {
      job.keeper->at_boundary(finite);
    }
  }
}

/// Who says how many steps are done in a visit.
std::string source_of_steps(const PatternJob& job) {
  if (job.request.steps_per_visit) {
    return "--steps-per-visit";
  }
  if (job.device) {
    return job.request.steps >= kStepsWorthTuning ? "measured when the run began" : "default";
  }
  const PlaneSteps& plane = job.limits.plane;
  return fmt::format("{} for planes of more than {}: {}", plane.steps, format_bytes(plane.from_bytes), plane.source);
}

/// From the first state, or the one that is kept on disk, to the report.
void run_at(PatternJob& job, const std::function<std::unique_ptr<PatternPlace>()>& make_place,
            const LimitAdaptor& bounded, Lease& lease, MemoryResource& memory, const Arena& arena) {
  Stopwatch watch;
  const std::unique_ptr<PatternPlace> place = make_place();
  PatternLooks looks(job);
  Buffer window;
  if (job.keeper) {
    window = Buffer(memory, keeping_window_bytes(job));
    job.report.first_step = job.keeper->begin(*place, looks, window, arena);
  }
  if (job.report.first_step == 0) {
    place->write_initial_state(initial_values(job));
  }
  place->prepare_steps();
  job.report.timing.allocate = watch.seconds();
  if (bounded.current_bytes() >= kWorthTelling) {
    lease.note_resident(bounded.current_bytes());
  }
  watch = Stopwatch();
  run_steps(job, *place, looks, job.report.first_step);
  job.report.timing.execute = watch.seconds() - place->waited_seconds() - looks.seconds();
  if (job.keeper) {
    job.report.timing.execute -= job.keeper->end();
  }
  looks.finish(job.report);
  job.report.timing.wait += place->waited_seconds();
  watch = Stopwatch();
  job.report.species = place->summarise();
  looks.measure(*place, job.report, memory, arena);
  job.report.timing.sample = watch.seconds() + looks.seconds();
  if (const AdaptiveSteps* const adaptive = place->adaptive()) {
    job.report.adaptive = *adaptive;
  }
  job.report.steps_per_visit = place->steps_per_visit();
  job.report.steps_per_visit_source = source_of_steps(job);
  job.report.visits = place->visits();
  job.report.bytes_moved = place->bytes_moved();
  job.report.sweep_seconds = place->measure_scale_seconds();
}

void run_on_device(PatternJob& job, Lease& lease, MemoryResource& memory, Arena& arena, const LimitAdaptor& bounded) {
  const std::scoped_lock alone(job.device->in_use);
  try {
    run_at(
        job, [&] { return std::make_unique<DevicePattern>(job, lease, memory, arena); }, bounded, lease, memory, arena);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::device_lost) {
      job.resources.devices().lost(*job.device);  // the next job opens it anew, or leaves it alone
    }
    throw;
  }
}

void compute_within_lease(PatternJob& job) {
  Lease lease = take_lease(job);
  LimitAdaptor bounded(job.resources.memory(), lease.host_bytes());
  UsageMeter usage;
  TrackingAdaptor memory(bounded, job.resources.holders(), fmt::format("job {}", usage.job()));
  const ArenaCache::Loan arena = job.resources.arenas().lend(std::max(1, lease.cores()));
  if (job.device) {
    run_on_device(job, lease, memory, *arena, bounded);
  } else {
    run_at(
        job, [&] { return std::make_unique<HostPattern>(job, lease, memory, *arena); }, bounded, lease, memory, *arena);
  }
  job.report.sweep_equivalents =
      job.report.sweep_seconds > 0 ? job.report.timing.execute / job.report.sweep_seconds : 0;
  job.report.memory.peak_bytes = bounded.peak_bytes();
  job.report.usage = usage.finish(job.report.threads);
}

void compute(PatternJob& job) {
  try {
    compute_within_lease(job);
  } catch (const Error& error) {
    if (job.keeper && error.code() == ErrorCode::cancelled) {
      throw job.keeper->farewell();
    }
    throw;
  }
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
  const CancelToken& stop = hooks.cancel != nullptr ? *hooks.cancel : never;
  CancelToken cancel(&stop);
  check_steps(request);
  PatternJob job{.resources = resources,
                 .request = request,
                 .hooks = hooks,
                 .stop = stop,
                 .cancel = cancel,
                 .model = patterns::make_model(request.model, request.parameters),
                 .domain = {},
                 .varying = {},
                 .scheme = {},
                 .limits = {},
                 .report = {},
                 .device = nullptr,
                 .keeper = nullptr};
  job.report.notes = load_tools();
  job.domain = make_domain(request, job.model);
  const Grid& grid = job.domain.grid;
  job.varying = open_maps(request, job.model, grid);
  job.scheme = make_scheme(job);
  PatternReport& report = job.report;
  report.model = job.model.description().name;
  for (std::size_t i = 0; i < job.model.parameters.size(); ++i) {
    report.parameters.emplace_back(job.model.description().parameters[i].name, job.model.parameters[i]);
  }
  report.size = request.size;
  report.spacing = grid.spacing;
  report.step = job.scheme.step;
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
  if (!request.checkpoint.folder.empty()) {
    job.keeper = std::make_shared<PatternKeeper>(job);
  }
  compute(job);
  report.timing.total = total.seconds();
  count_metrics(report);
  if (job.keeper) {
    job.keeper->finish(report);
  }
  return std::move(job.report);
}

}  // namespace

std::uint64_t estimate_pattern_bytes(const PatternRequest& request) {
  const Model model = patterns::make_model(request.model, request.parameters);
  const Domain domain = make_domain(request, model);
  return host_pattern_bytes(request, model, domain, PlanLimits{}, request.threads.value_or(1)) +
         looking_bytes(request, model, domain);
}

PatternReport run_pattern_request(Resources& resources, const PatternRequest& request, const PatternHooks& hooks) {
  return conduct(resources, request.model, "pattern", [&] { return run_once(resources, request, hooks); });
}

}  // namespace basalt
