// The passes over a gate list: each makes it cheaper to run and changes none of the results that are asked for.
// passes.cpp has the table of contents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/quantum/gate_list.h"

namespace basalt::quantum {

struct PassOptions {
  std::vector<std::string> without;                 ///< Names of passes to leave out.
  std::uint64_t wanted_qubits = ~std::uint64_t{0};  ///< What later results look at; the others may be traced out.
  /// False where only the outcomes of measuring the wanted qubits are looked at, not amplitudes or other bases.
  bool phases_matter = true;
};

struct Pass {
  std::string_view name;
  std::string_view summary;  ///< What it does, in one line.
  void (*run)(GateList& list, const PassOptions& options);
};

struct PassReport {
  std::string_view name;
  std::string_view summary;
  double seconds = 0;
  std::size_t gates_before = 0;
  std::size_t gates_after = 0;
};

/// All passes, in the order in which they run. A name that stands there twice runs twice.
std::span<const Pass> pass_table() noexcept;

/// Throws Error(bad_usage) that names what it may have meant when a name is not in the table.
void check_pass_names(std::span<const std::string> names);

/// Runs the table. One report for each row that ran, so that the same options always give as many in the same order.
/// In debug builds each pass is verified on small lists: a pass that changed a result throws Error(failed).
std::vector<PassReport> run_passes(GateList& list, const PassOptions& options);

}  // namespace basalt::quantum
