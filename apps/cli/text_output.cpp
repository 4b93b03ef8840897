// Text for people: aligned, a bar for every count, colour only on a terminal.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "basalt/gpu.h"
#include "basalt/json.h"
#include "checkpoint_options.h"
#include "ladder_output.h"
#include "output.h"
#include "print.h"

namespace basalt::cli {
namespace {

constexpr std::size_t kMostRows = 16;
constexpr int kBarWidth = 40;
constexpr double kLeastSweepSeconds = 20e-6;

/// A bar of eighths of a character.
std::string bar(double share) {
  static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = std::max(1, static_cast<int>(std::lround(share * kBarWidth * 8)));
  std::string text;
  for (int i = 0; i < eighths / 8; ++i) {
    text += "█";
  }
  return styled(text + kEighths[eighths % 8], "36");
}

/// Rows of name, number, share and bar; the largest first when there are too many for a page.
template <typename Row>
void print_histogram(const std::vector<Row>& all_rows, double total, const auto& format_value, std::string_view what) {
  const std::size_t all = all_rows.size();
  std::vector<Row> rows(std::min(all, kMostRows));
  if (all > kMostRows) {
    std::ranges::partial_sort_copy(all_rows, rows, [](const Row& a, const Row& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
  } else {
    rows = all_rows;
  }
  double largest = 0;
  std::size_t name_width = 0;
  std::size_t value_width = 0;
  for (const auto& [name, value] : rows) {
    largest = std::max(largest, static_cast<double>(value));
    name_width = std::max(name_width, name.size());
    value_width = std::max(value_width, format_value(value).size());
  }
  for (const auto& [name, value] : rows) {
    const auto number = static_cast<double>(value);
    print(fmt::format("  {:<{}}  {:>{}}  {:5.1f}%  {}", name, name_width, format_value(value), value_width,
                      100 * number / total, number > 0 ? bar(number / largest) : ""));
  }
  if (all > kMostRows) {
    print(fmt::format("  … and {} more {} (--json prints all)", all - kMostRows, what));
  }
}

void print_counts(const Report& report) {
  if (report.counts.empty()) {
    return;
  }
  print(heading("counts"));
  print_histogram(
      report.counts, static_cast<double>(report.shots), [](std::uint64_t count) { return fmt::format("{}", count); },
      "outcomes");
  print("");
}

void print_outputs(const Report& report) {
  for (const auto& [name, values] : report.outputs) {
    print(heading(name));
    print_histogram(
        std::vector<std::pair<std::string, std::uint64_t>>(values.begin(), values.end()),
        static_cast<double>(report.shots), [](std::uint64_t count) { return fmt::format("{}", count); }, "values");
    print("");
  }
}

void print_expectation_values(const Report& report) {
  if (report.expectation_values.empty()) {
    return;
  }
  std::size_t width = 0;
  for (const auto& [name, value] : report.expectation_values) {
    width = std::max(width, std::min<std::size_t>(name.size(), 60));
  }
  const int digits = report.precision == Precision::single_precision ? 7 : 15;
  print(heading("expectation values"));
  for (const auto& [name, value] : report.expectation_values) {
    print(fmt::format("  {:<{}}  {: .{}g}", name, width, value, digits));
  }
  print("");
}

void print_probabilities(const Report& report) {
  if (report.probabilities.empty()) {
    return;
  }
  const std::size_t width = report.probability_qubits.size();
  std::vector<std::pair<std::string, double>> rows;
  for (std::size_t value = 0; value < report.probabilities.size(); ++value) {
    std::string bits(width, '0');
    for (std::size_t j = 0; j < width; ++j) {
      bits[width - 1 - j] = static_cast<char>('0' + ((value >> j) & 1));
    }
    rows.emplace_back(std::move(bits), report.probabilities[value]);
  }
  std::string qubits;
  for (auto qubit = report.probability_qubits.rbegin(); qubit != report.probability_qubits.rend(); ++qubit) {
    qubits += fmt::format("{}{}", qubits.empty() ? "" : " ", *qubit);
  }
  print(heading("probabilities") + " of qubits " + qubits + " (left to right)");
  print_histogram(
      rows, 1, [](double value) { return fmt::format("{:.6f}", value); }, "outcomes");
  print("");
}

void print_top(const Report& report) {
  if (report.top.empty()) {
    return;
  }
  print(heading("most probable states") + " (qubit 0 rightmost)");
  for (const TopEntry& entry : report.top) {
    print(fmt::format("  {}  {:.6f}  {:+.6f} {:+.6f}i", entry.bits, entry.probability, entry.amplitude.real(),
                      entry.amplitude.imag()));
  }
  print("");
}

std::string names_of(const std::vector<DeviceReport>& devices) {
  std::vector<std::string> names;
  names.reserve(devices.size());
  for (const DeviceReport& device : devices) {
    names.push_back(device.name);
  }
  return join_device_names(names);
}

std::uint64_t bytes_of(const std::vector<DeviceReport>& devices) {
  std::uint64_t bytes = 0;
  for (const DeviceReport& device : devices) {
    bytes += device.peak_bytes;
  }
  return bytes;
}

void print_verification(const VerifyReport& verify) {
  print(fmt::format("verified {} tile{} by plain loops: largest difference {:.2g} of a tile's norm (tolerated: {:.2g})",
                    verify.tiles, verify.tiles == 1 ? "" : "s", verify.largest_difference, verify.tolerance));
}

void print_summary(const std::string& file, const Report& report) {
  const std::string branches = report.branches > 1 ? fmt::format(", {} branches", report.branches) : "";
  const std::string where =
      !report.devices.empty()
          ? fmt::format("{} ({}, {}", names_of(report.devices), report.backend, report.devices.front().driver)
          : fmt::format("{} ({}, {} thread{}", report.method == Method::stabilizer ? "a tableau" : "cpu",
                        report.instruction_set, report.threads, report.threads == 1 ? "" : "s");
  const std::uint64_t bytes = report.devices.empty() ? report.memory.peak_bytes : bytes_of(report.devices);
  const std::string numbers = report.method == Method::stabilizer               ? ""
                              : report.precision == Precision::single_precision ? ", single precision"
                                                                                : ", double precision";
  print(fmt::format("{}: {} qubits, {} gates{}, {} shots, seed {}; {} on {}{}), {}", file == "-" ? "<stdin>" : file,
                    report.qubits, report.gates, branches, report.shots, report.seed,
                    format_seconds(report.timing.total), where, numbers, format_bytes(bytes)));
  if (report.method != Method::state) {
    print(fmt::format("chosen: {}: {}", name_of(report.method), report.method_reason));
  }
  if (!report.choice.empty() && !report.devices.empty()) {
    print("chosen: " + report.choice);  // that the CPU runs what is small surprises nobody
  }
  const double gates = std::max<double>(1, static_cast<double>(report.gates));
  const std::string gate_time = format_seconds(report.timing.execute / gates);
  if (report.sweep_seconds < kLeastSweepSeconds) {
    // A state in the nearest caches: sweeps of it say nothing.
    print(fmt::format("speed: {} gates in {}, {} per gate", report.gates, format_seconds(report.timing.execute),
                      gate_time));
    return;
  }
  const char* sweep = report.ladder && report.ladder->disk ? "visits of the disk" : "in-place scales of the state";
  print(fmt::format("speed: {} gates in {}, {} per gate: as long as {:.1f} {}; {:.1f} GB/s", report.gates,
                    format_seconds(report.timing.execute), gate_time, report.sweep_equivalents, sweep,
                    report.bytes_moved / report.timing.execute / 1e9));
}

}  // namespace

void write_text_report(const std::string& file, const Report& report, bool quiet) {
  if (!quiet) {
    print_notes(report.notes);
  }
  print_counts(report);
  print_outputs(report);
  print_expectation_values(report);
  print_probabilities(report);
  print_top(report);
  if (quiet) {
    return;
  }
  if (!report.saved_state.empty()) {
    print(fmt::format("state saved to {}", report.saved_state));
  }
  if (report.verify) {
    print_verification(*report.verify);
  }
  if (report.ladder) {
    print_ladder(*report.ladder);
  }
  if (report.fidelity_bound) {
    print(
        fmt::format("fidelity with a state that was stored without a loss: at least {:.12g}", *report.fidelity_bound));
  }
  if (report.checkpoints) {
    print(describe_checkpoints(*report.checkpoints, report.timing.total));
  }
  print_summary(file, report);
}

void write_check(const std::string& file, const CheckResult& result, bool json) {
  if (json) {
    print(json_of(file, result));
    return;
  }
  print_notes(result.notes);
  std::string inputs;
  for (const std::string& input : result.inputs) {
    inputs += (inputs.empty() ? ", inputs: " : " ") + input;
  }
  print(fmt::format("{}: correct {}, {} qubits{}", file == "-" ? "<stdin>" : file, result.language, result.qubits,
                    inputs));
}

}  // namespace basalt::cli
