// Results of a product of states, from those of its parts: strings and distributions multiply, draws are joined shot by
// shot, the most probable states are the best products.
#pragma once

#include <string>
#include <vector>

#include "basalt/report.h"
#include "basalt/request.h"
#include "engine/choose_parts.h"
#include "workloads/quantum/observable.h"
#include "workloads/quantum/results/state_reader.h"

namespace basalt {

class PartResults {
 public:
  /// Checks what is asked for against the program. Throws Error(bad_usage | bad_input | io). References must outlive
  /// this.
  PartResults(const Request& request, const quantum::Script& script, const SplitProgram& split, Report& report);

  /// Reads what is asked for off the state of a part; parts come in their order.
  void add(quantum::StateReader& state, double global_phase);

  /// Puts everything together into the report.
  void finish();

  /// What draws take until they are joined.
  static std::uint64_t draw_bytes(const Request& request, const quantum::Script& script, const SplitProgram& split);

 private:
  /// A basis state of the parts so far, one index each.
  struct Product {
    std::vector<std::uint64_t> indices;
    double probability = 1;
    std::complex<double> amplitude = 1;
  };

  void add_expectations(quantum::StateReader& state);
  void add_probabilities(quantum::StateReader& state);
  void add_draws(quantum::StateReader& state);
  void add_top(quantum::StateReader& state, double global_phase);
  void finish_counts();
  [[nodiscard]] std::string bits_of(const Product& product) const;

  const Request& request_;
  const quantum::Script& script_;
  const SplitProgram& split_;
  Report& report_;
  std::size_t part_ = 0;                 ///< The one that comes next.
  std::vector<std::size_t> part_of_;     ///< Of each qubit; the number of parts where no gate touches it, and it is 0.
  std::vector<std::uint32_t> place_in_;  ///< Of each qubit in its part.
  std::vector<quantum::PauliSum> sums_;
  std::vector<std::vector<double>> values_;  ///< Of each term of each sum, over the parts so far.
  std::vector<std::vector<std::uint64_t>> draws_;
  std::vector<Product> top_;
};

}  // namespace basalt
