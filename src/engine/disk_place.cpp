#include "engine/disk_place.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/stopwatch.h"
#include "engine/host_place.h"
#include "runtime/metrics/span.h"
#include "workloads/quantum/kernels/tile_compiler.h"
#include "workloads/quantum/move_axes.h"
#include "workloads/quantum/results/bit_scatter.h"

namespace basalt {
namespace {

constexpr std::uint64_t low_bits(int count) {
  return (std::uint64_t{1} << count) - 1;
}

std::vector<std::uint64_t> single_bits(std::uint64_t mask) {
  std::vector<std::uint64_t> bits;
  for (; mask != 0; mask &= mask - 1) {
    bits.push_back(mask & -mask);
  }
  return bits;
}

VisitSettings visit_settings(ElementType type, const PlanLimits& limits, std::uint64_t touched_axes) {
  return {
      .touched_axes = touched_axes,
      .plan_tile =
          [type, &limits](const Program& program, int axes, std::uint64_t touched) {
            return make_plan(
                program, type, axes, limits,
                {.touched_axes = touched, .tiles = quantum::tile_compiler(), .runs_in_tiles = quantum::runs_in_tiles});
          },
      .move = quantum::move_axes};
}

ExecuteContext without_boundaries(const ExecuteContext& context) {
  ExecuteContext inside = context;
  inside.at_boundary = {};
  inside.on_stage_done = {};
  return inside;
}

}  // namespace

PlannedCircuit plan_for_disk(PlannedCircuit lowered, ElementType type, int axes, const PlanLimits& limits,
                             const VisitLimits& disk, std::uint64_t touched_axes) {
  lowered.plan = make_visit_plan(lowered.lowered.program, type, axes, disk, visit_settings(type, limits, touched_axes));
  return lowered;
}

DiskPlace::DiskPlace(DiskPlaceSettings settings, std::unique_ptr<SpillStorage> storage, const ExecuteContext& context,
                     PlanLimits limits)
    : settings_(std::move(settings)),
      context_(context),
      inside_(without_boundaries(context)),
      limits_(std::move(limits)),
      file_(std::move(storage), {.name = settings_.folder,
                                 .chunk_bytes = element_bytes(settings_.type) << settings_.shape.chunk_axes,
                                 .count = std::uint64_t{1} << (settings_.axes - settings_.shape.chunk_axes),
                                 .bytes_per_second = settings_.figures.write,
                                 .lossy = settings_.shape.lossy}),
      stream_(file_, context.memory,
              {.type = settings_.type,
               .axes = settings_.shape.tile_axes,
               .buffers = settings_.shape.buffers,
               .threads = settings_.shape.threads}) {}

void DiskPlace::reset() {
  for (std::uint64_t chunk = 0; chunk < file_.count(); ++chunk) {
    file_.clear(chunk);
  }
  scalings_.clear();
  norms_.reset();
  touched_ = 0;
  is_whole_ = true;
  Field first(context_.memory, settings_.type, settings_.shape.chunk_axes);
  prepare_zero_state(first, context_.arena, context_.cancel);
  file_.write(0, first.buffer.bytes(), {});
}

PlannedCircuit DiskPlace::plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) {
  touched_ = touched_axes;
  return plan_for_disk(std::move(lowered), settings_.type, settings_.axes, limits_,
                       disk_limits(settings_.shape, settings_.figures), touched_axes);
}

void DiskPlace::execute(std::span<const Stage> stages, const Program& program,
                        std::span<const std::unique_ptr<TileProgram>> /*compiled*/, const OnStageDone& on_stage_done) {
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const Stopwatch watch;
    const metrics::Span span(metrics::SpanName::stage, {.detail = "disk", .bytes = stages[i].predicted_bytes});
    // after the last of several, the norm is asked for, or results are read
    // (of what comes back, which is not what is in memory where storage loses something)
    visit(stages[i], program,
          i + 1 == stages.size() && settings_.shape.chunk_axes >= quantum::kBlockAxes && !settings_.shape.lossy);
    on_stage_done(stages[i], watch.seconds());
  }
}

