// The results so far of a run, as JSON and back, for checkpoints. What only one leaf can give is never among them: it
// is read when the run ends.
#include <algorithm>
#include <cstring>

#include "basalt/error.h"
#include "engine/results.h"

namespace basalt {

KeptJson Results::keep() {
  const quantum::Tally::Image tally = tally_.image();
  std::vector<std::uint8_t> records(tally.records.size() * sizeof(std::uint64_t));
  if (!records.empty()) {
    std::memcpy(records.data(), tally.records.data(), records.size());
  }
  return {{"measured", report_.measured},
          {"branches", report_.branches},
          {"norm", report_.norm},
          {"fidelity_bound", report_.fidelity_bound.value_or(1)},
          {"outputs", report_.outputs},
          {"expectation_values", expectation_values_},
          {"probabilities", report_.probabilities},
          {"widths", tally.widths},
          {"records", KeptJson::binary(std::move(records))}};
}

void Results::restore(const KeptJson& kept) {
  auto expectation_values = kept.at("expectation_values").get<std::vector<double>>();
  auto probabilities = kept.at("probabilities").get<std::vector<double>>();
  auto widths = whole_list<std::size_t>(kept.at("widths"));
  const bool counts_fit =
      widths.empty() || std::ranges::equal(widths, script_.registers, {}, {}, &quantum::Register::width);
  if (!counts_fit || expectation_values.size() != expectation_values_.size() ||
      (!probabilities.empty() && probabilities.size() != std::size_t{1} << request_.probability_qubits.size())) {
    throw Error(ErrorCode::io, "the results that were kept are of another request");
  }
  const auto& bytes = kept.at("records").get_binary();
  quantum::Tally::Image tally{.widths = std::move(widths),
                              .records = std::vector<std::uint64_t>(bytes.size() / sizeof(std::uint64_t))};
  if (!tally.records.empty()) {
    std::memcpy(tally.records.data(), bytes.data(), tally.records.size() * sizeof(std::uint64_t));
  }
  tally_.restore(std::move(tally));
  expectation_values_ = std::move(expectation_values);
  report_.probabilities = std::move(probabilities);
  report_.measured = kept.at("measured");
  report_.branches = whole<std::uint64_t>(kept.at("branches"));
  report_.norm = kept.at("norm");
  report_.fidelity_bound.reset();
  if (request_.lossy_storage > 0) {
    report_.fidelity_bound = kept.at("fidelity_bound").get<double>();
  }
  report_.outputs.clear();
  for (const auto& [name, values] : kept.at("outputs").items()) {
    for (const auto& [value, shots] : values.items()) {
      report_.outputs[name][value] = whole<std::uint64_t>(shots);
    }
  }
}

}  // namespace basalt
