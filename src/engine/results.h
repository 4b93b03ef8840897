// Reads what the request asks for off each leaf of the tree, and adds the leaves up by their shots.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "basalt/report.h"
#include "basalt/request.h"
#include "engine/branches.h"
#include "engine/kept_json.h"
#include "workloads/quantum/observable.h"
#include "workloads/quantum/results/tally.h"

namespace basalt {

class Results {
 public:
  /// Checks what is asked for against the program. Throws Error(bad_usage | bad_input | io). References must outlive
  /// this.
  Results(const Request& request, const quantum::Script& script, Report& report);

  /// The shots go different ways from here. Throws Error(bad_usage) where one final state was asked for.
  void branching() const;

  void add(quantum::StateReader& state, const Branch& branch);

  /// What was added up so far, for a checkpoint; and back.
  [[nodiscard]] KeptJson keep();
  void restore(const KeptJson& kept);

  /// Moves what was added up into the report.
  void finish();

  [[nodiscard]] const std::vector<quantum::Observable>& observables() const noexcept { return observables_; }

  [[nodiscard]] std::uint64_t counts_bytes() { return tally_.size_bytes(); }

 private:
  void add_counts(quantum::StateReader& state, const Branch& branch);
  [[nodiscard]] std::string bits_of(std::uint64_t index) const;

  const Request& request_;
  const quantum::Script& script_;
  Report& report_;
  std::vector<quantum::Observable> observables_;
  std::vector<double> expectation_values_;
  quantum::Tally tally_;
};

}  // namespace basalt
