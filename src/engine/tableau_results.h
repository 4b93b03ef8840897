// Reads what the request asks for off each group of shots that ended alike, and adds the groups up.
#pragma once

#include <cstdint>
#include <vector>

#include "basalt/report.h"
#include "basalt/request.h"
#include "engine/shot_tree.h"
#include "workloads/quantum/observable.h"
#include "workloads/quantum/results/tally.h"

namespace basalt {

class TableauResults {
 public:
  /// Checks what is asked for against the program. Throws Error(bad_usage | bad_input | io). References must outlive
  /// this.
  TableauResults(const Request& request, const quantum::Script& script, Report& report);

  /// Expectation values and probabilities are those before the measurements that nothing came after.
  void add(ShotGroup& group, const CancelToken& cancel);

  /// Moves what was added up into the report.
  void finish();

  [[nodiscard]] std::uint64_t counts_bytes() { return tally_.size_bytes(); }

 private:
  void add_expectations(const ShotGroup& group);
  void add_probabilities(const ShotGroup& group);
  void add_counts(ShotGroup& group);

  const Request& request_;
  const quantum::Script& script_;
  Report& report_;
  std::vector<quantum::PauliSum> sums_;
  std::vector<std::vector<std::int64_t>> signs_;  ///< Of each term of each sum: shots where it is 1, less those of −1.
  quantum::Tally tally_;
};

}  // namespace basalt
