#include "workloads/quantum/passes/passes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "basalt/error.h"
#include "base/stopwatch.h"
#include "workloads/quantum/passes/steps.h"
#include "workloads/quantum/passes/verify.h"

namespace basalt::quantum {
namespace {

constexpr std::array kTable{
    Pass{"drop-unseen", "drop gates that no result depends on", drop_unseen},
    Pass{"merge-runs", "multiply the gates of runs on one qubit", merge_runs},
    Pass{"take-out-phases", "write matrices as phases around real matrices, SWAP or X", take_out_phases},
    Pass{"rename-qubits", "follow SWAP and X in the map of the qubits", rename_qubits},
    Pass{"fold-ladders", "cancel CX around phases, which become phases of parities", fold_ladders},
    Pass{"cancel-inverses", "cancel gates that undo one another, add up phases alike", cancel_inverses},
    Pass{"conjugate-hadamards", "turn CX between Hadamard gates into phases and back", conjugate_hadamards},
    Pass{"peel-exchanges", "cancel controlled X around phases of π, for one more such phase each", peel_exchanges},
    // What the passes above have brought together and found out:
    Pass{"merge-runs", "multiply the gates of runs on one qubit", merge_runs},
    Pass{"rename-qubits", "follow SWAP and X in the map of the qubits", rename_qubits},
    Pass{"merge-pairs", "multiply the gates of runs on two qubits where that is less arithmetic", merge_pairs},
    Pass{"take-out-phases", "write matrices as phases around real matrices, SWAP or X", take_out_phases},
    Pass{"split-pairs", "write matrices of two qubits as an interaction between matrices of one", split_pairs},
    Pass{"merge-runs", "multiply the gates of runs on one qubit", merge_runs},
    Pass{"take-out-phases", "write matrices as phases around real matrices, SWAP or X", take_out_phases},
    Pass{"rename-qubits", "follow SWAP and X in the map of the qubits", rename_qubits},
    Pass{"cancel-inverses", "cancel gates that undo one another, add up phases alike", cancel_inverses},
    Pass{"pair-phases", "write phases of parities as controlled phases where those are fewer", pair_phases},
    Pass{"drop-unseen", "drop gates that no result depends on", drop_unseen},
};

[[nodiscard]] bool is_left_out(std::string_view name, const PassOptions& options) {
  return std::ranges::find(options.without, name) != options.without.end();
}

}  // namespace

std::span<const Pass> pass_table() noexcept {
  return kTable;
}

void check_pass_names(std::span<const std::string> names) {
  for (const std::string& name : names) {
    if (std::ranges::find(kTable, name, &Pass::name) == kTable.end()) {
      std::vector<std::string_view> known;
      for (const Pass& pass : kTable) {
        if (std::ranges::find(known, pass.name) == known.end()) {
          known.push_back(pass.name);
        }
      }
      throw Error(ErrorCode::bad_usage, fmt::format("--without-pass '{}' is no pass", name),
                  fmt::format("the passes are: {}", fmt::join(known, ", ")));
    }
  }
}

std::vector<PassReport> run_passes(GateList& list, const PassOptions& options) {
  check_pass_names(options.without);
  std::vector<PassReport> reports;
  reports.reserve(kTable.size());
  for (const Pass& pass : kTable) {
    if (!options.without.empty() && is_left_out(pass.name, options)) {
      continue;
    }
    const Verification verification(list, options);
    const std::size_t before = list.gates.size();
    const Stopwatch watch;
    pass.run(list, options);
    reports.push_back({pass.name, pass.summary, watch.seconds(), before, list.gates.size()});
    verification.expect_same(list, pass.name);
  }
  return reports;
}

}  // namespace basalt::quantum
