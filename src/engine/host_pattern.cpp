#include "engine/host_pattern.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "basalt/parallel.h"
#include "engine/put_away.h"
#include "runtime/cpu/sweep.h"
#include "runtime/memory/field.h"

namespace basalt {
namespace {

/// Tiles take an eighth of a thread's own cache, blocks half of it.
constexpr std::uint64_t kTilesPerBlock = 4;

}  // namespace

patterns::SolverLimits solver_limits(std::optional<int> steps_per_visit, const PlanLimits& limits) {
  return {.piece_bytes = limits.piece_bytes,
          .serial_bytes = limits.serial_bytes,
          .steps_per_visit = steps_per_visit ? static_cast<std::uint64_t>(*steps_per_visit) : limits.plane.steps,
          .blocking_bytes = steps_per_visit ? 0 : limits.plane.from_bytes,
          .block_bytes = kTilesPerBlock * limits.tile_bytes};
}

std::uint64_t host_pattern_bytes(const PatternRequest& request, const patterns::Model& model,
                                 const patterns::Domain& domain, const PlanLimits& limits, int threads) {
  return patterns::solver_bytes(model, domain, request.integrator, solver_limits(request.steps_per_visit, limits),
                                threads, request.maps.size());
}

HostPattern::HostPattern(PatternJob& job, Lease& lease, MemoryResource& memory, Arena& arena)
    : job_(job),
      memory_(memory),
      arena_(arena),
      occupancy_(lease, arena, {.save = [this] { return give_memory_up(); }, .restore = [this] { take_memory_back(); }},
                 job.stop, job.hooks.on_wait),
      solver_(make_solver()) {}

std::unique_ptr<patterns::Solver> HostPattern::make_solver() const {
  return std::make_unique<patterns::Solver>(job_.model, job_.domain, job_.scheme,
                                            solver_limits(job_.request.steps_per_visit, job_.limits), memory_, arena_);
}

/// The cells go to disk, all else can be made again.
bool HostPattern::give_memory_up() {
  const auto for_each = [&](std::uint64_t count, const auto& body) { arena_.for_each(count, job_.cancel, body); };
  std::optional<SpillFile::Item> cells =
      put_away(job_.resources.spill(), solver_->cells(), job_.cancel, for_each, job_.report.notes);
  if (!cells) {
    return false;
  }
  cells_ = std::move(*cells);
  job_.report.memory.spilled_bytes += cells_.size_bytes();
  visits_before_ += solver_->visits();
  bytes_moved_before_ += solver_->bytes_moved();
  if (solver_->adaptive() != nullptr) {
    adaptive_before_ = *solver_->adaptive();
  }
  solver_.reset();
  job_.resources.release_idle();
  return true;
}

void HostPattern::take_memory_back() {
  solver_ = make_solver();
  const auto for_each = [&](std::uint64_t count, const auto& body) { arena_.for_each(count, job_.cancel, body); };
  job_.resources.spill()->restore(cells_, solver_->overwrite_cells(), job_.cancel, for_each);
  cells_ = {};
  if (solver_->adaptive() != nullptr) {
    solver_->go_on(adaptive_before_);
  }
  prepare_steps();
}

void HostPattern::for_each_row(std::uint64_t first, std::uint64_t count, const OnRow& on_row) {
  const patterns::Grid& grid = job_.domain.grid;
  const std::uint64_t grain = std::max<std::uint64_t>((std::uint64_t{1} << 14) / grid.size[0], 1);
  parallel_for(arena_, job_.cancel, first, first + count, grain, [&](std::uint64_t begin, std::uint64_t end) {
    std::vector<double> values(grid.size[0]);
    for (std::uint64_t row = begin; row < end; ++row) {
      on_row(row % grid.size[1], row / grid.size[1], values);
    }
  });
}

void HostPattern::write_initial_state(const patterns::InitialValues& initial) {
  for_each_row(0, job_.domain.grid.rows(), [&](std::uint64_t y, std::uint64_t z, std::vector<double>& values) {
    for (std::size_t species = 0; species < job_.model.species(); ++species) {
      initial.fill_row(species, y, z, values);
      solver_->write_row(species, y, z, values);
    }
  });
}

void HostPattern::write_rows(std::size_t species, std::uint64_t first_row, std::span<const std::byte> rows) {
  const patterns::Grid& grid = job_.domain.grid;
  const std::uint64_t row_bytes = grid.size[0] * patterns::scalar_bytes(job_.domain.precision);
  for_each_row(first_row, rows.size() / row_bytes, [&](std::uint64_t y, std::uint64_t z, std::vector<double>&) {
    solver_->write_row(species, y, z, rows.subspan((y + grid.size[1] * z - first_row) * row_bytes, row_bytes));
  });
}

void HostPattern::prepare_steps() {
  if (job_.varying.empty()) {
    return;
  }
  for_each_row(0, job_.domain.grid.rows(), [&](std::uint64_t y, std::uint64_t z, std::vector<double>& values) {
    for (std::size_t index = 0; index < job_.varying.size(); ++index) {
      job_.varying[index].read_row(y, z, values.data());
      solver_->write_parameter_row(index, y, z, values);
    }
  });
}

void HostPattern::advance(std::uint64_t steps, const OnProgress& on_progress) {
  for (std::uint64_t done = 0; done < steps;) {
    occupancy_.at_boundary();
    const std::uint64_t ahead = std::min(solver_->steps_per_visit(), steps - done);
    solver_->advance(ahead, job_.cancel);
    done += ahead;
    on_progress(done);
  }
}

std::optional<patterns::Place> HostPattern::find_blow_up() {
  return patterns::find_blow_up(*solver_, job_.model.species(), arena_, job_.cancel);
}

std::vector<SpeciesSummary> HostPattern::summarise() {
  return patterns::summarise(*solver_, job_.model, arena_, job_.cancel);
}

void HostPattern::read_row(std::size_t species, std::uint64_t y, std::uint64_t z, void* row) {
  const std::uint64_t bytes = job_.domain.grid.size[0] * patterns::scalar_bytes(job_.domain.precision);
  std::memcpy(row, solver_->row(species, y, z), bytes);
}

double HostPattern::measure_scale_seconds() {
  solver_.reset();  // memory for both was not promised
  const std::uint64_t bytes = job_.domain.field_bytes() * job_.model.species();
  const int axes = std::max(static_cast<int>(std::bit_width(bytes / 8)) - 1, kMinFieldAxes);
  const Field field(memory_, ElementType::c64, axes);
  std::fill_n(field.buffer.data(), field.size_bytes(), std::byte{0});
  const double seconds = measure_sweep_seconds(field, arena_, job_.cancel);
  return seconds * static_cast<double>(bytes) / static_cast<double>(field.size_bytes());
}

}  // namespace basalt
