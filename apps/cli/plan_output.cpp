#include "plan_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "basalt/inventory.h"
#include "basalt/json.h"
#include "ladder_output.h"
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

/// What a candidate would take, and of what that is the sum.
std::string terms_of(const Candidate& candidate) {
  std::string terms;
  const auto add = [&](double seconds, const char* what) {
    if (seconds > 0) {
      terms += fmt::format("{}{} {}", terms.empty() ? "" : ", ", format_seconds(seconds), what);
    }
  };
  add(candidate.wait_seconds, "until other jobs are done");
  add(candidate.start_seconds, "to start");
  add(candidate.memory_seconds, "for its memory");
  add(candidate.stage_seconds, "of stages");
  add(candidate.result_seconds, "for results");
  return fmt::format("{}: {}; {}", format_seconds(candidate.seconds()), terms, candidate.source);
}

/// Every place that was weighed, with what it would take or why it cannot.
void print_candidates(const BackendChoice& choice) {
  std::size_t name_width = 0;
  for (const Candidate& candidate : choice.candidates) {
    name_width = std::max(name_width, candidate.name.size());
  }
  for (const Candidate& candidate : choice.candidates) {
    print(fmt::format("  {:<{}}  {}", candidate.name, name_width,
                      candidate.rejection.empty() ? terms_of(candidate) : candidate.rejection));
  }
  const Candidate& winner = choice.candidates[choice.winner];
  print("  " + (winner.rejection.empty() ? winner.name + ": " : "") + choice.reason);
}

/// By numbers of threads, and in single precision.
void print_ways(const std::vector<ProcessorWay>& ways) {
  std::size_t name_width = 0;
  for (const ProcessorWay& way : ways) {
    name_width = std::max(name_width, way.name.size());
  }
  for (const ProcessorWay& way : ways) {
    const std::string seconds = way.predicted_seconds > 0 ? format_seconds(way.predicted_seconds) : "-";
    print(fmt::format("  {:<{}}  {:>8}{}", way.name, name_width, seconds,
                      way.taken               ? "  taken"
                      : way.rejection.empty() ? ""
                                              : "  " + way.rejection));
  }
}

void print_memory(const std::vector<MemoryStep>& steps) {
  std::size_t when_width = 0;
  bool on_device = false;
  bool on_disk = false;
  for (const MemoryStep& step : steps) {
    when_width = std::max(when_width, step.when.size());
    on_device = on_device || step.device_bytes > 0;
    on_disk = on_disk || step.disk_bytes > 0;
  }
  print(fmt::format("  {:<{}}  {:>10}{}{}", "", when_width, "host", on_device ? "      device" : "",
                    on_disk ? "        disk" : ""));
  for (const MemoryStep& step : steps) {
    print(fmt::format("  {:<{}}  {:>10}{}{}  {}", step.when, when_width, format_bytes(step.host_bytes),
                      on_device ? fmt::format("  {:>10}", format_bytes(step.device_bytes)) : "",
                      on_disk ? fmt::format("  {:>10}", format_bytes(step.disk_bytes)) : "", step.what));
  }
}

/// Where the job runs and how, what else was weighed, and what would change it.
void print_decision(const PlanReport& report) {
  if (!report.backend_choice.candidates.empty()) {
    print(heading("choice"));
    print_candidates(report.backend_choice);
    print("");
  }
  if (!report.ways.empty()) {
    print(heading("processor"));
    print_ways(report.ways);
    print("");
  }
  if (!report.changes.empty()) {
    print(heading("what would change it"));
    for (const std::string& change : report.changes) {
      print("  " + change);
    }
    print("");
  }
}

/// Of threads, or a device: who would run it.
std::string describe_processor(const PlanReport& report) {
  if (report.backend == Backend::vulkan) {
    return report.device;
  }
  return fmt::format("{}, {} thread{}", report.instruction_set, report.threads, report.threads == 1 ? "" : "s");
}

}  // namespace

