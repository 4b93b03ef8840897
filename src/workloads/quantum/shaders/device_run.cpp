#include "workloads/quantum/shaders/device_run.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <utility>

#include "runtime/metrics/trace.h"
#include "workloads/quantum/shaders/shaders.h"
#include "workloads/quantum/shaders/stage_encoder.h"

namespace basalt::quantum {
namespace {

/// As stage.comp has it.
struct StagePush {
  std::uint64_t table = 0;
  std::uint64_t words = 0;
  std::uint32_t first_tile = 0;
  std::uint32_t tiles = 0;
  std::uint32_t words_used = 0;
};

}  // namespace

DeviceRun::DeviceRun(vulkan::DeviceField& field, vulkan::Pipelines& pipelines, std::span<const Stage> stages,
                     const Program& program, int gathered_axes, std::span<const WatchedTile> watched)
    : DeviceRun(field, pipelines, stages, encode_stages(field, stages, program, gathered_axes, watched)) {
  watch(watched);
}

DeviceRun::DeviceRun(vulkan::DeviceField& field, vulkan::Pipelines& pipelines, std::span<const Stage> stages,
                     EncodedStages encoded)
    : memory_(field.memory()), shape_(std::move(encoded.shape)) {
  if (stages.empty()) {
    return;
  }
  table_ = memory_.allocate(field.chunks().size() * sizeof(std::uint64_t), vulkan::Placement::upload,
                            "table of chunks, recorded");
  words_ = memory_.allocate(shape_.word_bytes, vulkan::Placement::device, "stages");
  words_on_host_ = memory_.allocate(shape_.word_bytes, vulkan::Placement::upload, "stages, on their way");
  if (!shape_.watched.empty()) {
    norms_ =
        std::make_unique<TileNorms>(field, pipelines, std::popcount(stages.front().tile_axes), shape_.watched.size());
  }
  upload_ = std::make_unique<vulkan::Commands>(memory_.shared_device(), vulkan::QueueKind::compute);
  upload_->begin();
  upload_->copy(words_on_host_, 0, words_, 0, shape_.word_bytes);
  upload_->barrier();
  upload_->end();
  record(pipelines);
  change(field, stages, encoded.words);
}

DeviceRun::~DeviceRun() = default;

void DeviceRun::change(const vulkan::DeviceField& field, std::span<const Stage> stages,
                       std::span<const std::uint32_t> words) {
  assert(stages.size() == shape_.stages.size() && words.size_bytes() == shape_.word_bytes);
  stages_.assign(stages.begin(), stages.end());
  watched_.clear();
  if (stages.empty()) {
    return;
  }
  std::memcpy(words_on_host_.data(), words.data(), words.size_bytes());
  move_to(field);
  upload_->submit();  // stages wait for it on the same queue
}

void DeviceRun::move_to(const vulkan::DeviceField& field) {
  for (std::size_t i = 0; i < field.chunks().size() && !stages_.empty(); ++i) {
    const std::uint64_t address = field.chunks()[i].address();
    std::memcpy(table_.data() + i * sizeof(address), &address, sizeof(address));
  }
}

void DeviceRun::watch(std::span<const WatchedTile> tiles) {
  assert(std::ranges::equal(tiles, shape_.watched, {}, &WatchedTile::stage));
  watched_.assign(tiles.begin(), tiles.end());
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    norms_->aim(i, tiles[i].base, stages_[tiles[i].stage].tile_axes);
  }
}

void DeviceRun::record(vulkan::Pipelines& pipelines) {
  std::size_t first = 0;
  std::size_t tile = 0;  // the next that is looked at
  for (const std::size_t count : shape_.batches) {
    Batch& batch = batches_.emplace_back(Batch{
        first, count,
        vulkan::Commands(memory_.shared_device(), vulkan::QueueKind::compute, static_cast<std::uint32_t>(count + 1))});
    const std::size_t first_tile = tile;
    batch.commands.begin();
    batch.commands.mark();
    for (std::size_t i = first; i < first + count; ++i) {
      const bool is_watched = tile < shape_.watched.size() && shape_.watched[tile] == i;
      if (is_watched) {
        record_look(batch.commands, tile, Look::before_stage);
      }
      record_stage(batch.commands, pipelines, shape_.stages[i]);
      if (is_watched) {
        record_look(batch.commands, tile++, Look::after_stage);
      }
      batch.commands.mark();
    }
    if (tile > first_tile) {
      batch.commands.host_barrier();
    }
    batch.commands.end();
    first += count;
  }
}

