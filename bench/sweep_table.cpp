// How near to memory speed each kernel is: the time of one gate at every qubit position over the time of one in-place
// scale of the same array. Rounds are interleaved with the scale, so that a busy machine disturbs both alike.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <numbers>
#include <string>
#include <vector>

#include "basalt/inventory.h"
#include "runtime/cpu/sweep.h"
#include "samples.h"
#include "workloads/quantum/gates.h"
#include "workloads/quantum/kernels/kernels.h"

namespace basalt::quantum {
namespace {

/// The plan's size of a piece.
constexpr std::uint64_t kPieceBytes = std::uint64_t{4} << 20;

struct Options {
  int qubits = 26;
  int threads = 0;
  int rounds = 9;
  std::string precision = "single";
  std::string only;
  bool json = false;
};

/// One row: a gate at one place.
struct Case {
  std::string gate;
  std::string position;
  std::string_view kernel;
  std::shared_ptr<const void> operands;
  std::vector<double> seconds;
  std::vector<double> ratios;
};

DenseOperands dense(std::vector<int> targets, std::vector<Complex> matrix, ControlMask control = {}) {
  DenseOperands operands;
  operands.control = control;
  operands.target_count = static_cast<std::uint8_t>(targets.size());
  for (std::size_t i = 0; i < std::min(targets.size(), operands.targets.size()); ++i) {
    operands.targets[i] = static_cast<std::uint8_t>(targets[i]);
  }
  operands.real = std::ranges::all_of(matrix, [](const Complex& entry) { return entry.imag() == 0; });
  operands.matrix = std::move(matrix);
  return operands;
}

/// A unitary with no zero entry: the quantum Fourier transform.
std::vector<Complex> fourier(int targets) {
  const std::size_t size = std::size_t{1} << targets;
  std::vector<Complex> matrix;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      const double turns = static_cast<double>(i * j % size) / static_cast<double>(size);
      matrix.push_back(std::polar(1 / std::sqrt(static_cast<double>(size)), 2 * std::numbers::pi * turns));
    }
  }
  return matrix;
}

std::uint64_t bit(int axis) {
  return std::uint64_t{1} << axis;
}

