#include "workloads/quantum/shaders/device_run.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "runtime/metrics/trace.h"
#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/shaders/shaders.h"
#include "workloads/quantum/shaders/stage_encoder.h"

namespace basalt::quantum {
namespace {

/// Of predicted work, submitted together: long enough to hide submission, short enough to stop soon.
constexpr double kBatchSeconds = 0.03;
constexpr std::size_t kMostBatchStages = 64;

/// As stage.comp has it.
struct StagePush {
  std::uint64_t table = 0;
  std::uint64_t words = 0;
  std::uint32_t first_tile = 0;
  std::uint32_t tiles = 0;
};

/// The most rounds of loops that a step takes in stage.comp, with what is waiting before it.
std::uint64_t most_rounds(const Step& step) {
  constexpr std::uint64_t kOfAny = 128;  // its operation, a pass, and the sums of turns along the tile's axes
  if (step.kernel != "quantum/dense") {
    return kOfAny;
  }
  // The products of a matrix through shared memory: for each register and part, the row, the columns, and in each the
  // targets; a loop makes one round to end.
  const std::uint64_t targets = static_cast<const DenseOperands*>(step.operands.get())->target_count;
  return kOfAny + (targets == 1 ? 0 : 2 * 16 * ((std::uint64_t{1} << targets) + 1) * (targets + 2));
}

/// The steps of a stage, cut where they could take more rounds than a driver allows; 0: it allows any number.
std::vector<std::vector<const Step*>> cut_at_rounds(const Stage& stage, const Program& program, std::uint64_t most) {
  std::vector<std::vector<const Step*>> parts(1);
  std::uint64_t rounds = 0;
  for (const std::uint32_t index : stage.steps) {
    const Step& step = program.steps[index];
    const std::uint64_t more = most == 0 ? 0 : most_rounds(step);
    if (!parts.back().empty() && rounds + more > most) {
      parts.emplace_back();
      rounds = 0;
    }
    rounds += more;
    parts.back().push_back(&step);
  }
  return parts;
}

DeviceTile tile_of(const Stage& stage, const vulkan::DeviceField& field, int gathered_axes) {
  return {.type = field.type(),
          .axes = stage.tile_axes,
          .outer_axes = stage.outer_axes,
          .chunk_axes = field.chunk_axes(),
          .gathered_axes = gathered_axes};
}

}  // namespace

DeviceRun::DeviceRun(vulkan::DeviceField& field, vulkan::Pipelines& pipelines, std::span<const Stage> stages,
                     const Program& program, int gathered_axes)
    : field_(field), stages_(stages.begin(), stages.end()) {
  if (!stages_.empty()) {
    encode(stages, program, gathered_axes);
    record(pipelines);
  }
}

DeviceRun::~DeviceRun() = default;

void DeviceRun::encode(std::span<const Stage> stages, const Program& program, int gathered_axes) {
  std::vector<std::uint32_t> words;
  vulkan::DeviceMemory& memory = field_.memory();
  for (const Stage& stage : stages) {
    std::vector<Part>& parts = parts_.emplace_back();
    for (const auto& steps : cut_at_rounds(stage, program, memory.device().plan().most_loop_rounds)) {
      const StageWords of_part = encode_stage(steps, tile_of(stage, field_, gathered_axes));
      parts.push_back({.words = words.size() * sizeof(std::uint32_t), .is_general = of_part.work.is_general});
      words.insert(words.end(), of_part.words.begin(), of_part.words.end());
    }
  }
  const std::span<const std::byte> bytes = std::as_bytes(std::span(words));
  words_ = memory.allocate(bytes.size(), vulkan::Placement::device, "stages");
  const vulkan::DeviceBuffer upload = memory.allocate(bytes.size(), vulkan::Placement::upload, "stages, on their way");
  std::memcpy(upload.data(), bytes.data(), bytes.size());
  vulkan::Commands commands(memory.shared_device(), vulkan::QueueKind::compute);
  commands.begin();
  commands.copy(upload, 0, words_, 0, bytes.size());
  commands.barrier();
  commands.end();
  commands.run();
}

void DeviceRun::record(vulkan::Pipelines& pipelines) {
  const vulkan::Device& device = field_.memory().device();
  const auto tile_axes = static_cast<std::uint32_t>(std::popcount(stages_.front().tile_axes));
  const auto pipeline_for = [&](bool general) {
    const std::array<std::uint32_t, 3> constants{1U << (tile_axes - 4), tile_axes, general ? 1U : 0U};
    return pipelines.get(stage_shader(field_.type()), constants);
  };
  for (std::size_t first = 0; first < stages_.size();) {
    std::size_t count = 0;
    double seconds = 0;
    while (first + count < stages_.size() && count < kMostBatchStages && (count == 0 || seconds < kBatchSeconds)) {
      seconds += stages_[first + count].predicted_seconds;
      ++count;
    }
    Batch& batch =
        batches_.emplace_back(Batch{first, count,
                                    vulkan::Commands(field_.memory().shared_device(), vulkan::QueueKind::compute,
                                                     static_cast<std::uint32_t>(count + 1))});
    batch.commands.begin();
    batch.commands.mark();
    for (std::size_t i = first; i < first + count; ++i) {
      const Stage& stage = stages_[i];
      const std::uint64_t tiles = std::uint64_t{1} << std::popcount(stage.outer_axes);
      // no dispatch keeps a display waiting
      const double parts = std::max(1.0, stage.predicted_seconds / device.plan().most_dispatch_seconds);
      const std::uint64_t most = std::max<std::uint64_t>(1, tiles / std::bit_ceil(static_cast<std::uint64_t>(parts)));
      for (const Part& part : parts_[i]) {
        const vulkan::Pipeline pipeline = pipeline_for(part.is_general);
        for (std::uint64_t tile = 0; tile < tiles; tile += most) {
          const StagePush push{.table = field_.table_address(),
                               .words = words_.address() + part.words,
                               .first_tile = static_cast<std::uint32_t>(tile),
                               .tiles = static_cast<std::uint32_t>(most)};
          batch.commands.dispatch(pipeline, std::as_bytes(std::span(&push, 1)), most);
        }
        batch.commands.barrier();
      }
      batch.commands.mark();
    }
    batch.commands.end();
    first += count;
  }
}

/// Of a batch that has ended, to the caller and to the trace. Returns when it ended, as far as is known: `after`, when
/// the one before it did, where no trace is recorded.
std::int64_t DeviceRun::report(const Batch& batch, const DeviceRunHooks& hooks, std::int64_t after) {
  const vulkan::Marks marks = batch.commands.marks(after);
  const auto at = [&marks](std::size_t mark) { return *marks.start + std::llround(marks.seconds[mark] * 1e9); };
  for (std::size_t i = 0; i < batch.count; ++i) {
    const Stage& stage = stages_[batch.first + i];
    if (marks.start) {
      field_.memory().device().track().record(metrics::SpanName::stage,
                                              {.detail = "tiles", .bytes = stage.predicted_bytes}, at(i), at(i + 1));
    }
    if (hooks.on_stage_done) {
      hooks.on_stage_done(stage, marks.seconds.empty() ? 0 : marks.seconds[i + 1] - marks.seconds[i]);
    }
  }
  return marks.start ? at(batch.count) : after;
}

void DeviceRun::run(const DeviceRunHooks& hooks, const CancelToken* cancel) {
  vulkan::Device& device = field_.memory().device();
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
      limits.flops_per_second = (large ? 20e12 : 5e12) / (single ? 1 : large ? 2 : 32);
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
