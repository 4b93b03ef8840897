// Where a run is in its tree of branches, as JSON and back, for checkpoints.
#include <algorithm>
#include <array>

#include "engine/kept_json.h"

namespace basalt {
namespace {

using quantum::Outcome;

KeptJson outcomes_json(const std::vector<Outcome>& outcomes) {
  KeptJson list = KeptJson::array();
  for (const Outcome& outcome : outcomes) {
    list.push_back({KeptJson::binary(outcome.bits), outcome.shots, outcome.probability});
  }
  return list;
}

void expect(bool sense) {
  if (!sense) {
    refuse_kept();
  }
}

std::vector<Outcome> outcomes_of(const KeptJson& kept) {
  std::vector<Outcome> outcomes;
  for (const KeptJson& one : kept) {
    outcomes.push_back(
        {.bits = one.at(0).get_binary(), .shots = whole<std::uint64_t>(one.at(1)), .probability = one.at(2)});
    expect(std::ranges::all_of(outcomes.back().bits, [](std::uint8_t bit) { return bit <= 1; }));
  }
  return outcomes;
}

/// A permutation of so many numbers, or none.
std::vector<std::uint8_t> permutation_of(const KeptJson& kept, std::size_t count) {
  std::vector<std::uint8_t> numbers = whole_list<std::uint8_t>(kept);
  std::vector<std::uint8_t> sorted = numbers;
  std::ranges::sort(sorted);
  expect(sorted.empty() || sorted.size() == count);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    expect(sorted[i] == i);
  }
  return numbers;
}

quantum::QubitMap map_of(const KeptJson& kept, std::size_t qubits) {
  quantum::QubitMap map{.axis = permutation_of(kept.at("axis"), qubits),
                        .flipped = whole<std::uint64_t>(kept.at("flipped"))};
  expect(qubits >= 64 || map.flipped >> qubits == 0);
  return map;
}

KeptJson branch_json(const Branch& branch) {
  return {{"shots", branch.shots},
          {"key", branch.key},
          {"global_phase", branch.global_phase},
          {"history", outcomes_json(branch.history)},
          {"steps_since_norm", branch.steps_since_norm},
          {"stages", branch.stages},
          {"touched_axes", branch.touched_axes},
          {"axis", branch.map.axis},
          {"flipped", branch.map.flipped},
          {"loss", branch.loss.kept()},
          {"advances", branch.advances}};
}

Branch branch_of(const KeptJson& kept, const std::shared_ptr<const quantum::Script>& script) {
  return {.machine = quantum::Machine(script),
          .shots = whole<std::uint64_t>(kept.at("shots")),
          .key = whole<std::uint64_t>(kept.at("key")),
          .global_phase = kept.at("global_phase"),
          .history = outcomes_of(kept.at("history")),
          .steps_since_norm = whole<std::size_t>(kept.at("steps_since_norm")),
          .stages = whole<std::size_t>(kept.at("stages")),
          .touched_axes = whole<std::uint64_t>(kept.at("touched_axes")),
          .map = map_of(kept, script->qubit_count),
          .loss = StorageLoss(kept.at("loss").get<std::array<double, 3>>()),
          .advances = whole<std::uint64_t>(kept.at("advances"))};
}

/// Eight to a byte.
std::vector<std::uint8_t> bytes_of(const std::vector<bool>& bits) {
  std::vector<std::uint8_t> bytes((bits.size() + 7) / 8);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    bytes[i / 8] |= static_cast<std::uint8_t>((bits[i] ? 1U : 0U) << i % 8);
  }
  return bytes;
}

std::vector<bool> bits_of(const std::vector<std::uint8_t>& bytes, std::size_t count) {
  std::vector<bool> bits(std::min(count, bytes.size() * 8));
  for (std::size_t i = 0; i < bits.size(); ++i) {
    bits[i] = (bytes[i / 8] >> i % 8 & 1) != 0;
  }
  return bits;
}

}  // namespace

KeptJson to_kept(const TreePosition& position) {
  KeptJson forks = KeptJson::array();
  for (const Fork& fork : position.forks) {
    forks.push_back({{"branch", branch_json(fork.branch)}, {"waiting", outcomes_json(fork.waiting)}});
  }
  return {{"kind", static_cast<int>(position.kind)},
          {"forks", std::move(forks)},
          {"branch", branch_json(position.branch)},
          {"steps", position.steps_done.size()},
          {"steps_done", KeptJson::binary(bytes_of(position.steps_done))},
          {"fingerprint", position.fingerprint},
          {"place", position.layout.place},
          {"touched_places", position.layout.touched},
          {"gates", position.gates}};
}

TreePosition position_of(const KeptJson& kept, const std::shared_ptr<const quantum::Script>& script) {
  std::vector<Fork> forks;
  for (const KeptJson& fork : kept.at("forks")) {
    forks.push_back({.branch = branch_of(fork.at("branch"), script),
                     .waiting = outcomes_of(fork.at("waiting")),
                     .saved = std::nullopt});
    expect(!forks.back().waiting.empty());
  }
  const int kind = whole<int>(kept.at("kind"));
  expect(kind >= 0 && kind <= static_cast<int>(TreePosition::Kind::between_leaves));
  return {.kind = static_cast<TreePosition::Kind>(kind),
          .forks = std::move(forks),
          .branch = branch_of(kept.at("branch"), script),
          .steps_done = bits_of(kept.at("steps_done").get_binary(), whole<std::size_t>(kept.at("steps"))),
          .fingerprint = whole<std::uint64_t>(kept.at("fingerprint")),
          .layout = {.place = permutation_of(kept.at("place"), script->qubit_count),
                     .touched = whole<std::uint64_t>(kept.at("touched_places"))},
          .gates = whole<std::uint64_t>(kept.at("gates"))};
}

}  // namespace basalt