void DeviceRun::record_stage(vulkan::Commands& commands, vulkan::Pipelines& pipelines,
                             const std::vector<StageShape::Part>& parts) {
  for (const StageShape::Part& part : parts) {
    const vulkan::Pipeline pipeline = pipelines.get(stage_shader(shape_.type), part.constants);
    for (std::uint64_t tile = 0; tile < part.tiles; tile += part.most_tiles) {
      const StagePush push{.table = table_.address(),
                           .words = words_.address() + part.words,
                           .first_tile = static_cast<std::uint32_t>(tile),
                           .tiles = static_cast<std::uint32_t>(part.most_tiles),
                           .words_used = part.word_count};
      commands.dispatch(pipeline, std::as_bytes(std::span(&push, 1)), part.most_tiles);
    }
    commands.barrier();
  }
}

/// What comes next must not write to the tile before it was read.
void DeviceRun::record_look(vulkan::Commands& commands, std::size_t tile, Look look) {
  norms_->record(commands, table_.address(), tile, look);
  commands.barrier();
}

void DeviceRun::tell_norms(std::size_t stage, const DeviceRunHooks& hooks) const {
  const auto tile = std::ranges::lower_bound(watched_, stage, {}, &WatchedTile::stage);
  if (hooks.on_norms && tile != watched_.end() && tile->stage == stage) {
    const auto number = static_cast<std::size_t>(tile - watched_.begin());
    hooks.on_norms(*tile, norms_->norm(number, Look::before_stage), norms_->norm(number, Look::after_stage));
  }
}

/// Of a batch that has ended, to the caller and to the trace. Returns when it ended, as far as is known: `after`, when
/// the one before it did, where no trace is recorded.
std::int64_t DeviceRun::report(const Batch& batch, const DeviceRunHooks& hooks, std::int64_t after) {
  const vulkan::Marks marks = batch.commands.marks(after);
  const auto at = [&marks](std::size_t mark) { return *marks.start + std::llround(marks.seconds[mark] * 1e9); };
  for (std::size_t i = 0; i < batch.count; ++i) {
    const Stage& stage = stages_[batch.first + i];
    tell_norms(batch.first + i, hooks);
    if (marks.start) {
      memory_.device().track().record(metrics::SpanName::stage, {.detail = "tiles", .bytes = stage.predicted_bytes},
                                      at(i), at(i + 1));
    }
    if (hooks.on_stage_done) {
      hooks.on_stage_done(stage, marks.seconds.empty() ? 0 : marks.seconds[i + 1] - marks.seconds[i]);
    }
  }
  return marks.start ? at(batch.count) : after;
}

void DeviceRun::run(const DeviceRunHooks& hooks, const CancelToken* cancel) {
  assert(watched_.size() == shape_.watched.size());
  if (norms_ != nullptr) {
    norms_->forget();
  }
  vulkan::Device& device = memory_.device();
  std::int64_t ended = 0;
  // one batch runs while the next is submitted
  std::vector<vulkan::Moment> moments(batches_.size());
  for (std::size_t i = 0; i < batches_.size(); ++i) {
    if (hooks.at_boundary) {
      hooks.at_boundary();
    }
    moments[i] = batches_[i].commands.submit();
    if (i > 0) {
      device.wait(moments[i - 1], cancel);
      ended = report(batches_[i - 1], hooks, ended);
    }
  }
  if (!batches_.empty()) {
    device.wait(moments.back(), cancel);
    report(batches_.back(), hooks, ended);
  }
}

DeviceLimits device_limits(const vulkan::DeviceProperties& properties, const vulkan::DevicePlan& plan,
                           ElementType type) {
  DeviceLimits limits;
  limits.tile_axes = type == ElementType::c64 ? plan.tile_axes_c64 : plan.tile_axes_c128;
  // runs of 128 bytes: what memory moves at a time
  limits.low_axes = type == ElementType::c64 ? 4 : 3;
  const bool single = type == ElementType::c64;
  switch (properties.type) {
    case vulkan::DeviceType::discrete: {
      // cards with so much memory have stacked memory beside the chip
      constexpr std::uint64_t kLargeBytes = std::uint64_t{32} << 30;
      const bool large = std::ranges::any_of(properties.heaps, [](const vulkan::MemoryHeap& heap) {
        return heap.device_local && heap.bytes >= kLargeBytes;
      });
      limits.bytes_per_second = large ? 2e12 : 350e9;
      limits.flops_per_second = (large ? 40e12 : 10e12) / (single ? 1 : large ? 2 : 32);
      break;
    }
    case vulkan::DeviceType::cpu:
      limits.bytes_per_second = 2e9;
      limits.flops_per_second = 10e9;
      break;
    default:
      limits.bytes_per_second = 50e9;
      limits.flops_per_second = single ? 1e12 : 50e9;
      break;
  }
  return limits;
}

DeviceTileWork describe_device_tile(std::span<const Step* const> steps, ElementType type, std::uint64_t tile_axes) {
  const DeviceWork work = describe_stage(steps, {.type = type, .axes = tile_axes, .outer_axes = 0, .chunk_axes = 28});
  return {.transpositions = work.transpositions, .flops_per_element = work.flops_per_element};
}

}  // namespace basalt::quantum
