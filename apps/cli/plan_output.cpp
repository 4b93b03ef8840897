#include "plan_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "basalt/inventory.h"
#include "basalt/json.h"
#include "pass_output.h"
#include "print.h"

namespace basalt::cli {
namespace {

constexpr std::size_t kMostRows = 40;

/// "0-4,17": the axes of a mask, which are qubits unless a pass renamed them.
std::string axis_list(std::uint64_t axes) {
  std::string text;
  while (axes != 0) {
    const int first = std::countr_zero(axes);
    const int last = first + std::countr_one(axes >> first) - 1;
    text += fmt::format("{}{}{}", text.empty() ? "" : ",", first, last == first ? "" : fmt::format("-{}", last));
    axes &= last == 63 ? 0 : ~std::uint64_t{0} << (last + 1);
  }
  return text;
}

/// "dense 9, phase 48"
std::string kernel_list(const StageEntry& stage) {
  std::string text;
  for (const KernelCount& count : stage.kernels) {
    const std::string name = count.kernel.substr(count.kernel.find('/') + 1);
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count.steps);
  }
  return text;
}

std::string describe_tile(const StageEntry& stage) {
  return stage.tile_axes == 0 ? "whole state" : axis_list(stage.tile_axes);
}

void print_stages(const PlanReport& report) {
  const std::size_t shown = std::min(report.stages.size(), kMostRows);
  std::size_t tile_width = 4;
  std::size_t kernel_width = 7;
  for (std::size_t i = 0; i < shown; ++i) {
    tile_width = std::max(tile_width, describe_tile(report.stages[i]).size());
    kernel_width = std::max(kernel_width, kernel_list(report.stages[i]).size());
  }
  print(fmt::format("  {:>5}  {:<{}}  {:>9}  {:<{}}  {:>10}  {:>9}  {:>10}", "stage", "tile", tile_width, "tiles",
                    "kernels", kernel_width, "moved", "GFLOP", "predicted"));
  for (std::size_t i = 0; i < shown; ++i) {
    const StageEntry& stage = report.stages[i];
    const std::string tiles =
        stage.tile_axes == 0 ? "-" : fmt::format("{}", std::uint64_t{1} << std::popcount(stage.outer_axes));
    print(fmt::format("  {:>5}  {:<{}}  {:>9}  {:<{}}  {:>10}  {:>9.3f}  {:>10}", i + 1, describe_tile(stage),
                      tile_width, tiles, kernel_list(stage), kernel_width,
                      format_bytes(static_cast<std::uint64_t>(stage.predicted_bytes)), stage.predicted_flops / 1e9,
                      format_seconds(stage.predicted_seconds)));
  }
  if (report.stages.size() > shown) {
    print(fmt::format("  … and {} more stages (--json prints all)", report.stages.size() - shown));
  }
  print(fmt::format("  {:>5}  {:<{}}  {:>9}  {:<{}}  {:>10}  {:>9.3f}  {:>10}", "total", "", tile_width, "", "",
                    kernel_width, format_bytes(static_cast<std::uint64_t>(report.predicted_bytes)),
                    report.predicted_flops / 1e9, format_seconds(report.predicted_seconds)));
}

void print_choices(const PlanReport& report) {
  std::size_t name_width = 0;
  std::size_t value_width = 0;
  for (const LimitChoice& choice : report.choices) {
    name_width = std::max(name_width, choice.name.size());
    value_width = std::max(value_width, choice.value.size());
  }
  for (const LimitChoice& choice : report.choices) {
    print(fmt::format("  {:<{}}  {:<{}}  {}", choice.name, name_width, choice.value, value_width, choice.source));
  }
}

/// Every place that was weighed, with what it would take or why it cannot.
void print_candidates(const BackendChoice& choice) {
  std::size_t name_width = 0;
  for (const Candidate& candidate : choice.candidates) {
    name_width = std::max(name_width, candidate.name.size());
  }
  for (const Candidate& candidate : choice.candidates) {
    const std::string what =
        !candidate.rejection.empty() ? candidate.rejection
        : candidate.start_seconds > 0
            ? fmt::format("{}: {} to start, {} of stages; {}", format_seconds(candidate.seconds()),
                          format_seconds(candidate.start_seconds), format_seconds(candidate.stage_seconds),
                          candidate.source)
            : fmt::format("{} of stages; {}", format_seconds(candidate.seconds()), candidate.source);
    print(fmt::format("  {:<{}}  {}", candidate.name, name_width, what));
  }
  const Candidate& winner = choice.candidates[choice.winner];
  print("  " + (winner.rejection.empty() ? winner.name + ": " : "") + choice.reason);
}

/// Of threads, or a device: who would run it.
std::string describe_processor(const PlanReport& report) {
  if (report.backend == Backend::vulkan) {
    return report.device;
  }
  return fmt::format("{}, {} thread{}", report.instruction_set, report.threads, report.threads == 1 ? "" : "s");
}

}  // namespace

void write_plan(const std::string& file, const PlanReport& report, bool passes, bool json) {
  if (json) {
    print(json_of(file, report));
    return;
  }
  print_notes(report.notes);
  print(fmt::format("{}: {} qubits, {} gates, as {} steps in {} stage{}; {} ({}, {} precision), state of {}",
                    file == "-" ? "<stdin>" : file, report.qubits, report.gates, report.steps, report.stages.size(),
                    report.stages.size() == 1 ? "" : "s", report.backend == Backend::cpu ? "cpu" : "vulkan",
                    describe_processor(report), report.precision == Precision::single_precision ? "single" : "double",
                    format_bytes(report.state_bytes)));
  if (report.stops_at_measurement) {
    print("up to the first measurement whose outcome the program needs");
  }
  print("");
  if (!report.backend_choice.candidates.empty()) {
    print(heading("choice"));
    print_candidates(report.backend_choice);
    print("");
  }
  if (passes) {
    print_passes(report.passes);
  }
  print(heading("stages") + "  axes of the tile, which are qubits unless a pass renamed them");
  print_stages(report);
  print("");
  print(heading("relies on"));
  print_choices(report);
  print(fmt::format("\nplanned in {}", format_seconds(report.plan_seconds)));
}

}  // namespace basalt::cli