void DiskPlace::visit(const Stage& stage, const Program& program, bool measures_norms) {
  const Visit visit = plan_visit(program, stage, settings_.axes, visit_settings(settings_.type, limits_, touched_));
  const std::uint64_t chunk_bits = stage.tile_axes >> settings_.shape.chunk_axes;
  const std::vector<std::uint64_t> directions = single_bits(chunk_bits);
  norms_.reset();
  Buffer norms;
  if (measures_norms) {
    norms = Buffer(context_.memory, std::uint64_t{8} << (settings_.axes - quantum::kBlockAxes));
    std::ranges::fill(norms.view<double>(), 0.0);
  }
  const std::uint64_t tile_number_bits = low_bits(settings_.axes - settings_.shape.chunk_axes) & ~chunk_bits;
  const std::uint64_t moved_before = file_.stored_bytes() + file_.restored_bytes();
  const std::uint64_t disk_before = file_.written_bytes() + file_.read_bytes();
  const double seconds_before = stream_.seconds();
  const double waited_before = stream_.waited_seconds();
  is_whole_ = false;
  stream_.run({.directions = directions,
               .stores = true,
               .wanted = {},
               .work =
                   [&](std::uint64_t base, Field& tile) {
                     if (context_.at_boundary) {
                       context_.at_boundary();
                     }
                     scale(tile.buffer.bytes(), base, directions);
                     work_on(tile, quantum::gather_bits(base, tile_number_bits), visit);
                     if (measures_norms) {
                       measure_norms(tile, base, chunk_bits, norms);
                     }
                   }},
              context_.cancel);
  is_whole_ = true;
  moved_bytes_ += static_cast<double>(file_.stored_bytes() + file_.restored_bytes() - moved_before);
  disk_bytes_ += static_cast<double>(file_.written_bytes() + file_.read_bytes() - disk_before);
  seconds_ += stream_.seconds() - seconds_before;
  waited_seconds_ += stream_.waited_seconds() - waited_before;
  scalings_.clear();
  for (const std::uint32_t step : stage.steps) {
    touched_ |= program.steps[step].access.mixes;
  }
  if (measures_norms) {
    norms_ = quantum::total_norms(std::move(norms));
  }
}

/// The visit as it is in tile `number`.
void DiskPlace::work_on(Field& tile, std::uint64_t number, const Visit& visit) {
  const int tile_axes = settings_.shape.tile_axes;
  quantum::PartProgram own = quantum::restrict_to_part(
      visit.program, visit.stages, low_bits(settings_.axes) & ~low_bits(tile_axes), number << tile_axes);
  std::erase_if(own.stages, [](const Stage& stage) { return stage.steps.empty(); });
  basalt::execute(own.stages, own.program, tile, inside_);
}

/// What was put off. `base` and `directions` are those of the tile's chunks.
void DiskPlace::scale(std::span<std::byte> tile, std::uint64_t base,
                      const std::vector<std::uint64_t>& directions) const {
  if (scalings_.empty()) {
    return;
  }
  const Kernel* const collapse = context_.kernels.find("quantum/collapse", settings_.type);
  const quantum::BitScatter offset_of(directions);
  const int chunk_axes = settings_.shape.chunk_axes;
  context_.arena.for_each(std::uint64_t{1} << directions.size(), context_.cancel, [&](std::uint64_t place) {
    std::byte* const data = tile.data() + place * file_.chunk_bytes();
    const std::uint64_t first = (base ^ offset_of(place)) << chunk_axes;
    for (const Scaling& scaling : scalings_) {
      const std::uint64_t low = low_bits(chunk_axes);
      const bool kept = ((first ^ scaling.keep.value) & scaling.keep.mask & ~low) == 0;
      const quantum::CollapseOperands operands{
          .keep = {.mask = scaling.keep.mask & low, .value = scaling.keep.value & low},
          .scale = kept ? scaling.scale : 0};
      collapse->run(data, chunk_axes, &operands, {.index = 0, .count = 1});
    }
  });
}

