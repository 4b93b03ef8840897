// What reading results off a state costs, as what it is above one in-place scale of the same state in the same run.
// Rounds of all rows are interleaved with the scale, so that a busy machine disturbs all alike; printed are medians
// and, for machines that are never quiet, the least of each.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "basalt/inventory.h"
#include "basalt/memory/pool.h"
#include "base/hash.h"
#include "base/stopwatch.h"
#include "runtime/cpu/sweep.h"
#include "samples.h"
#include "workloads/quantum/results/expectation.h"
#include "workloads/quantum/results/marginal.h"
#include "workloads/quantum/results/sample.h"
#include "workloads/quantum/results/tally.h"
#include "workloads/quantum/results/top.h"

namespace basalt::quantum {
namespace {

struct Options {
  int qubits = 26;
  int threads = 0;
  int rounds = 5;
  std::string precision = "single";
  std::string only;
  bool json = false;
};

struct Row {
  std::string name;
  std::function<void()> work;
  std::vector<double> seconds;
  std::vector<double> ratios;
};

/// Amplitudes of all sizes, as those of a random circuit.
void fill_randomly(const Field& field, const Arena& arena, const CancelToken& cancel) {
  const std::uint64_t elements = std::uint64_t{1} << field.axes;
  const std::uint64_t pieces = std::min<std::uint64_t>(elements, 256);
  const double scale = std::pow(0.5, field.axes / 2.0);
  arena.for_each(pieces, cancel, [&](std::uint64_t piece) {
    for (std::uint64_t i = piece * (elements / pieces); i < (piece + 1) * (elements / pieces); ++i) {
      const auto part = [&](std::uint64_t which) {
        return (static_cast<double>(mix(i, which) >> 11) * 0x1p-53 - 0.5) * std::sqrt(6.0) * scale;
      };
      if (field.type == ElementType::c64) {
        field.buffer.as<std::complex<float>>()[i] = std::complex<float>(std::complex<double>(part(0), part(1)));
      } else {
        field.buffer.as<std::complex<double>>()[i] = {part(0), part(1)};
      }
    }
  });
}

std::uint64_t bit(int qubit) {
  return std::uint64_t{1} << qubit;
}

PauliTerm term(std::uint64_t x_mask, std::uint64_t z_mask) {
  return {.coefficient = 0.5, .x_mask = x_mask, .z_mask = z_mask};
}

/// Σ ZZ over all pairs.
Observable all_pairs(int qubits) {
  Observable result{.name = "ZZ of all pairs", .terms = {}};
  for (int a = 0; a < qubits; ++a) {
    for (int b = 0; b < a; ++b) {
      result.terms.push_back(term(0, bit(a) | bit(b)));
    }
  }
  return result;
}

Observable ising(int qubits) {
  Observable result{.name = "transverse-field Ising chain", .terms = {}};
  for (int a = 0; a < qubits; ++a) {
    result.terms.push_back(term(bit(a), 0));
    if (a + 1 < qubits) {
      result.terms.push_back(term(0, bit(a) | bit(a + 1)));
    }
  }
  return result;
}

Observable heisenberg(int qubits) {
  Observable result{.name = "Heisenberg chain", .terms = {}};
  for (int a = 0; a + 1 < qubits; ++a) {
    const std::uint64_t pair = bit(a) | bit(a + 1);
    result.terms.push_back(term(pair, 0));
    result.terms.push_back(term(pair, pair));
    result.terms.push_back(term(0, pair));
  }
  return result;
}

Observable random_strings(int qubits, int count, bool diagonal) {
  std::mt19937_64 random(7);
  Observable result{.name = fmt::format("{} random {}", count, diagonal ? "Z strings" : "Pauli strings"), .terms = {}};
  for (int i = 0; i < count; ++i) {
    const std::uint64_t all = bit(qubits) - 1;
    result.terms.push_back(term(diagonal ? 0 : random() & all, random() & all));
  }
  return result;
}

std::vector<Row> rows_for(const StateView& state, double norm) {
  const int qubits = state.field.axes;
  const auto last = static_cast<Qubit>(qubits - 1);
  std::vector<Row> rows;
  const auto add = [&](std::string name, std::function<void()> work) {
    rows.push_back({std::move(name), std::move(work), {}, {}});
  };
  add("norm", [&state] { (void)measure_block_norms(state); });
  for (const std::uint64_t shots : {1U, 1024U, 1'000'000U, 100'000'000U}) {
    add(fmt::format("{} shots", shots), [&state, shots] { (void)sample(state, shots, 1, 2); });
  }
  add("1000000 shots, counted", [&state] {
    std::vector<BitSource> bits(static_cast<std::size_t>(state.field.axes));
    for (Qubit qubit = 0; qubit < bits.size(); ++qubit) {
      bits[qubit] = {.is_qubit = true, .value = false, .qubit = qubit};
    }
    Tally tally;
    tally.add({bits}, sample(state, 1'000'000, 1, 2).counts());
    (void)std::move(tally).sorted();
  });
  const auto add_marginal = [&](std::string name, std::vector<Qubit> chosen) {
    add(std::move(name), [&state, chosen = std::move(chosen)] { (void)marginal(state, chosen); });
  };
  const auto range = [](Qubit first, Qubit count) {
    std::vector<Qubit> result(count);
    for (Qubit i = 0; i < count; ++i) {
      result[i] = first + i;
    }
    return result;
  };
  add_marginal("probabilities of the lowest", {0});
  add_marginal("probabilities of the highest", {last});
  const auto some = std::min<Qubit>(10, last);
  add_marginal(fmt::format("probabilities of the {} lowest", some), range(0, some));
  add_marginal(fmt::format("probabilities of the {} highest", some), range(last + 1 - some, some));
  const auto many = std::min<Qubit>(20, last);
  add_marginal(fmt::format("probabilities of {} in the middle", many), range((last + 1 - many) / 2, many));

  const auto add_observable = [&](const Observable& observable) {
    add(observable.name, [&state, observable, norm] { (void)expectations(state, std::vector{observable}, norm); });
  };
  add_observable({.name = "Z of the lowest", .terms = {term(0, 1)}});
  add_observable({.name = "X of the lowest", .terms = {term(1, 0)}});
  add_observable({.name = "X of the highest", .terms = {term(bit(qubits - 1), 0)}});
  add_observable(all_pairs(qubits));
  add_observable(ising(qubits));
  add_observable(heisenberg(qubits));
  add_observable(random_strings(qubits, 1000, true));
  add_observable(random_strings(qubits, 100, false));
  for (const std::uint64_t count : {8U, 1000U}) {
    add(fmt::format("the {} most probable", count), [&state, count, norm] { (void)top_states(state, count, norm); });
  }
  return rows;
}

int run(const Options& options) {
  const Inventory inventory = take_inventory();
  const Arena arena(options.threads > 0 ? options.threads : static_cast<int>(inventory.cores.value));
  const CancelToken cancel;
  HostMemory host;
  PoolResource memory(host);
  const Field field(memory, options.precision == "single" ? ElementType::c64 : ElementType::c128, options.qubits);
  fill_randomly(field, arena, cancel);
  const StateView state{field, arena, cancel, memory};
  std::vector<Row> rows = rows_for(state, measure_block_norms(state).total());
  if (!options.only.empty()) {
    std::erase_if(rows, [&](const Row& row) { return row.name.find(options.only) == std::string::npos; });
  }
  std::vector<double> scales;
  for (int round = 0; round < options.rounds; ++round) {
    for (Row& row : rows) {
      scales.push_back(measure_sweep_seconds(field, arena, cancel));
      row.seconds.push_back(seconds_of_each(0.01, row.work));
      row.ratios.push_back(row.seconds.back() / scales.back());
    }
  }
  if (options.json) {
    nlohmann::json document{{"processor", inventory.processor}, {"instruction_set", simd_target()},
                            {"threads", arena.threads()},       {"precision", options.precision},
                            {"qubits", options.qubits},         {"scale_seconds", median(scales)}};
    for (const Row& row : rows) {
      document["rows"].push_back({{"name", row.name},
                                  {"seconds", median(row.seconds)},
                                  {"ratio", median(row.ratios)},
                                  {"ratio_at_best", least(row.seconds) / least(scales)}});
    }
    fmt::print("{}\n", document.dump(2));
    return 0;
  }
  fmt::print("{}, {}, {} threads, {} precision, {} qubits, one scale {:.3f} ms\n\n", inventory.processor, simd_target(),
             arena.threads(), options.precision, options.qubits, median(scales) * 1e3);
  fmt::print("{:34} {:>12} {:>8} {:>8}\n", "what", "ms", "scales", "at best");
  for (const Row& row : rows) {
    fmt::print("{:34} {:>12.4f} {:>8.2f} {:>8.2f}\n", row.name, median(row.seconds) * 1e3, median(row.ratios),
               least(row.seconds) / least(scales));
  }
  return 0;
}

}  // namespace
}  // namespace basalt::quantum

int main(int argc, char** argv) {
  basalt::quantum::Options options;
  CLI::App app("Times of reading results over the time of one in-place scale of the same state");
  app.add_option("--qubits", options.qubits, "Size of the state")->check(CLI::Range(4, 34))->capture_default_str();
  app.add_option("--precision", options.precision, "single or double")
      ->check(CLI::IsMember({"single", "double"}))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "Threads (default: all that this process may use)");
  app.add_option("--rounds", options.rounds, "Rounds; medians are printed")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--only", options.only, "Rows whose name has this in it");
  app.add_flag("--json", options.json, "Print one JSON document");
  CLI11_PARSE(app, argc, argv);
  return basalt::quantum::run(options);
}
