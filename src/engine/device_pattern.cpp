#include "engine/device_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "basalt/inventory.h"
#include "basalt/parallel.h"
#include "engine/device_job.h"

namespace basalt {
namespace {

/// Of rows of the first state, put together on the host.
constexpr std::uint64_t kWindowBytes = std::uint64_t{16} << 20;

std::uint64_t window_rows(const patterns::DeviceLayout& layout) {
  return std::clamp<std::uint64_t>(kWindowBytes / layout.row_bytes, 1, layout.rows);
}

template <typename Number>
void round_to(const std::vector<double>& values, std::byte* row) {
  std::ranges::transform(values, reinterpret_cast<Number*>(row),
                         [](double value) { return static_cast<Number>(value); });
}

void expect_room(const PatternJob& job) {
  const vulkan::DevicePlan& plan = job.device->device->plan();
  const std::uint64_t bytes = device_solver_bytes(job.model, device_domain_of(job), job.scheme.integrator, plan);
  const std::uint64_t free = job.device->memory.free_bytes();
  if (bytes > free) {
    const double share = static_cast<double>(free) / static_cast<double>(bytes);
    const double fits = std::pow(static_cast<double>(job.domain.grid.cells()) * share, 1.0 / job.domain.grid.axes);
    throw Error(
        ErrorCode::out_of_resources,
        fmt::format("{} cells take {} of the memory of \"{}\", which has {} free", job.domain.grid.cells(),
                    format_bytes(bytes), job.device->device->properties().name, format_bytes(free)),
        fmt::format("give a grid of about {:.0f} cells along each axis, or --backend cpu", std::floor(fits * 0.98)));
  }
}

}  // namespace

patterns::DeviceDomain device_domain_of(const PatternJob& job) {
  return {.grid = job.domain.grid,
          .precision = job.domain.precision,
          .ghosts = job.domain.ghosts,
          .neighbours = patterns::neighbours_of(job.domain.grid, job.scheme.stencil)};
}

void open_pattern_device(PatternJob& job, const std::string& name) {
  if (name.find(',') != std::string::npos) {
    throw Error(ErrorCode::bad_usage, fmt::format("--device \"{}\" names several, and a pattern runs on one", name),
                "name one of them");
  }
  job.device = job.resources.open_devices({name}).front();
  job.device_name = name;
  const vulkan::DeviceProperties& properties = job.device->device->properties();
  if (job.domain.precision == Precision::double_precision) {
    expect_numbers(job.device->device->physical(), ElementType::c128);
  }
  make_room(*job.device);
  expect_room(job);
  job.report.device = DeviceReport{.name = properties.name,
                                   .driver = vulkan::driver_text(properties),
                                   .state_bytes = device_pattern_heaps(job).front().bytes};
}

std::vector<HeapBytes> device_pattern_heaps(const PatternJob& job) {
  return {{.heap = heap_name(job.device->device->properties()),
           .bytes = device_solver_bytes(job.model, device_domain_of(job), job.scheme.integrator,
                                        job.device->device->plan())}};
}

std::uint64_t device_pattern_host_bytes(const PatternJob& job) {
  const patterns::DeviceDomain domain = device_domain_of(job);
  const vulkan::DevicePlan& plan = job.device->device->plan();
  const patterns::DeviceLayout layout = lay_out(domain.grid, domain.precision, plan.chunk_bytes);
  return device_solver_host_bytes(domain, plan) + window_rows(layout) * layout.row_bytes;
}

DevicePattern::DevicePattern(PatternJob& job, Lease& lease, MemoryResource& memory, Arena& arena)
    : job_(job),
      lease_(lease),
      memory_(memory),
      arena_(arena),
      domain_(device_domain_of(job)),
      solver_(job.model, domain_, job.scheme, {}, job.device->memory, job.device->pipelines, memory, job.cancel) {}

void DevicePattern::write_initial_state(const patterns::InitialValues& initial) {
  const patterns::Grid& grid = domain_.grid;
  const patterns::DeviceLayout& layout = solver_.layout();
  const std::uint64_t most = window_rows(layout);
  const Buffer window(memory_, most * layout.row_bytes);
  const std::uint64_t grain = std::max<std::uint64_t>((std::uint64_t{1} << 14) / grid.size[0], 1);
  for (std::size_t species = 0; species < job_.model.species(); ++species) {
    for (std::uint64_t begin = 0; begin < layout.rows; begin += most) {
      const std::uint64_t count = std::min(most, layout.rows - begin);
      parallel_for(arena_, job_.cancel, 0, count, grain, [&](std::uint64_t first, std::uint64_t last) {
        std::vector<double> values(grid.size[0]);
        for (std::uint64_t i = first; i < last; ++i) {
          initial.fill_row(species, (begin + i) % grid.size[1], (begin + i) / grid.size[1], values);
          std::byte* const row = window.data() + i * layout.row_bytes;
          domain_.precision == Precision::single_precision ? round_to<float>(values, row)
                                                           : round_to<double>(values, row);
        }
      });
      solver_.write_rows(species, begin, {window.data(), count * layout.row_bytes});
    }
  }
}

/// As they are packed; on the device each begins where the layout says.
void DevicePattern::write_rows(std::size_t species, std::uint64_t first_row, std::span<const std::byte> rows) {
  const patterns::DeviceLayout& layout = solver_.layout();
  const std::uint64_t row_bytes = domain_.grid.size[0] * patterns::scalar_bytes(domain_.precision);
  const std::uint64_t count = rows.size() / row_bytes;
  const std::uint64_t most = window_rows(layout);
  const Buffer window(memory_, std::min(most, count) * layout.row_bytes);
  for (std::uint64_t begin = 0; begin < count; begin += most) {
    const std::uint64_t here = std::min(most, count - begin);
    for (std::uint64_t row = 0; row < here; ++row) {
      std::memcpy(window.data() + row * layout.row_bytes, rows.data() + (begin + row) * row_bytes, row_bytes);
    }
    solver_.write_rows(species, first_row + begin, {window.data(), here * layout.row_bytes});
  }
}

void DevicePattern::prepare_steps() {
  if (job_.request.steps_per_visit) {
    solver_.set_steps_per_visit(static_cast<std::uint32_t>(*job_.request.steps_per_visit));
  } else if (job_.request.steps >= kStepsWorthTuning) {
    solver_.tune();
  }
}

void DevicePattern::advance(std::uint64_t steps, const OnProgress& on_progress) {
  lease_.at_boundary();
  solver_.advance(steps);
  on_progress(steps);
}

std::optional<patterns::Place> DevicePattern::find_blow_up() {
  return solver_.find_blow_up();
}

std::vector<SpeciesSummary> DevicePattern::summarise() {
  std::vector<SpeciesSummary> summaries = solver_.summarise();
  DeviceReport& device = *job_.report.device;
  device.peak_bytes = device.state_bytes;
  device.pipeline_seconds = job_.device->pipelines.seconds();
  device.pipelines_cached = job_.device->pipelines.cache_was_read();
  return summaries;
}

void DevicePattern::read_row(std::size_t species, std::uint64_t y, std::uint64_t z, void* row) {
  std::memcpy(row, solver_.read_row(species, y, z), domain_.grid.size[0] * patterns::scalar_bytes(domain_.precision));
}

}  // namespace basalt
