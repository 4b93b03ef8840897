// What a Vulkan device does with a state: one in-place pass over it, one gate at every position, a tile with more and
// more gates, and whole circuits, all by the device's own clock and in units of that pass.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "basalt/engine.h"
#include "base/stopwatch.h"
#include "engine/device_cache.h"
#include "engine/device_figures.h"
#include "engine/device_place.h"
#include "engine/measure_device.h"
#include "engine/planned_circuit.h"
#include "samples.h"
#include "workloads/quantum/generate/generate.h"
#include "workloads/quantum/input/compile.h"
#include "workloads/quantum/input/machine.h"
#include "workloads/quantum/input/parse.h"
#include "workloads/quantum/shaders/device_run.h"

namespace basalt {
namespace {

using quantum::DeviceRun;

struct Options {
  int qubits = 26;
  std::string device;
  std::string precision = "single";
  std::vector<std::string> circuits{"qft", "qaoa", "random", "quantum-volume", "ghz"};
  int runs = 5;
  int low_axes = -1;
  int gathered_axes = 0;
  bool watch = false;
  bool json = false;
};

class DeviceBench {
 public:
  explicit DeviceBench(const Options& options)
      : options_(options),
        type_(options.precision == "single" ? ElementType::c64 : ElementType::c128),
        device_(cache_.open(options.device)),
        limits_(choose_device_limits(device_->device->physical(), device_->figures, type_)),
        field_(device_->memory, type_, options.qubits) {
    if (options.low_axes >= 0) {
      limits_.low_axes = options.low_axes;
    }
  }

  void operator()() {
    const auto& properties = device_->device->properties();
    result_ = {{"device", properties.name},
               {"driver", properties.driver_info},
               {"qubits", options_.qubits},
               {"precision", options_.precision}};
    measure_sweep();
    measure_positions();
    measure_depths();
    for (const std::string& circuit : options_.circuits) {
      measure_circuit(circuit);
    }
    result_["pipelines_seconds"] = device_->pipelines.seconds();
    if (options_.json) {
      fmt::print("{}\n", result_.dump(2));
    }
  }

 private:
  /// Of all stages, by the device's clock; by the host's in `whole`.
  static double run_once(DeviceRun& device_run, double& whole) {
    double sum = 0;
    const Stopwatch watch;
    device_run.run({.at_boundary = {}, .on_stage_done = [&](const Stage&, double stage) { sum += stage; }}, nullptr);
    whole = watch.seconds();
    return sum;
  }

  /// The median of some runs.
  double run(const Plan& plan, const Program& program, double* whole = nullptr) {
    DeviceRun device_run(field_, device_->pipelines, plan.stages, program, options_.gathered_axes);
    std::vector<double> seconds(static_cast<std::size_t>(options_.runs));
    std::vector<double> wholes(seconds.size());
    run_once(device_run, wholes[0]);  // the first finds nothing where it will be
    for (std::size_t i = 0; i < seconds.size(); ++i) {
      seconds[i] = run_once(device_run, wholes[i]);
    }
    if (whole != nullptr) {
      *whole = median(wholes);
    }
    return median(seconds);
  }

  void say(const std::string& text) const {
    if (!options_.json) {
      fmt::print("{}\n", text);
    }
  }

  Plan plan(const Program& program) const {
    return make_device_plan(program, type_, field_.padded_axes(), limits_,
                            {.touched_axes = ~std::uint64_t{0}, .describe = quantum::describe_device_tile});
  }

  /// A stage without steps: the state is read and written where it lies.
  void measure_sweep() {
    Stage stage;
    stage.tile_axes = (std::uint64_t{1} << limits_.tile_axes) - 1;
    stage.outer_axes = ((std::uint64_t{1} << field_.padded_axes()) - 1) & ~stage.tile_axes;
    const Plan sweep{.stages = {stage}};
    sweep_ = run(sweep, {});
    const double bytes = 2 * static_cast<double>(field_.size_bytes());
    say(fmt::format("{}, {}: {} qubits, {} precision", device_->device->properties().name,
                    device_->device->properties().driver_info, options_.qubits, options_.precision));
    say(fmt::format("one in-place pass over the state: {:.3f} ms, {:.0f} GB/s", 1e3 * sweep_, bytes / sweep_ / 1e9));
    result_["sweep_seconds"] = sweep_;
    result_["sweep_bytes_per_second"] = bytes / sweep_;
  }

  void measure_positions() {
    result_["gate_sweeps"] = nlohmann::json::array();
    std::string line = "one gate, by position, in passes:";
    for (int axis = 0; axis < options_.qubits; ++axis) {
      const Program program{{slanted_rotation(axis)}};
      const double seconds = run(plan(program), program);
      line += fmt::format(" {:.2f}", seconds / sweep_);
      result_["gate_sweeps"].push_back(seconds / sweep_);
    }
    say(line);
  }

  /// Gates on the tile's highest axes in turn.
  void measure_depths() {
    std::string line = "gates on one tile, in passes:";
    for (const int depth : {1, 4, 8, 12, 24, 48}) {
      Program program;
      for (int i = 0; i < depth; ++i) {
        program.steps.push_back(slanted_rotation(options_.qubits - 1 - i % 8));
      }
      const double seconds = run(plan(program), program);
      line += fmt::format(" {}: {:.2f}", depth, seconds / sweep_);
      result_["depth_sweeps"][std::to_string(depth)] = seconds / sweep_;
    }
    say(line);
  }

