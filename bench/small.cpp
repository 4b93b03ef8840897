// Small circuits: what a run costs before its first gate, and what each gate adds. The cost of a run is that of a
// circuit of one gate; a gate's is what a random circuit takes beyond that, over its gates. Parsing and planning are
// not in it: they are done once. What other angles cost is in a second table: an ansatz whose inputs are bound anew,
// against a circuit made anew. Medians of rounds in which all rows take turns.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <complex>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "basalt/bench.h"
#include "basalt/compiled_circuit.h"
#include "basalt/engine.h"
#include "base/stopwatch.h"
#include "runtime/cpu/sweep.h"
#include "samples.h"

namespace basalt {
namespace {

struct Options {
  std::vector<std::uint32_t> qubits{4, 6, 8, 10, 12};
  std::string family = "random";
  int rounds = 15;
  bool json = false;
};

/// One way to run one circuit.
struct Case {
  std::string path;
  std::uint32_t qubits = 0;
  Precision precision = Precision::single_precision;
  std::uint64_t gates = 0;
  std::function<void()> one_gate;
  std::function<void()> all_gates;
  std::vector<double> fixed;  ///< Seconds a run, one entry a round.
  std::vector<double> runs;

  [[nodiscard]] double gate_seconds(double run, double base) const {
    return (run - base) / static_cast<double>(gates - 1);
  }
};

std::string name_of(Precision precision) {
  return precision == Precision::single_precision ? "single" : "double";
}

/// Seconds of one call. The first, in which an engine may read the machine anew, as it does ten times a second, is left
/// out.
double seconds_of(const std::function<void()>& work) {
  work();
  return seconds_of_each(0.002, work);
}

std::shared_ptr<const PreparedProgram> one_gate(std::uint32_t qubits) {
  return prepare({.name = "one gate",
                  .text = fmt::format("OPENQASM 3.1; include \"stdgates.inc\"; qubit[{}] q; h q[0];", qubits),
                  .folder = {}});
}

/// As `basalt bench` runs it: all amplitudes are needed.
std::function<void()> engine_run(Engine& engine, std::shared_ptr<const PreparedProgram> program, Precision precision) {
  Request request;
  request.prepared = std::move(program);
  request.precision = precision;
  request.shots = 1;
  request.seed = 1;
  request.top = 1;
  return [&engine, request] { engine.run(request); };
}

template <typename Real>
std::function<void()> compiled_run(Engine& engine, std::shared_ptr<const PreparedProgram> program,
                                   Precision precision) {
  auto circuit = std::make_shared<CompiledCircuit>(engine, std::move(program), precision);
  auto state = std::make_shared<std::vector<std::complex<Real>>>(circuit->amplitudes());
  return [circuit, state] { circuit->run(std::span(*state)); };
}

std::function<void()> compiled_run(Engine& engine, std::shared_ptr<const PreparedProgram> program,
                                   Precision precision) {
  return precision == Precision::single_precision ? compiled_run<float>(engine, std::move(program), precision)
                                                  : compiled_run<double>(engine, std::move(program), precision);
}

std::vector<Case> cases_for(Engine& engine, const Options& options) {
  std::vector<Case> cases;
  for (const BenchCircuit& circuit : generate_bench_circuits({options.family}, options.qubits, 1)) {
    const auto all = prepare(circuit.source);
    const auto one = one_gate(circuit.qubits);
    Request count;
    count.prepared = all;
    const std::uint64_t gates = engine.run(count).gates;
    for (const Precision precision : {Precision::single_precision, Precision::double_precision}) {
      const auto add = [&](const char* path, const auto& make) {
        cases.push_back({.path = path,
                         .qubits = circuit.qubits,
                         .precision = precision,
                         .gates = gates,
                         .one_gate = make(engine, one, precision),
                         .all_gates = make(engine, all, precision),
                         .fixed = {},
                         .runs = {}});
      };
      add("Engine::run", engine_run);
      add("compiled", [](auto&... arguments) { return compiled_run(arguments...); });
    }
  }
  std::ranges::stable_sort(cases, {}, &Case::path);
  return cases;
}

/// One circuit with other angles every time.
struct Sweep {
  std::uint32_t qubits = 0;
  std::uint64_t gates = 0;
  std::function<void()> bind;
  std::function<void()> make;
  std::vector<double> binds;  ///< Seconds a call, one entry a round.
  std::vector<double> makes;
};

std::map<std::string, std::string> next_inputs() {
  static int calls = 0;
  return {{"a", fmt::format("{}", 0.1 + 1e-6 * ++calls)}};
}

Sweep sweep_for(Engine& engine, std::uint32_t qubits) {
  const auto program =
      prepare({.name = "sweep",
               .text = fmt::format("OPENQASM 3.1; include \"stdgates.inc\"; input float a; qubit[{0}] q; "
                                   "for int l in [1:10] {{ ry(a * l) q; rz(0.1 + a) q; "
                                   "for int i in [0:{0} - 2] {{ cx q[i], q[i + 1]; }} }}",
                                   qubits),
               .folder = {}});
  auto circuit = std::make_shared<CompiledCircuit>(engine, program, Precision::single_precision, next_inputs());
  return {.qubits = qubits,
          .gates = circuit->gates(),
          .bind = [circuit] { circuit->bind(next_inputs()); },
          .make = [&engine, program] { CompiledCircuit(engine, program, Precision::single_precision, next_inputs()); },
          .binds = {},
          .makes = {}};
}

void print(const std::vector<Sweep>& sweeps) {
  fmt::print("\n{:12} {:>6} {:>6} {:>10} {:>10}\n", "other angles", "qubits", "gates", "bind µs", "make µs");
  for (const Sweep& row : sweeps) {
    fmt::print("{:12} {:>6} {:>6} {:>10.1f} {:>10.1f}\n", "", row.qubits, row.gates, median(row.binds) * 1e6,
               median(row.makes) * 1e6);
  }
}

void print(const std::vector<Case>& cases, const std::vector<Sweep>& sweeps, const Options& options) {
  const std::string processor = take_inventory().processor;
  nlohmann::json document{
      {"processor", processor}, {"instruction_set", simd_target()}, {"family", options.family}, {"rows", {}}};
  if (!options.json) {
    fmt::print("{}, {}, {} circuits\n\n", processor, simd_target(), options.family);
    fmt::print("{:12} {:>6} {:10} {:>6} {:>10} {:>10} {:>10}\n", "path", "qubits", "precision", "gates", "fixed µs",
               "run µs", "µs a gate");
  }
  for (const Case& row : cases) {
    const double fixed = median(row.fixed);
    const double run = median(row.runs);
    const double gate = row.gate_seconds(run, fixed);
    if (options.json) {
      document["rows"].push_back({{"path", row.path},
                                  {"qubits", row.qubits},
                                  {"precision", name_of(row.precision)},
                                  {"gates", row.gates},
                                  {"fixed_seconds", fixed},
                                  {"run_seconds", run},
                                  {"gate_seconds", gate}});
    } else {
      fmt::print("{:12} {:>6} {:10} {:>6} {:>10.3f} {:>10.3f} {:>10.4f}\n", row.path, row.qubits,
                 name_of(row.precision), row.gates, fixed * 1e6, run * 1e6, gate * 1e6);
    }
  }
  if (options.json) {
    for (const Sweep& row : sweeps) {
      document["sweeps"].push_back({{"qubits", row.qubits},
                                    {"gates", row.gates},
                                    {"bind_seconds", median(row.binds)},
                                    {"make_seconds", median(row.makes)}});
    }
    fmt::print("{}\n", document.dump(2));
  } else {
    print(sweeps);
  }
}

void measure(const Options& options) {
  Engine engine;
  std::vector<Case> cases = cases_for(engine, options);
  std::vector<Sweep> sweeps;
  for (const std::uint32_t qubits : options.qubits) {
    sweeps.push_back(sweep_for(engine, qubits));
  }
  for (int round = 0; round < options.rounds; ++round) {
    for (Sweep& row : sweeps) {
      row.binds.push_back(seconds_of(row.bind));
      row.makes.push_back(seconds_of(row.make));
    }
    for (Case& row : cases) {
      row.fixed.push_back(seconds_of(row.one_gate));
      row.runs.push_back(seconds_of(row.all_gates));
    }
  }
  print(cases, sweeps, options);
}

}  // namespace
}  // namespace basalt

int main(int argc, char** argv) {
  basalt::Options options;
  CLI::App app("What a run of a small circuit costs, and what each gate adds");
  app.add_option("--qubits", options.qubits, "Sizes of the state")
      ->delimiter(',')
      ->check(CLI::Range(4, 20))
      ->capture_default_str();
  app.add_option("--family", options.family, "Of the circuits, as in basalt bench")->capture_default_str();
  app.add_option("--rounds", options.rounds, "Rounds; medians are printed")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_flag("--json", options.json, "Print one JSON document");
  CLI11_PARSE(app, argc, argv);
  basalt::measure(options);
  return 0;
}