std::vector<Case> cases(const Options& options) {
  std::vector<Case> result;
  const auto add = [&]<typename Operands>(std::string gate, std::string position, std::string_view kernel,
                                          Operands operands) {
    if (options.only.empty() || options.only == gate) {
      result.push_back(
          {std::move(gate), std::move(position), kernel, std::make_shared<Operands>(std::move(operands)), {}, {}});
    }
  };
  const int last = options.qubits - 1;
  const std::vector<double> angles{0.1, 0.2, 0.3};
  for (int q = 0; q <= last; ++q) {
    const std::string at = fmt::format("{}", q);
    add("h", at, "quantum/dense", dense({q}, gate_matrix(GateId::h, {})));
    add("u3", at, "quantum/dense", dense({q}, gate_matrix(GateId::u3, angles)));
    add("x", at, "quantum/exchange", ExchangeOperands{{bit(q), 0}, bit(q)});
  }
  for (const auto& [a, b] : std::vector<std::pair<int, int>>{
           {0, 1}, {1, 3}, {2, 8}, {3, 4}, {6, 9}, {5, last}, {12, 18}, {last - 1, last}}) {
    if (a < 0 || a >= b || b > last) {
      continue;  // a position that a state of this size does not have
    }
    const std::string at = fmt::format("{},{}", a, b);
    add("cx", at, "quantum/exchange", ExchangeOperands{{bit(a) | bit(b), bit(a)}, bit(b)});
    add("cx", fmt::format("{},{}", b, a), "quantum/exchange", ExchangeOperands{{bit(a) | bit(b), bit(b)}, bit(a)});
    add("swap", at, "quantum/exchange", ExchangeOperands{{bit(a) | bit(b), bit(a)}, bit(a) | bit(b)});
    add("ch", at, "quantum/dense", dense({b}, gate_matrix(GateId::h, {}), {bit(a), bit(a)}));
    add("dense2", at, "quantum/dense", dense({a, b}, fourier(2)));
  }
  for (int k = 3; k <= 6; ++k) {
    for (const int first : {0, 2, 4, 8, 12, options.qubits - k}) {
      if (first < 0 || first + k > options.qubits) {
        continue;
      }
      std::vector<int> targets(static_cast<std::size_t>(k));
      for (int i = 0; i < k; ++i) {
        targets[static_cast<std::size_t>(i)] = first + i;
      }
      add(fmt::format("dense{}", k), fmt::format("{}..{}", first, first + k - 1), "quantum/dense",
          dense(targets, fourier(k)));
    }
  }
  return result;
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int run(const Options& options) {
  const Inventory inventory = take_inventory();
  const Arena arena(options.threads > 0 ? options.threads : static_cast<int>(inventory.cores.value));
  const ElementType type = options.precision == "single" ? ElementType::c64 : ElementType::c128;
  const CancelToken cancel;
  HostMemory memory;
  const Field field(memory, type, options.qubits);
  KernelRegistry registry;
  register_cpu_kernels(registry);

  // Fault all pages in, and give them a state that gates neither overflow nor denormalise: every amplitude 2^(-n/2).
  const std::uint64_t pieces = std::max<std::uint64_t>(1, field.size_bytes() / kPieceBytes);
  arena.for_each(pieces, cancel, [&](std::uint64_t piece) {
    const std::uint64_t count = field.size_bytes() / element_bytes(type) / pieces;
    const double amplitude = std::pow(0.5, options.qubits / 2.0);
    for (std::uint64_t i = piece * count; i < (piece + 1) * count; ++i) {
      if (type == ElementType::c64) {
        field.buffer.as<std::complex<float>>()[i] = static_cast<float>(amplitude);
      } else {
        field.buffer.as<std::complex<double>>()[i] = amplitude;
      }
    }
  });

  std::vector<Case> rows = cases(options);
  std::vector<double> scales;
  double sweep = measure_sweep_seconds(field, arena, cancel);
  for (int round = 0; round < options.rounds; ++round) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i % 8 == 0) {
        sweep = measure_sweep_seconds(field, arena, cancel);
        scales.push_back(sweep);
      }
      const Kernel* kernel = registry.find(rows[i].kernel, type);
      const double seconds = seconds_of([&] {
        arena.for_each(pieces, cancel, [&](std::uint64_t piece) {
          kernel->run(field.buffer.data(), field.padded_axes(), rows[i].operands.get(), {piece, pieces});
        });
      });
      rows[i].seconds.push_back(seconds);
      rows[i].ratios.push_back(seconds / sweep);
    }
  }

  const double scale = median(scales);
  const double bandwidth = 2 * static_cast<double>(field.size_bytes()) / scale;
  if (options.json) {
    nlohmann::json document{{"processor", inventory.processor}, {"instruction_set", simd_target()},
                            {"threads", arena.threads()},       {"precision", options.precision},
                            {"qubits", options.qubits},         {"array_bytes", field.size_bytes()},
                            {"scale_seconds", scale},           {"scale_bytes_per_second", bandwidth}};
    for (const Case& row : rows) {
      document["rows"].push_back({{"gate", row.gate},
                                  {"position", row.position},
                                  {"seconds", median(row.seconds)},
                                  {"ratio", median(row.ratios)},
                                  {"ratio_at_best", least(row.seconds) / least(scales)}});
    }
    fmt::print("{}\n", document.dump(2));
    return 0;
  }
  fmt::print("{}, {}, {} threads, {} precision, {} qubits, {}\n", inventory.processor, simd_target(), arena.threads(),
             options.precision, options.qubits, format_bytes(field.size_bytes()));
  fmt::print("in-place scale: {:.2f} ms, {:.1f} GB/s read and written\n\n", scale * 1e3, bandwidth * 1e-9);
  fmt::print("{:8} {:>10} {:>10} {:>8} {:>8}\n", "gate", "qubits", "ms", "ratio", "at best");
  std::ranges::stable_sort(rows, {}, &Case::gate);
  for (const Case& row : rows) {
    fmt::print("{:8} {:>10} {:>10.3f} {:>8.2f} {:>8.2f}\n", row.gate, row.position, median(row.seconds) * 1e3,
               median(row.ratios), least(row.seconds) / least(scales));
  }
  return 0;
}

}  // namespace
}  // namespace basalt::quantum

int main(int argc, char** argv) {
  basalt::quantum::Options options;
  CLI::App app("Gate times over the time of one in-place scale of the same array");
  app.add_option("--qubits", options.qubits, "Size of the state")->check(CLI::Range(4, 40))->capture_default_str();
  app.add_option("--precision", options.precision, "single or double")
      ->check(CLI::IsMember({"single", "double"}))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "Threads (default: all that this process may use)");
  app.add_option("--rounds", options.rounds, "Rounds; medians are printed")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--only", options.only, "One gate of the table, e.g. h");
  app.add_flag("--json", options.json, "Print one JSON document");
  CLI11_PARSE(app, argc, argv);
  return basalt::quantum::run(options);
}
