#include "engine/tableau_results.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>

#include "engine/asked_results.h"
#include "workloads/quantum/stabilizer/outcome_space.h"
#include "workloads/quantum/stabilizer/shot_records.h"

namespace basalt {
namespace {

using quantum::BitColumn;
using quantum::BitSource;
using quantum::Frames;
using quantum::kFrameWords;
using quantum::Qubit;

/// How many shots have a frame that anticommutes with the product.
std::int64_t count_negative(const Frames& frames, const quantum::PauliProduct& product) {
  std::array<std::uint64_t, kFrameWords> negative{};
  for (const quantum::PauliFactor& factor : product.factors) {
    const std::uint64_t* const x = frames.flips_now(factor.qubit);
    const std::uint64_t* const z = frames.phases_now(factor.qubit);
    for (std::size_t word = 0; word < kFrameWords; ++word) {
      negative[word] ^= (factor.z ? x[word] : 0) ^ (factor.x ? z[word] : 0);
    }
  }
  std::int64_t count = 0;
  for (std::size_t word = 0; word < frames.words(); ++word) {
    count += std::popcount(negative[word] & frames.shots_of_word(word));
  }
  return count;
}

/// Of the qubits, bit j being the j-th: by what a shot differs from the reference.
std::uint64_t shift_of(const Frames& frames, std::span<const Qubit> qubits, std::size_t shot) {
  std::uint64_t shift = 0;
  for (std::size_t j = 0; j < qubits.size(); ++j) {
    shift |= (frames.flips_now(qubits[j])[shot / 64] >> shot % 64 & 1) << j;
  }
  return shift;
}

}  // namespace

TableauResults::TableauResults(const Request& request, const quantum::Script& script, Report& report)
    : request_(request), script_(script), report_(report), sums_(asked_observables(request, script.qubit_count)) {
  check_probability_qubits(request, script.qubit_count);
  for (const quantum::PauliSum& sum : sums_) {
    signs_.emplace_back(sum.terms.size(), 0);
  }
  if (!request.probability_qubits.empty()) {
    report_.probabilities.resize(std::size_t{1} << request.probability_qubits.size(), 0.0);
  }
  report_.branches = 0;
}

void TableauResults::add(ShotGroup& group, const CancelToken& cancel) {
  report_.measured = report_.measured || group.machine.measured();
  ++report_.branches;
  cancel.check();
  add_expectations(group);
  add_probabilities(group);
  add_counts(group);
}

void TableauResults::add_expectations(const ShotGroup& group) {
  const auto shots = static_cast<std::int64_t>(group.shots());
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    for (std::size_t term = 0; term < sums_[i].terms.size(); ++term) {
      const quantum::PauliProduct& product = sums_[i].terms[term];
      const int reference = group.tableau.expectation(product.factors);
      if (reference == 0) {
        continue;
      }
      std::int64_t negative = 0;
      for (const Frames& frames : group.frames) {
        negative += count_negative(frames, product);
      }
      signs_[i][term] += reference * (shots - 2 * negative);
    }
  }
}

void TableauResults::add_probabilities(const ShotGroup& group) {
  const std::vector<Qubit>& qubits = request_.probability_qubits;
  if (qubits.empty()) {
    return;
  }
  const quantum::OutcomeSpace space(group.tableau.copy(), qubits);
  std::map<std::uint64_t, std::uint64_t> shots_of;
  for (const Frames& frames : group.frames) {
    for (std::size_t shot = 0; shot < frames.shots(); ++shot) {
      ++shots_of[space.reduce(space.base() ^ shift_of(frames, qubits, shot))];
    }
  }
  const auto directions = space.directions();
  for (const auto& [first, shots] : shots_of) {
    const double each = std::ldexp(static_cast<double>(shots) / static_cast<double>(request_.shots),
                                   -static_cast<int>(directions.size()));
    std::uint64_t outcome = first;
    for (std::uint64_t i = 1;; ++i) {
      report_.probabilities[outcome] += each;
      const auto next = static_cast<std::size_t>(std::countr_zero(i));  // as in a Gray code
      if (next >= directions.size()) {
        break;
      }
      outcome ^= directions[next];
    }
  }
}

void TableauResults::add_counts(ShotGroup& group) {
  const std::vector<std::string> values = group.machine.outputs();
  for (std::size_t i = 0; i < values.size(); ++i) {
    report_.outputs[script_.outputs[i]][values[i]] += group.shots();
  }
  if (script_.registers.empty()) {
    return;
  }
  std::map<std::uint32_t, Qubit> open;  // records that are in no circuit
  for (const quantum::Recording& recording : group.machine.open_recordings()) {
    open.emplace(recording.record, recording.qubit);
    group.records[recording.record] = group.tableau.measure(recording.qubit).value;
  }
  const auto registers = group.machine.registers();
  std::vector<std::uint64_t> records;
  for (const Frames& frames : group.frames) {
    std::vector<BitColumn> columns;
    for (const std::vector<BitSource>& bits : registers) {
      for (const BitSource& bit : bits) {
        if (!bit.is_qubit) {
          columns.push_back({.value = bit.value, .flips = nullptr});
          continue;
        }
        const auto found = open.find(bit.qubit);
        columns.push_back({.value = group.records[bit.qubit],
                           .flips = found != open.end() ? frames.flips_now(found->second) : frames.flips(bit.qubit)});
      }
    }
    if (columns.empty()) {
      tally_.add(registers, frames.shots());
      continue;
    }
    records.clear();
    append_records(columns, frames, records);
    tally_.add_shots(registers, records);
  }
}

void TableauResults::finish() {
  report_.counts = std::move(tally_).sorted();
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    double value = 0;
    for (std::size_t term = 0; term < sums_[i].terms.size(); ++term) {
      value +=
          sums_[i].terms[term].coefficient * static_cast<double>(signs_[i][term]) / static_cast<double>(request_.shots);
    }
    report_expectation(report_, sums_[i].name, value);
  }
  report_.probability_qubits = request_.probability_qubits;
  note_unmeasured(report_, script_);
}

}  // namespace basalt
