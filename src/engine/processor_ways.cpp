#include "engine/processor_ways.h"

#include <fmt/format.h>

#include "engine/planned_circuit.h"

namespace basalt {
namespace {

std::string threads_text(int threads) {
  return fmt::format("{} thread{}", threads, threads == 1 ? "" : "s");
}

double seconds_with(const WaysQuestion& question, int threads, ElementType type) {
  const PlanLimits limits = choose_limits(question.inventory, question.figures, threads);
  return plan_circuit(question.circuit, question.passes, type, limits, /*touched_axes=*/0).plan.predicted_seconds;
}

}  // namespace

std::vector<ProcessorWay> list_processor_ways(const WaysQuestion& question) {
  std::vector<ProcessorWay> ways;
  const auto add = [&](int threads) {
    ProcessorWay& way = ways.emplace_back();
    way.name = threads_text(threads);
    way.taken = threads == question.threads;
    if (way.taken) {
      way.predicted_seconds = question.predicted_seconds;
    } else if (threads < question.threads) {
      way.predicted_seconds = seconds_with(question, threads, question.type);
    } else {
      way.rejection = "waking them takes longer than they save in visits of so small a state";
    }
  };
  for (int threads = 1; threads <= question.most_threads; threads *= 2) {
    add(threads);
    if (threads < question.threads && 2 * threads > question.threads) {
      add(question.threads);  // no power of two
    }
  }
  if (question.may_lose_precision && question.type == ElementType::c128) {
    ways.push_back({.name = threads_text(question.threads) + ", single precision",
                    .predicted_seconds = seconds_with(question, question.threads, ElementType::c64),
                    .rejection = "double precision fits, and --allow-precision-loss is for what does not"});
  }
  return ways;
}

}  // namespace basalt
