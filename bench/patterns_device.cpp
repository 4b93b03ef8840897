// What a Vulkan device does with patterns: steps of Gray-Scott a second, one to a visit of the grid and several, beside
// one in-place scale of the species in the same run, all by the device's own clock.
//
// Needs no file and no library of the machine but the loader of Vulkan.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "basalt/error.h"
#include "basalt/memory.h"
#include "pattern_rounds.h"
#include "runtime/vulkan/instance.h"
#include "workloads/patterns/initial.h"
#include "workloads/patterns/shaders/device_solver.h"
#include "workloads/patterns/stability.h"

namespace basalt {
namespace {

using nlohmann::json;

struct Options {
  std::string device;
  std::string model = "gray-scott";
  std::string precision = "single";
  std::vector<std::string> grids{"4096x4096", "8192x8192", "512x512x512"};
  std::vector<std::uint32_t> steps_per_visit{1, 2, 3, 4, 6, 8};
  std::uint64_t steps = 48;
  int rounds = 7;
  patterns::DeviceShape shape;
  bool json = false;
};

PatternRequest request_of(const Options& options, const std::string& grid) {
  PatternRequest request;
  request.model = options.model;
  request.size = size_of(grid);
  request.precision = options.precision == "single" ? Precision::single_precision : Precision::double_precision;
  return request;
}

/// The state's first row over and over: what the cells hold changes no speed as long as they stay finite.
void fill(patterns::DeviceSolver& solver, const patterns::InitialValues& initial, const patterns::Model& model) {
  const patterns::DeviceLayout& layout = solver.layout();
  const patterns::DeviceDomain& domain = solver.domain();
  const std::uint64_t count = std::clamp<std::uint64_t>((std::uint64_t{64} << 20) / layout.row_bytes, 1, layout.rows);
  std::vector<double> values(domain.grid.size[0]);
  std::vector<std::byte> rows(count * layout.row_bytes);
  for (std::size_t species = 0; species < model.species(); ++species) {
    for (std::uint64_t row = 0; row < count; ++row) {
      initial.fill_row(species, row % domain.grid.size[1], 0, values);
      for (std::size_t x = 0; x < values.size(); ++x) {
        std::byte* const to = rows.data() + row * layout.row_bytes;
        if (domain.precision == Precision::single_precision) {
          reinterpret_cast<float*>(to)[x] = static_cast<float>(values[x]);
        } else {
          reinterpret_cast<double*>(to)[x] = values[x];
        }
      }
    }
    for (std::uint64_t first = 0; first < layout.rows; first += count) {
      const std::uint64_t some = std::min(count, layout.rows - first);
      solver.write_rows(species, first, std::span(rows).first(some * layout.row_bytes));
    }
  }
}

class PatternsBench {
 public:
  explicit PatternsBench(const Options& options)
      : options_(options),
        device_(vulkan::Device::open(vulkan::Instance::get().find(options.device))),
        memory_(device_),
        pipelines_(device_, {}) {}

  void operator()() {
    const vulkan::DeviceProperties& properties = device_->properties();
    result_ = {{"device", properties.name}, {"driver", vulkan::driver_text(properties)},
               {"model", options_.model},   {"precision", options_.precision},
               {"rounds", options_.rounds}, {"steps", options_.steps},
               {"grids", json::array()}};
    say(fmt::format("{}, {}: {}, {} precision, the median of {} rounds of {} steps", properties.name,
                    vulkan::driver_text(properties), options_.model, options_.precision, options_.rounds,
                    options_.steps));
    for (const std::string& grid : options_.grids) {
      measure(grid);
    }
    if (options_.json) {
      fmt::print("{}\n", result_.dump(2));
    }
  }

 private:
  void say(const std::string& text) const {
    if (!options_.json) {
      fmt::print("{}\n", text);
    }
  }

  void measure(const std::string& text) {
    const PatternRequest request = request_of(options_, text);
    const patterns::Model model = patterns::make_model(request.model, {});
    const patterns::Grid grid = patterns::make_grid(request.size, model.description().spacing);
    const patterns::Scheme scheme{
        .stencil = request.stencil,
        .integrator = request.integrator,
        .step = patterns::choose_step(model, grid, request.stencil, request.integrator, request.step)};
    const patterns::DeviceDomain domain{.grid = grid,
                                        .precision = request.precision,
                                        .ghosts = patterns::make_ghosts(request, model, grid),
                                        .neighbours = patterns::neighbours_of(grid, request.stencil)};
    patterns::DeviceSolver solver(model, domain, scheme, options_.shape, memory_, pipelines_, host_, never_);
    fill(solver, patterns::InitialValues(request, model, grid, 0), model);
    say(fmt::format("{} cells, {} steps a visit chosen by the solver", text, solver.tune()));
    PatternRounds rounds(options_.steps_per_visit);
    for (int round = 0; round < options_.rounds; ++round) {
      rounds.add_scale(solver.measure_scale_seconds());
      for (std::size_t way = 0; way < options_.steps_per_visit.size(); ++way) {
        if (solver.can_visit(options_.steps_per_visit[way])) {
          solver.set_steps_per_visit(options_.steps_per_visit[way]);
          solver.advance(options_.steps);  // once for what is slow at first
          const double before = solver.device_seconds();
          solver.advance(options_.steps);
          rounds.add_step(way, (solver.device_seconds() - before) / static_cast<double>(options_.steps));
        }
      }
    }
    json entry = rounds.tell(text, grid, model, request.precision, options_.json);
    entry["finite"] = !solver.find_blow_up().has_value();
    result_["grids"].push_back(entry);
  }

  Options options_;
  HostMemory host_;
  const CancelToken never_;
  std::shared_ptr<vulkan::Device> device_;
  vulkan::DeviceMemory memory_;
  vulkan::Pipelines pipelines_;
  json result_;
};

}  // namespace
}  // namespace basalt

int main(int argc, char** argv) {
  basalt::Options options;
  CLI::App app("Measures what a Vulkan device does with patterns.");
  app.add_option("--device", options.device, "By name or index; default: the first GPU");
  app.add_option("--model", options.model);
  app.add_option("--precision", options.precision)->check(CLI::IsMember({"single", "double"}));
  app.add_option("--grid", options.grids, "Cells along each axis, e.g. 4096x4096; may be given more than once");
  app.add_option("--steps-per-visit", options.steps_per_visit, "Of the whole grid; may be given more than once");
  app.add_option("--steps", options.steps, "Of a round")->check(CLI::PositiveNumber);
  app.add_option("--rounds", options.rounds, "Of which the median is taken")->check(CLI::PositiveNumber);
  app.add_option("--threads", options.shape.threads, "Of a workgroup that makes one step: a power of two");
  app.add_option("--threads-along-x", options.shape.threads_along_x, "Of them, side by side");
  app.add_option("--rows", options.shape.rows, "That each visits one after the other");
  app.add_flag("--json", options.json);
  CLI11_PARSE(app, argc, argv);
  try {
    basalt::PatternsBench bench(options);
    bench();
  } catch (const basalt::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}
