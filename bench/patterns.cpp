// What the CPU does with patterns: steps a second by Euler's method, one to a visit of the grid and several, beside one
// in-place scale of the species, turn by turn.

#include <CLI/CLI.hpp>
#include <bit>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "pattern_rounds.h"
#include "plan/limits.h"
#include "runtime/cpu/sweep.h"
#include "runtime/memory/field.h"
#include "workloads/patterns/initial.h"
#include "workloads/patterns/solve/solver.h"
#include "workloads/patterns/stability.h"

namespace basalt {
namespace {

struct Options {
  std::string model = "gray-scott";
  std::string precision = "single";
  std::vector<std::string> grids{"512x512", "2048x2048", "4096x4096", "8192x8192", "256x256x256"};
  std::vector<std::uint32_t> steps_per_visit{1, 16};
  int threads = 0;
  double seconds = 0.2;
  int rounds = 9;
  bool json = false;
};

/// As long as the species, or up to twice that: fields are powers of two.
class Scale {
 public:
  Scale(std::uint64_t bytes, MemoryResource& memory, const Arena& arena)
      : field_(memory, ElementType::c64, std::bit_width((bytes - 1) / element_bytes(ElementType::c64))), arena_(arena) {
    std::fill_n(field_.buffer.data(), field_.size_bytes(), std::byte{0});
    share_ = static_cast<double>(bytes) / static_cast<double>(field_.size_bytes());
  }
  [[nodiscard]] double seconds() const { return share_ * measure_sweep_seconds(field_, arena_, never_); }

 private:
  Field field_;
  const Arena& arena_;
  const CancelToken never_;
  double share_ = 1;
};

nlohmann::json measure(const Options& options, const std::string& text, const Arena& arena) {
  PatternRequest request;
  request.model = options.model;
  request.size = size_of(text);
  request.precision = options.precision == "single" ? Precision::single_precision : Precision::double_precision;
  const patterns::Model model = patterns::make_model(request.model, {});
  const patterns::Grid grid = patterns::make_grid(request.size, model.description().spacing);
  const patterns::Domain domain{.grid = grid,
                                .layout = patterns::make_layout(grid, request.precision),
                                .precision = request.precision,
                                .ghosts = patterns::make_ghosts(request, model, grid)};
  const patterns::Scheme scheme{
      .step = patterns::choose_step(model, grid, request.stencil, request.integrator, request.step)};
  HostMemory memory;
  const CancelToken never;
  const PlanLimits limits = choose_limits(take_inventory(), std::nullopt, arena.threads());
  patterns::Solver solver(model, domain, scheme,
                          {.piece_bytes = limits.piece_bytes,
                           .serial_bytes = limits.serial_bytes,
                           .steps_per_visit = 1,
                           .blocking_bytes = 0,
                           .block_bytes = 4 * limits.tile_bytes},
                          memory, arena);
  const patterns::InitialValues initial(request, model, grid, 0);
  std::vector<double> values(grid.size[0]);
  for (std::uint64_t row = 0; row < grid.rows(); ++row) {
    for (std::size_t species = 0; species < model.species(); ++species) {
      initial.fill_row(species, row % grid.size[1], row / grid.size[1], values);
      solver.write_row(species, row % grid.size[1], row / grid.size[1], values);
    }
  }
  const Scale scale(grid.cells() * model.species() * patterns::scalar_bytes(request.precision), memory, arena);
  PatternRounds rounds(options.steps_per_visit);
  for (int round = 0; round < options.rounds; ++round) {
    rounds.add_scale(scale.seconds());
    for (std::size_t way = 0; way < options.steps_per_visit.size(); ++way) {
      const std::uint64_t steps = options.steps_per_visit[way];
      solver.set_steps_per_visit(steps);
      if (steps == 1 || solver.steps_per_visit() > 1) {
        const double seconds = seconds_of_each(options.seconds, [&] { solver.advance(steps, never); });
        rounds.add_step(way, seconds / static_cast<double>(steps));
      }
    }
  }
  return rounds.tell(text, grid, model, request.precision, options.json);
}

void run(const Options& options) {
  const Inventory inventory = take_inventory();
  const Arena arena(options.threads > 0 ? options.threads : static_cast<int>(inventory.cores.value));
  nlohmann::json result = {{"processor", inventory.processor}, {"instruction_set", simd_target()},
                           {"threads", arena.threads()},       {"model", options.model},
                           {"precision", options.precision},   {"rounds", options.rounds},
                           {"grids", nlohmann::json::array()}};
  if (!options.json) {
    fmt::print("{}, {}, {} thread{}: {}, {} precision, medians of {} rounds\n", inventory.processor, simd_target(),
               arena.threads(), arena.threads() == 1 ? "" : "s", options.model, options.precision, options.rounds);
  }
  for (const std::string& grid : options.grids) {
    result["grids"].push_back(measure(options, grid, arena));
  }
  if (options.json) {
    fmt::print("{}\n", result.dump(2));
  }
}

}  // namespace
}  // namespace basalt

int main(int argc, char** argv) {
  basalt::Options options;
  CLI::App app("Measures what the CPU does with patterns.");
  app.add_option("--model", options.model);
  app.add_option("--precision", options.precision)->check(CLI::IsMember({"single", "double"}));
  app.add_option("--grid", options.grids, "Cells along each axis, e.g. 4096x4096; may be given more than once");
  app.add_option("--steps-per-visit", options.steps_per_visit, "At most; may be given more than once");
  app.add_option("--threads", options.threads, "Default: all")->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.seconds, "Of steps, in a round")->check(CLI::PositiveNumber);
  app.add_option("--rounds", options.rounds, "Of which the median is taken")->check(CLI::PositiveNumber);
  app.add_flag("--json", options.json);
  CLI11_PARSE(app, argc, argv);
  try {
    basalt::run(options);
  } catch (const basalt::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}