void DiskPlace::measure_norms(const Field& tile, std::uint64_t base, std::uint64_t chunk_bits, Buffer& norms) const {
  const int block_axes_of_chunk = settings_.shape.chunk_axes - quantum::kBlockAxes;
  const std::vector<std::uint64_t> directions = single_bits(chunk_bits);
  const quantum::BitScatter offset_of(directions);
  const quantum::StateView view{
      .field = tile, .arena = context_.arena, .cancel = context_.cancel, .memory = context_.memory};
  auto* const norm = norms.as<double>();
  view.for_each_run([&](std::uint64_t first, std::uint64_t end) {
    for (std::uint64_t block = first; block < end; ++block) {
      const std::uint64_t chunk = base ^ offset_of(block >> block_axes_of_chunk);
      norm[chunk << block_axes_of_chunk | (block & low_bits(block_axes_of_chunk))] =
          quantum::block_norm(view.block(block));
    }
  });
}

void DiskPlace::scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) {
  const int chunk_axes = settings_.shape.chunk_axes;
  for (std::uint64_t chunk = 0; chunk < file_.count(); ++chunk) {
    if ((((chunk << chunk_axes) ^ keep.value) & keep.mask & ~low_bits(chunk_axes)) != 0) {
      file_.clear(chunk);
    }
  }
  scalings_.push_back({.keep = keep, .scale = scale});
  norms_.reset();
  on_stage_done({}, 0);
}

void DiskPlace::go_on(std::uint64_t touched_axes, std::span<const Stage> /*done*/) {
  touched_ = touched_axes;
}

void DiskPlace::download(std::uint64_t first, std::span<std::byte> to) {
  const std::uint64_t chunk_bytes = file_.chunk_bytes();
  stream_.read(first / chunk_bytes, to);
  scale(to, first / chunk_bytes, single_bits(to.size() / chunk_bytes - 1));
}

void DiskPlace::upload(std::uint64_t first, std::span<const std::byte> from) {
  scalings_.clear();
  norms_.reset();
  stream_.write(first / file_.chunk_bytes(), from);
}

std::unique_ptr<quantum::StateReader> DiskPlace::reader(const quantum::QubitMap* map) {
  reader_map_ = quantum::QubitMap::or_identity(map);
  return std::make_unique<quantum::PartsReader>(
      static_cast<quantum::StateParts&>(*this), reader_map_,
      quantum::DrawResources{.arena = context_.arena, .cancel = context_.cancel, .memory = context_.memory}, norms_);
}

void DiskPlace::look(const quantum::PartsLook& look) {
  const int chunk_axes = settings_.shape.chunk_axes;
  std::vector<std::uint64_t> directions = look.directions;
  for (std::uint64_t& direction : directions) {
    direction >>= chunk_axes;
  }
  TileWalk walk{.directions = directions, .stores = false, .wanted = {}, .work = {}};
  if (look.wanted) {
    walk.wanted = [&](std::uint64_t chunk) { return look.wanted(chunk << chunk_axes); };
  }
  walk.work = [&](std::uint64_t base, Field& tile) {
    if (context_.at_boundary) {
      context_.at_boundary();
    }
    scale(tile.buffer.bytes(), base, directions);
    look.see(base << chunk_axes, tile);
  };
  const std::uint64_t before = file_.restored_bytes();
  stream_.run(walk, context_.cancel);
  result_bytes_ += static_cast<double>(file_.restored_bytes() - before);
}

void DiskPlace::add_to(DiskReport& report) const {
  report.moved_bytes = moved_bytes_;
  report.disk_bytes = disk_bytes_;
  report.seconds = seconds_;
  report.waited_seconds = waited_seconds_;
  report.result_bytes = result_bytes_;
}

}  // namespace basalt
