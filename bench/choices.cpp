// Is the choice right? Every circuit runs at every place there is (the processor with one thread, two, four, up to all,
// and every Vulkan device, those that are used only when they are named included) and where the engine sends it by
// itself. A choice is right where the place that was chosen is the fastest, or within a tenth of it. In a round all
// places take turns; times are medians over rounds of whole runs in one process, whose devices are open.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "basalt/bench.h"
#include "basalt/engine.h"
#include "basalt/gpu.h"
#include "samples.h"

namespace basalt {
namespace {

/// Within this factor of the fastest a choice is right.
constexpr double kRight = 1.1;
/// A place that takes longer has one run of a circuit, its first.
constexpr double kLongSeconds = 2;

struct Options {
  std::vector<std::uint32_t> qubits{10, 14, 16, 18, 20};
  std::vector<std::string> families;  ///< None: all.
  int rounds = 5;
  bool devices = true;
  bool json = false;
};

struct Place {
  std::string name;
  Backend backend = Backend::cpu;
  std::string device;
  int threads = 0;          ///< 0: as the engine has it.
  bool named_only = false;  ///< The engine does not choose it.
};

/// All, and last the engine's own choice.
std::vector<Place> list_places(const Inventory& inventory, bool devices) {
  std::vector<Place> places;
  const int all = static_cast<int>(inventory.cores.value);
  for (int threads = 1; threads <= all; threads = threads == all ? all + 1 : std::min(2 * threads, all)) {
    places.push_back({.name = fmt::format("{} thread{}", threads, threads == 1 ? "" : "s"),
                      .backend = Backend::cpu,
                      .device = {},
                      .threads = threads});
  }
  if (devices) {
    for (const Gpu& gpu : list_gpus().devices) {
      if (gpu.usable) {
        places.push_back({.name = gpu.name,
                          .backend = Backend::vulkan,
                          .device = std::to_string(gpu.index),
                          .threads = 0,
                          .named_only = gpu.named_only});
      }
    }
  }
  places.push_back({.name = "choice", .backend = Backend::automatic, .device = {}, .threads = 0});
  return places;
}

struct Row {
  std::string family;
  std::uint32_t qubits = 0;
  std::vector<double> seconds;  ///< By place; 0: it is none for this circuit.
  std::vector<Report> reports;  ///< By place, of its last run.
  std::size_t chosen = 0;
  double decision_seconds = 0;

  [[nodiscard]] double over_fastest(const std::vector<Place>& places, bool named_too) const {
    double fastest = seconds[chosen];
    for (std::size_t i = 0; i + 1 < places.size(); ++i) {
      const bool counts = seconds[i] > 0 && (named_too || !places[i].named_only);
      fastest = counts ? std::min(fastest, seconds[i]) : fastest;
    }
    return seconds[chosen] / fastest;
  }
};

class Choices {
 public:
  explicit Choices(const Options& options)
      : options_(options), places_(list_places(engine_.inventory(), options.devices)) {}

  void operator()() {
    std::vector<std::string> families = options_.families;
    if (families.empty()) {
      for (const BenchFamily& family : bench_families()) {
        families.push_back(family.name);
      }
    }
    for (const BenchCircuit& circuit : generate_bench_circuits(families, options_.qubits, 1)) {
      rows_.push_back(measure(circuit));
      if (!options_.json) {
        print(rows_.back());
      }
    }
    options_.json ? print_json() : print_sum();
  }

 private:
  [[nodiscard]] Request request_for(const Place& place, const std::shared_ptr<const PreparedProgram>& program) const {
    Request request;
    request.prepared = program;
    request.backend = place.backend;
    request.device = place.device;
    request.threads = place.threads;
    request.seed = 1;
    request.shots = 1;
    request.top = 1;  // needs every amplitude: nothing of the circuit can be left out
    return request;
  }

  Row measure(const BenchCircuit& circuit) {
    Row row{.family = circuit.family, .qubits = circuit.qubits, .seconds = {}, .reports = {}};
    const std::shared_ptr<const PreparedProgram> program = prepare(circuit.source);
    std::vector<std::vector<double>> samples(places_.size());
    std::vector<bool> is_there(places_.size(), true);
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const Report& report =
          row.reports.emplace_back(engine_.run(request_for(places_[i], program)));  // plans, pipelines, memory
      samples[i].push_back(report.timing.total);
      is_there[i] = places_[i].threads == 0 || places_[i].threads == report.threads;
      row.chosen = i + 1 == places_.size() ? find_chosen(report) : 0;
    }
    for (int round = 0; round < options_.rounds; ++round) {
      for (std::size_t i = 0; i < places_.size(); ++i) {
        if (is_there[i] && samples[i].front() < kLongSeconds) {
          const Request request = request_for(places_[i], program);
          engine_.run(request);  // threads that other places do not have are awake, and its plan is there
          samples[i].push_back(least_seconds([&] { row.reports[i] = engine_.run(request); }));
        }
      }
    }
    for (std::size_t i = 0; i < places_.size(); ++i) {
      std::vector<double>& seconds = samples[i];
      if (seconds.size() > 1) {
        seconds.erase(seconds.begin());
      }
      row.seconds.push_back(is_there[i] ? median(seconds) : 0);
    }
    std::vector<double> differences;
    std::ranges::transform(samples.back(), samples[row.chosen], std::back_inserter(differences), std::minus<>());
    row.decision_seconds = median(differences);
    return row;
  }