namespace {

void print_tableau(const std::string& name, const PlanReport& report) {
  print(fmt::format("{}: {} qubits, {} gates, as {} Clifford steps with {} outcome{}; cpu ({}), tableau of {}", name,
                    report.qubits, report.gates, report.steps, report.outcomes, report.outcomes == 1 ? "" : "s",
                    describe_processor(report), format_bytes(report.state_bytes)));
}

void print_parts(const std::string& name, const PlanReport& report) {
  print(fmt::format("{}: {} qubits, {} gates, as {} steps in {} part{}; cpu ({}, {} precision), states of at most {}",
                    name, report.qubits, report.gates, report.steps, report.parts.size(),
                    report.parts.size() == 1 ? "" : "s", describe_processor(report),
                    report.precision == Precision::single_precision ? "single" : "double",
                    format_bytes(report.state_bytes)));
}

void print_part_table(const PlanReport& report) {
  print(heading("parts"));
  print(fmt::format("  {:>5}  {:>6}  {:>8}  {:>6}  {:>10}  {}", "part", "qubits", "gates", "stages", "predicted",
                    "from"));
  for (std::size_t i = 0; i < std::min(report.parts.size(), kMostRows); ++i) {
    const PartEntry& part = report.parts[i];
    print(fmt::format("  {:>5}  {:>6}  {:>8}  {:>6}  {:>10}  {} to {}", i + 1, part.qubits.size(), part.gates,
                      part.stages, format_seconds(part.predicted_seconds), part.qubits.front(), part.qubits.back()));
  }
  if (report.parts.size() > kMostRows) {
    print(fmt::format("  … and {} more parts (--json prints all)", report.parts.size() - kMostRows));
  }
  print(fmt::format("  {:>5}  {:>6}  {:>8}  {:>6}  {:>10}", "total", "", report.gates, "",
                    format_seconds(report.predicted_seconds)));
  print("");
}

void print_stop(const PlanReport& report) {
  if (report.stops_at_measurement) {
    print("up to the first measurement whose outcome the program needs");
  }
}

void print_method(const PlanReport& report) {
  print(heading("method"));
  print(fmt::format("  {}: {}", name_of(report.method), report.method_reason));
  print("");
}

}  // namespace

void write_plan(const std::string& file, const PlanReport& report, bool passes, bool json) {
  if (json) {
    print(json_of(file, report));
    return;
  }
  print_notes(report.notes);
  const std::string name = file == "-" ? "<stdin>" : file;
  if (report.method == Method::stabilizer) {
    print_tableau(name, report);
    print_stop(report);
    print("");
    print_method(report);
    print(fmt::format("read in {}", format_seconds(report.plan_seconds)));
    return;
  }
  if (report.method == Method::parts) {
    print_parts(name, report);
    print("");
    print_method(report);
    print_part_table(report);
    if (passes) {
      print_passes(report.passes);
    }
    print(heading("relies on"));
    print_choices(report);
    print(fmt::format("\nplanned in {}", format_seconds(report.plan_seconds)));
    return;
  }
  const std::string live =
      report.method == Method::live ? fmt::format(", {} of them in the state at a time", report.live_qubits) : "";
  print(fmt::format("{}: {} qubits{}, {} gates, as {} steps in {} stage{}; {} ({}, {} precision), state of {}", name,
                    report.qubits, live, report.gates, report.steps, report.stages.size(),
                    report.stages.size() == 1 ? "" : "s", report.backend == Backend::cpu ? "cpu" : "vulkan",
                    describe_processor(report), report.precision == Precision::single_precision ? "single" : "double",
                    format_bytes(report.state_bytes)));
  print_stop(report);
  print("");
  print_method(report);
  print_decision(report);
  if (report.ladder) {
    print_ladder(*report.ladder);
  }
  if (passes) {
    print_passes(report.passes);
  }
  print(heading("stages") + "  axes of the tile, which are qubits unless a pass renamed them");
  print_stages(report);
  print("");
  if (!report.memory.empty()) {
    print(heading("memory") + "  at most");
    print_memory(report.memory);
    print("");
  }
  print(heading("relies on"));
  print_choices(report);
  print(fmt::format("\nplanned in {}", format_seconds(report.plan_seconds)));
}

}  // namespace basalt::cli
