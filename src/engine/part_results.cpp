#include "engine/part_results.h"

#include <algorithm>
#include <queue>
#include <tuple>

#include "base/hash.h"
#include "base/random.h"
#include "engine/asked_results.h"
#include "workloads/quantum/results/tally.h"

namespace basalt {
namespace {

using quantum::BitSource;
using quantum::Qubit;

/// Puts draws into an order of their own, so that those of several parts are independent shot by shot.
void shuffle(std::vector<std::uint64_t>& draws, const CounterRandom& random) {
  for (std::size_t i = draws.size(); i > 1; --i) {
    const auto other = static_cast<std::size_t>(random.uniform(i) * static_cast<double>(i));
    std::swap(draws[i - 1], draws[other]);
  }
}

}  // namespace

PartResults::PartResults(const Request& request, const quantum::Script& script, const SplitProgram& split,
                         Report& report)
    : request_(request),
      script_(script),
      split_(split),
      report_(report),
      part_of_(script.qubit_count, split.parts.size()),
      place_in_(script.qubit_count, 0),
      sums_(asked_observables(request, script.qubit_count)),
      top_(1) {
  check_probability_qubits(request, script.qubit_count);
  check_top(request);
  for (std::size_t part = 0; part < split.parts.size(); ++part) {
    for (std::uint32_t place = 0; place < split.parts[part].qubits.size(); ++place) {
      part_of_[split.parts[part].qubits[place]] = part;
      place_in_[split.parts[part].qubits[place]] = place;
    }
  }
  for (const quantum::PauliSum& sum : sums_) {
    std::vector<double>& values = values_.emplace_back();
    for (const quantum::PauliProduct& term : sum.terms) {
      // a qubit that no gate touches is an eigenstate of Z, and X or Y of it are 0 on average
      const bool vanishes = std::ranges::any_of(term.factors, [&](const quantum::PauliFactor& factor) {
        return factor.x && part_of_[factor.qubit] == split.parts.size();
      });
      values.push_back(vanishes ? 0 : 1);
    }
  }
  if (!request.probability_qubits.empty()) {
    report_.probabilities.assign(std::size_t{1} << request.probability_qubits.size(), 0.0);
    report_.probabilities[0] = 1;
  }
  report_.measured = split.machine.measured();
}

std::uint64_t PartResults::draw_bytes(const Request& request, const quantum::Script& script,
                                      const SplitProgram& split) {
  return script.registers.empty() ? 0 : request.shots * split.parts.size() * sizeof(std::uint64_t);
}

void PartResults::add(quantum::StateReader& state, double global_phase) {
  report_.norm = part_ == 0 ? state.norm() : report_.norm * state.norm();
  add_expectations(state);
  add_probabilities(state);
  add_draws(state);
  add_top(state, global_phase);
  ++part_;
}

void PartResults::add_expectations(quantum::StateReader& state) {
  std::vector<quantum::Observable> strings;
  std::vector<double*> into;
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    for (std::size_t term = 0; term < sums_[i].terms.size(); ++term) {
      quantum::PauliTerm here;
      for (const quantum::PauliFactor& factor : sums_[i].terms[term].factors) {
        if (part_of_[factor.qubit] == part_) {
          const std::uint64_t bit = std::uint64_t{1} << place_in_[factor.qubit];
          here.x_mask |= factor.x ? bit : 0;
          here.z_mask |= factor.z ? bit : 0;
        }
      }
      if ((here.x_mask | here.z_mask) != 0 && values_[i][term] != 0) {
        strings.push_back({.name = {}, .terms = {here}});
        into.push_back(&values_[i][term]);
      }
    }
  }
  const std::vector<double> found = state.expectations(strings);
  for (std::size_t i = 0; i < found.size(); ++i) {
    *into[i] *= found[i];
  }
}

void PartResults::add_probabilities(quantum::StateReader& state) {
  std::vector<Qubit> here;
  std::vector<std::uint64_t> bits;  // in the index of the whole distribution
  for (std::size_t j = 0; j < request_.probability_qubits.size(); ++j) {
    if (const Qubit qubit = request_.probability_qubits[j]; part_of_[qubit] == part_) {
      here.push_back(place_in_[qubit]);
      bits.push_back(std::uint64_t{1} << j);
    }
  }
  if (here.empty()) {
    return;
  }
  const std::vector<double> found = state.marginal(here);
  std::vector<std::uint64_t> place(found.size(), 0);
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    all |= bits[i];
    for (std::size_t value = 0; value < place.size(); ++value) {
      place[value] |= (value >> i & 1) != 0 ? bits[i] : 0;
    }
  }
  // So far only entries are set that have zeros where later parts have their bits.
  for (std::uint64_t entry = 0; entry < report_.probabilities.size(); ++entry) {
    const double before = report_.probabilities[entry];
    if ((entry & all) == 0 && before != 0) {
      for (std::size_t value = 0; value < found.size(); ++value) {
        report_.probabilities[entry | place[value]] = before * found[value];
      }
    }
  }
}