  void measure_circuit(const std::string& family) {
    const std::string text = quantum::generate_circuit(family, static_cast<std::uint32_t>(options_.qubits), 1);
    const auto script = std::make_shared<const quantum::Script>(
        quantum::compile(quantum::parse(family, text, quantum::IncludePolicy{}), {}, false, nullptr));
    quantum::Machine machine(script);
    quantum::Circuit circuit(script->qubit_count);
    const CancelToken never;
    machine.advance(circuit, never);
    const Stopwatch watch;
    const PlannedCircuit planned = plan_circuit_for_device(circuit, {}, type_, limits_, 0);
    const double plan_seconds = watch.seconds();
    double whole = 0;
    const double seconds = run(planned.plan, planned.lowered.program, &whole);
    say(
        fmt::format("{:16} {:6} gates {:3} stages  {:9.3f} ms on the device, {:9.3f} ms in all, planned in {:.3f} ms: "
                    "{:.1f} passes (predicted {:.3f} ms)",
                    family, circuit.operations().size(), planned.plan.stages.size(), 1e3 * seconds, 1e3 * whole,
                    1e3 * plan_seconds, seconds / sweep_, 1e3 * planned.plan.predicted_seconds));
    result_["circuits"][family] = {{"gates", circuit.operations().size()},
                                   {"stages", planned.plan.stages.size()},
                                   {"device_seconds", seconds},
                                   {"seconds", whole},
                                   {"plan_seconds", plan_seconds},
                                   {"predicted_seconds", planned.plan.predicted_seconds},
                                   {"sweeps", seconds / sweep_}};
    if (options_.watch) {
      measure_watch(family, planned);
    }
  }

  /// What looking after the norm adds: without it, with as many looks as it pays for, and with one at every stage, in
  /// turn, so that what disturbs one disturbs all.
  void measure_watch(const std::string& family, const PlannedCircuit& planned) {
    const std::vector<Stage>& stages = planned.plan.stages;
    NormWatch watch = watch_device(device_->device->properties(), type_, limits_);
    const std::vector<WatchedTile> as_paid = watch.choose(stages);
    std::vector<WatchedTile> every(stages.size());
    for (std::size_t i = 0; i < stages.size(); ++i) {
      every[i].stage = i;
    }
    const std::array<std::span<const WatchedTile>, 3> watched{{{}, as_paid, every}};
    std::array<std::unique_ptr<DeviceRun>, 3> runs;
    std::array<std::vector<double>, 3> seconds;
    std::array<std::vector<double>, 3> wholes;
    for (int round = 0; round < options_.runs + 1; ++round) {
      for (std::size_t i = 0; i < runs.size(); ++i) {
        if (round == 0) {
          runs[i] = std::make_unique<DeviceRun>(field_, device_->pipelines, stages, planned.lowered.program,
                                                options_.gathered_axes, watched[i]);
        }
        double whole = 0;
        const double of_stages = run_once(*runs[i], whole);
        if (round > 0) {
          seconds[i].push_back(of_stages);
          wholes[i].push_back(whole);
        }
      }
    }
    const double without = median(seconds[0]);
    const double paid = median(seconds[1]);
    const double per_look =
        (median(seconds[2]) - without) / static_cast<double>(std::max<std::size_t>(1, 2 * every.size()));
    say(fmt::format(
        "{:16} watched in {} of {} stages: {:.3f} ms in place of {:.3f} on the device ({:+.3f} %), {:.3f} in "
        "place of {:.3f} in all; in every stage: {:.3f} ms, {:.1f} µs for a look (taken for {:.1f})",
        "", as_paid.size(), stages.size(), 1e3 * paid, 1e3 * without, 1e2 * (paid / without - 1),
        1e3 * median(wholes[1]), 1e3 * median(wholes[0]), 1e3 * median(seconds[2]), 1e6 * per_look,
        1e6 * limits_.stage_seconds));
    result_["circuits"][family]["watch"] = {{"watched_stages", as_paid.size()},
                                            {"device_seconds_without", without},
                                            {"device_seconds", paid},
                                            {"device_seconds_every_stage", median(seconds[2])},
                                            {"seconds_without", median(wholes[0])},
                                            {"seconds", median(wholes[1])},
                                            {"seconds_per_look", per_look}};
  }

  Options options_;
  ElementType type_;
  DeviceCache cache_;
  std::shared_ptr<OpenDevice> device_;
  DeviceLimits limits_;
  vulkan::DeviceField field_;
  double sweep_ = 0;
  nlohmann::json result_;
};

}  // namespace
}  // namespace basalt

int main(int argc, char** argv) {
  basalt::Options options;
  CLI::App app("Measures what a Vulkan device does with a state.");
  app.add_option("--qubits", options.qubits, "Of the state")->check(CLI::Range(12, 40));
  app.add_option("--device", options.device, "By name or index; default: the first GPU");
  app.add_option("--precision", options.precision)->check(CLI::IsMember({"single", "double"}));
  app.add_option("--circuit", options.circuits, "Families of basalt bench");
  app.add_option("--runs", options.runs, "Of which the median is taken")->check(CLI::PositiveNumber);
  app.add_option("--low-axes", options.low_axes, "Lowest axes that are in every tile");
  app.add_option("--gathered-axes", options.gathered_axes, "Lowest axes that stay with the threads at both ends");
  app.add_flag("--watch", options.watch, "What looking after the norm adds to each circuit");
  app.add_flag("--json", options.json);
  CLI11_PARSE(app, argc, argv);
  try {
    basalt::DeviceBench bench(options);
    bench();
  } catch (const basalt::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}
