#include "workloads/quantum/shaders/encoded_stages.h"

#include <algorithm>
#include <bit>
#include <iterator>

#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/shaders/stage_encoder.h"
#include "workloads/quantum/shaders/stage_words.h"

namespace basalt::quantum {
namespace {

/// Of predicted work, submitted together: long enough to hide submission, short enough to stop soon.
constexpr double kBatchSeconds = 0.03;
constexpr std::size_t kMostBatchStages = 64;

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

/// `needs` of each part are where it will have its constants.
constexpr std::size_t kNeeds = 2;

void specialise(StageShape& shape, const vulkan::DevicePlan& plan, std::uint32_t tile_axes) {
  // few pipelines: what makes no great difference all stages have if one has it
  constexpr std::uint32_t kLargeNeeds = kNeedsSingles | kNeedsMatrices | kNeedsShared;
  std::uint32_t common = plan.few_pipelines ? ~kNeedsShared : 0;
  for (const auto& parts : shape.stages) {
    for (const StageShape::Part& part : parts) {
      common |= part.constants[kNeeds] & ~kLargeNeeds;
    }
  }
  for (auto& parts : shape.stages) {
    for (StageShape::Part& part : parts) {
      const std::uint32_t shared = part.word_count <= plan.shared_words ? plan.shared_words : 0;
      part.constants = {1U << (tile_axes - 4), tile_axes, part.constants[kNeeds] | common, shared};
    }
  }
}

std::vector<std::size_t> cut_batches(std::span<const Stage> stages) {
  std::vector<std::size_t> batches;
  for (std::size_t first = 0; first < stages.size(); first += batches.back()) {
    std::size_t count = 0;
    double seconds = 0;
    while (first + count < stages.size() && count < kMostBatchStages && (count == 0 || seconds < kBatchSeconds)) {
      seconds += stages[first + count].predicted_seconds;
      ++count;
    }
    batches.push_back(count);
  }
  return batches;
}

}  // namespace

EncodedStages encode_stages(const vulkan::DeviceField& field, std::span<const Stage> stages, const Program& program,
                            int gathered_axes, std::span<const WatchedTile> watched) {
  const vulkan::DevicePlan& plan = field.memory().device().plan();
  EncodedStages result;
  StageShape& shape = result.shape;
  shape.type = field.type();
  shape.axes = field.padded_axes();
  for (const Stage& stage : stages) {
    const std::uint64_t tiles = std::uint64_t{1} << std::popcount(stage.outer_axes);
    // no dispatch keeps a display waiting
    const double cuts = std::max(1.0, stage.predicted_seconds / plan.most_dispatch_seconds);
    const std::uint64_t most = std::max<std::uint64_t>(1, tiles / std::bit_ceil(static_cast<std::uint64_t>(cuts)));
    std::vector<StageShape::Part>& parts = shape.stages.emplace_back();
    for (const auto& steps : cut_at_rounds(stage, program, plan.most_loop_rounds)) {
      const StageWords of_part = encode_stage(steps, tile_of(stage, field, gathered_axes));
      StageShape::Part& part = parts.emplace_back();
      part.words = result.words.size() * sizeof(std::uint32_t);
      part.word_count = static_cast<std::uint32_t>(of_part.words.size());
      part.constants[kNeeds] = of_part.work.needs;
      part.tiles = tiles;
      part.most_tiles = most;
      result.words.insert(result.words.end(), of_part.words.begin(), of_part.words.end());
    }
  }
  shape.word_bytes = result.words.size() * sizeof(std::uint32_t);
  if (!stages.empty()) {
    specialise(shape, plan, static_cast<std::uint32_t>(std::popcount(stages.front().tile_axes)));
  }
  shape.batches = cut_batches(stages);
  std::ranges::transform(watched, std::back_inserter(shape.watched), &WatchedTile::stage);
  return result;
}

}  // namespace basalt::quantum