  /// The shortest of the calls that ten milliseconds have room for: short ones are seldom disturbed.
  static double least_seconds(const std::function<void()>& work) {
    constexpr double kEnough = 0.01;
    std::vector<double> seconds;
    const Stopwatch all;
    do {
      const Stopwatch one;
      work();
      seconds.push_back(one.seconds());
    } while (all.seconds() < kEnough);
    return least(seconds);
  }

  [[nodiscard]] std::size_t find_chosen(const Report& report) const {
    const auto is_it = [&](const Place& place) {
      return report.devices.empty() ? place.backend == Backend::cpu && place.threads == report.threads
                                    : place.name == report.devices.front().name;
    };
    const auto found = std::ranges::find_if(places_, is_it);
    if (found == places_.end()) {
      throw Error(ErrorCode::unsupported, fmt::format("{} threads were chosen, and were not measured", report.threads),
                  "measure on a number of cores that is a power of two");
    }
    return static_cast<std::size_t>(found - places_.begin());
  }

  void print(const Row& row) const {
    std::string text = fmt::format("{:18} {:>3}", row.family, row.qubits);
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (row.seconds[i] > 0) {
        text += fmt::format("  {} {:.1f} µs{}", places_[i].name, 1e6 * row.seconds[i], i == row.chosen ? " *" : "");
      }
    }
    fmt::print("{}  {:.2f} of the fastest, {:.1f} µs to decide\n", text, row.over_fastest(places_, false),
               1e6 * row.decision_seconds);
    std::fflush(stdout);
  }

  /// What a run was predicted to take and what it took, for who asks why a choice was wrong.
  static nlohmann::ordered_json parts_of(const Report& report) {
    return {
        {"predicted", report.predicted_seconds}, {"plan", report.timing.plan},       {"wait", report.timing.wait},
        {"allocate", report.timing.allocate},    {"execute", report.timing.execute}, {"sample", report.timing.sample},
        {"total", report.timing.total},          {"choice", report.choice}};
  }

  [[nodiscard]] std::ptrdiff_t count_right(bool named_too) const {
    return std::ranges::count_if(rows_, [&](const Row& row) { return row.over_fastest(places_, named_too) <= kRight; });
  }

  void print_sum() const {
    fmt::print("right for {} of {} circuits, and for {} with devices that are used only when they are named\n",
               count_right(false), rows_.size(), count_right(true));
  }

  void print_json() const {
    using Json = nlohmann::ordered_json;
    Json places = Json::array();
    for (const Place& place : places_) {
      places.push_back({{"name", place.name}, {"named_only", place.named_only}});
    }
    Json rows = Json::array();
    for (const Row& row : rows_) {
      Json parts = Json::array();
      std::ranges::transform(row.reports, std::back_inserter(parts), parts_of);
      rows.push_back({{"family", row.family},
                      {"qubits", row.qubits},
                      {"seconds", row.seconds},
                      {"parts", parts},
                      {"chosen", row.chosen},
                      {"decision_seconds", row.decision_seconds},
                      {"over_fastest", row.over_fastest(places_, false)}});
    }
    const Json document = {{"processor", engine_.inventory().processor},
                           {"places", places},
                           {"rows", rows},
                           {"right", count_right(false)},
                           {"right_with_named", count_right(true)}};
    fmt::print("{}\n", document.dump(2));
  }

  const Options& options_;
  Engine engine_;
  std::vector<Place> places_;
  std::vector<Row> rows_;
};

int act(int argc, char** argv) {
  Options options;
  CLI::App app("Where circuits are fastest, against where Basalt sends them");
  app.add_option("--qubits", options.qubits, "Widths")->delimiter(',');
  app.add_option("--families", options.families, "Families of circuits; all by default")->delimiter(',');
  app.add_option("--rounds", options.rounds, "Runs of each place, beside the first")->check(CLI::Range(1, 1000));
  app.add_flag("!--no-devices", options.devices, "Leave Vulkan devices out");
  app.add_flag("--json", options.json, "Print one JSON document");
  CLI11_PARSE(app, argc, argv);
  Choices choices(options);
  choices();
  return 0;
}

}  // namespace
}  // namespace basalt

int main(int argc, char** argv) {
  try {
    return basalt::act(argc, argv);
  } catch (const basalt::Error& error) {
    fmt::print(stderr, "bench_choices: {}\n", error.what());
    return 1;
  }
}