void PartResults::add_draws(quantum::StateReader& state) {
  if (script_.registers.empty()) {
    return;
  }
  std::vector<std::uint64_t>& draws = draws_.emplace_back();
  draws.reserve(request_.shots);
  const std::uint64_t stream = mix(mix(report_.seed, script_.qubit_count), part_);
  const quantum::Samples samples = state.sample(request_.shots, report_.seed, mix(stream, 2));
  for (const quantum::BasisCount& drawn : samples.counts()) {
    draws.insert(draws.end(), drawn.count, drawn.index);
  }
  shuffle(draws, CounterRandom(report_.seed, mix(stream, 3)));
}

/// The best products of what is best so far and of what is best here, both descending.
void PartResults::add_top(quantum::StateReader& state, double global_phase) {
  if (request_.top == 0) {
    return;
  }
  const std::vector<quantum::TopState> here = state.top_states(request_.top);
  using Pair = std::tuple<double, std::size_t, std::size_t>;  // probability, place so far, place here
  const auto order = [](const Pair& a, const Pair& b) {
    return std::tuple(std::get<0>(a), std::get<2>(b), std::get<1>(b)) <
           std::tuple(std::get<0>(b), std::get<2>(a), std::get<1>(a));
  };
  std::priority_queue<Pair, std::vector<Pair>, decltype(order)> pairs(order);
  const auto offer = [&](std::size_t i, std::size_t j) {
    if (i < top_.size() && j < here.size()) {
      pairs.emplace(top_[i].probability * here[j].probability, i, j);
    }
  };
  for (std::size_t i = 0; i < top_.size(); ++i) {
    offer(i, 0);
  }
  std::vector<Product> best;
  while (!pairs.empty() && best.size() < request_.top) {
    const auto [probability, i, j] = pairs.top();
    pairs.pop();
    Product& product = best.emplace_back(top_[i]);
    product.indices.push_back(here[j].index);
    product.probability = probability;
    product.amplitude *= here[j].amplitude * std::polar(1.0, global_phase);
    offer(i, j + 1);
  }
  top_ = std::move(best);
}

void PartResults::finish() {
  finish_counts();
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    double value = 0;
    for (std::size_t term = 0; term < sums_[i].terms.size(); ++term) {
      value += sums_[i].terms[term].coefficient * values_[i][term];
    }
    report_expectation(report_, sums_[i].name, value);
  }
  report_.probability_qubits = request_.probability_qubits;
  if (request_.top > 0) {
    for (const Product& product : top_) {
      report_.top.push_back({bits_of(product), product.probability, product.amplitude});
    }
  }
  note_unmeasured(report_, script_);
}

void PartResults::finish_counts() {
  const std::vector<std::string> values = split_.machine.outputs();
  for (std::size_t i = 0; i < values.size(); ++i) {
    report_.outputs[script_.outputs[i]][values[i]] += request_.shots;
  }
  if (script_.registers.empty()) {
    return;
  }
  const auto registers = split_.machine.registers();
  std::vector<BitSource> bits;
  for (const std::vector<BitSource>& some : registers) {
    bits.insert(bits.end(), some.begin(), some.end());
  }
  quantum::Tally tally;
  if (bits.empty()) {
    tally.add(registers, request_.shots);
  }
  const std::size_t words = (bits.size() + 63) / 64;
  constexpr std::uint64_t kShotsAtATime = 4096;
  for (std::uint64_t first = 0; first < request_.shots && !bits.empty(); first += kShotsAtATime) {
    const std::uint64_t count = std::min(kShotsAtATime, request_.shots - first);
    std::vector<std::uint64_t> records(count * words, 0);
    for (std::size_t bit = 0; bit < bits.size(); ++bit) {
      const std::size_t word = words - 1 - bit / 64;
      const std::size_t part = bits[bit].is_qubit ? part_of_[bits[bit].qubit] : split_.parts.size();
      if (part == split_.parts.size()) {
        for (std::uint64_t shot = 0; shot < count; ++shot) {
          records[shot * words + word] |= std::uint64_t{bits[bit].value} << bit % 64;
        }
        continue;
      }
      const std::uint32_t place = place_in_[bits[bit].qubit];
      for (std::uint64_t shot = 0; shot < count; ++shot) {
        records[shot * words + word] |= (draws_[part][first + shot] >> place & 1) << bit % 64;
      }
    }
    tally.add_shots(registers, records);
  }
  report_.memory.counts_bytes = tally.size_bytes();
  report_.counts = std::move(tally).sorted();
}

std::string PartResults::bits_of(const Product& product) const {
  std::string text(script_.qubit_count, '0');
  for (Qubit qubit = 0; qubit < script_.qubit_count; ++qubit) {
    if (const std::size_t part = part_of_[qubit]; part < split_.parts.size()) {
      text[script_.qubit_count - 1 - qubit] = (product.indices[part] >> place_in_[qubit] & 1) != 0 ? '1' : '0';
    }
  }
  return text;
}

}  // namespace basalt
