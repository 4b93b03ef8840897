#include "plan/plan.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace basalt {
namespace {

std::uint64_t count_pieces(double bytes, const PlanLimits& limits) {
  if (limits.threads == 1 && bytes <= static_cast<double>(limits.piece_bytes)) {
    return 1;
  }
  if (bytes <= static_cast<double>(limits.serial_bytes)) {
    return 1;
  }
  const auto by_size = static_cast<std::uint64_t>(bytes / static_cast<double>(limits.piece_bytes));
  const auto too_much = std::ranges::find_if(
      limits.thread_steps, [&](const ThreadStep& step) { return bytes <= static_cast<double>(step.bytes); });
  if (too_much != limits.thread_steps.end() && too_much != limits.thread_steps.begin()) {
    // One piece each for the threads that are worth waking: a piece more would wake another.
    return std::bit_floor(static_cast<std::uint64_t>(std::prev(too_much)->threads));
  }
  const auto by_threads = static_cast<std::uint64_t>(limits.threads) * limits.pieces_per_thread;
  // A power of two keeps the edges of pieces on the edges of aligned blocks.
  return std::bit_ceil(std::max<std::uint64_t>({by_size, limits.threads == 1 ? 1 : by_threads, 1}));
}

}  // namespace

Plan make_plan(const Program& program, ElementType type, int axes, const PlanLimits& limits) {
  const double sweep_bytes = 2.0 * static_cast<double>(field_bytes(type, axes));
  const int line_axes = std::bit_width(limits.cache_line_bytes / element_bytes(type)) - 1;
  Plan plan;
  plan.stages.reserve(program.steps.size());
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const double bytes = sweep_bytes * visited_share(program.steps[i], line_axes);
    Stage& stage = plan.stages.emplace_back();
    stage.steps = {static_cast<std::uint32_t>(i)};
    stage.pieces = count_pieces(bytes, limits);
    stage.predicted_bytes = bytes;
    plan.predicted_bytes += bytes;
  }
  return plan;
}

}  // namespace basalt
