#include "engine/shot_tree.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/hash.h"

namespace basalt {
namespace {

using quantum::CliffordStep;
using quantum::Frames;
using quantum::kFrameShots;
using quantum::Machine;
using quantum::Tableau;

/// Of frames and their outcomes that are run at a time.
constexpr std::uint64_t kBytesAtATime = std::uint64_t{64} << 20;

constexpr std::size_t kStepsPerPoll = 1 << 14;

std::uint64_t tables_for(std::uint64_t shots) {
  return (shots + kFrameShots - 1) / kFrameShots;
}

std::uint64_t key_of(std::uint64_t parent, const std::vector<bool>& outcomes) {
  std::uint64_t key = mix(parent, outcomes.size());
  for (const bool outcome : outcomes) {
    key = mix(key, outcome ? 1 : 0);
  }
  return key;
}

bool bit_of(const std::uint64_t* row, std::size_t shot) {
  return (row[shot / 64] >> shot % 64 & 1) != 0;
}

}  // namespace

std::uint64_t ShotGroup::shots() const noexcept {
  std::uint64_t sum = 0;
  for (const Frames& table : frames) {
    sum += table.shots();
  }
  return sum;
}

ShotTree::ShotTree(const CliffordOpening& opening, quantum::Qubit qubits, const ShotTreeSettings& settings)
    : opening_(opening), qubits_(qubits), settings_(settings) {}

std::uint64_t ShotTree::tables_at_a_time(quantum::Qubit qubits, std::uint64_t records, std::uint64_t shots) noexcept {
  const std::uint64_t bytes = Frames::size_bytes(qubits) + Frames::record_bytes(records);
  return std::clamp<std::uint64_t>(kBytesAtATime / bytes, 1, tables_for(shots));
}

void ShotTree::run(const Leaf& leaf) {
  Tableau tableau(settings_.memory, qubits_);
  std::vector<bool> records(opening_.machine.record_count(), false);
  tableau.run(opening_.steps, records, settings_.cancel);
  gates_ += opening_.gates;
  const std::uint64_t at_a_time =
      kFrameShots * tables_at_a_time(qubits_, opening_.machine.record_count(), settings_.shots);
  for (std::uint64_t first = 0; first < settings_.shots; first += at_a_time) {
    run_shots(first, std::min(at_a_time, settings_.shots - first),
              {.machine = opening_.machine,
               .tableau = tableau.copy(),
               .records = records,
               .frames = {},
               .key = mix(mix(settings_.seed, qubits_), first)},
              leaf);
  }
}

/// From the end of the opening on.
void ShotTree::run_shots(std::uint64_t first, std::uint64_t count, ShotGroup group, const Leaf& leaf) {
  for (std::uint64_t shot = 0; shot < count; shot += kFrameShots) {
    group.frames.emplace_back(settings_.memory, qubits_, std::min<std::uint64_t>(kFrameShots, count - shot),
                              settings_.seed, mix(mix(group.key, 1), first + shot));
  }
  run_frames(group, opening_.steps);
  Machine::Status status = opening_.status;
  for (;;) {
    descend(group, status);
    ++groups_;
    leaf(group);
    if (forks_.empty()) {
      return;
    }
    group = take_waiting();
    status = advance(group);
  }
}

/// Goes on to the end of the program. Where shots part takes those that are fewest and leaves the others waiting: so
/// that no more than log2(shots) groups wait at a time.
void ShotTree::descend(ShotGroup& group, Machine::Status status) {
  while (status != Machine::Status::finished) {
    if (status == Machine::Status::needs_outcomes) {
      std::vector<Way> ways = part(group);
      if (ways.size() == 1) {
        group.machine.provide(std::vector<std::uint8_t>(ways[0].outcomes.begin(), ways[0].outcomes.end()));
        group.key = key_of(group.key, ways[0].outcomes);
      } else {
        forks_.push_back({.group = std::move(group), .waiting = std::move(ways)});
        group = take_waiting();
      }
    }
    status = advance(group);
  }
}

Machine::Status ShotTree::advance(ShotGroup& group) {
  quantum::RecordedCircuit recorded{.circuit = quantum::Circuit(qubits_), .recordings = {}};
  const Machine::Status status = group.machine.advance(recorded, settings_.cancel);
  std::vector<CliffordStep> steps;
  const auto operations = recorded.circuit.operations();
  const std::size_t read = reader_.append(recorded, steps);
  if (read < operations.size()) {
    throw NotClifford{name_of_operation(recorded.circuit, operations[read])};
  }
  gates_ += operations.size();
  group.records.resize(group.machine.record_count(), false);
  group.tableau.run(steps, group.records, settings_.cancel);
  run_frames(group, steps);
  return status;
}

void ShotTree::run_frames(ShotGroup& group, std::span<const CliffordStep> steps) const {
  settings_.arena.for_each(group.frames.size(), settings_.cancel, [&](std::uint64_t table) {
    for (std::size_t first = 0; first < std::max<std::size_t>(steps.size(), 1); first += kStepsPerPoll) {
      settings_.cancel.check();
      group.frames[table].run(steps.subspan(first, std::min(kStepsPerPoll, steps.size() - first)),
                              group.records.size());
    }
  });
}

/// By the outcomes that the machine wants; those with the fewest shots last.
std::vector<ShotTree::Way> ShotTree::part(const ShotGroup& group) {
  std::map<std::vector<bool>, std::vector<std::uint32_t>> shots_of;
  const auto wanted = group.machine.wanted();
  std::vector<bool> outcomes(wanted.size());
  for (std::size_t table = 0; table < group.frames.size(); ++table) {
    const Frames& frames = group.frames[table];
    for (std::size_t shot = 0; shot < frames.shots(); ++shot) {
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        outcomes[i] = group.records[wanted[i]] != bit_of(frames.flips(wanted[i]), shot);
      }
      shots_of[outcomes].push_back(static_cast<std::uint32_t>(table * kFrameShots + shot));
    }
  }
  std::vector<Way> ways;
  ways.reserve(shots_of.size());
  for (auto& [key, shots] : shots_of) {
    ways.push_back({.outcomes = key, .shots = std::move(shots)});
  }
  std::ranges::stable_sort(ways, std::greater<>(), [](const Way& way) { return way.shots.size(); });
  return ways;
}

/// Leaves the fork, and the state that it keeps, once nothing waits there.
ShotGroup ShotTree::take_waiting() {
  Fork& fork = forks_.back();
  const Way way = std::move(fork.waiting.back());
  fork.waiting.pop_back();
  ShotGroup group{.machine = fork.group.machine,
                  .tableau = fork.group.tableau.copy(),
                  .records = fork.group.records,
                  .frames = {},
                  .key = key_of(fork.group.key, way.outcomes)};
  for (std::uint64_t table = 0; table < tables_for(way.shots.size()); ++table) {
    group.frames.push_back(fork.group.frames[0].make_empty(
        std::min(kFrameShots, way.shots.size() - table * kFrameShots), mix(mix(group.key, 2), table)));
  }
  settings_.arena.for_each(group.frames.size(), settings_.cancel, [&](std::uint64_t table) {
    for (std::size_t shot = 0; shot < group.frames[table].shots(); ++shot) {
      const std::uint32_t from = way.shots[table * kFrameShots + shot];
      group.frames[table].set_shot(shot, fork.group.frames[from / kFrameShots], from % kFrameShots);
    }
  });
  group.machine.provide(std::vector<std::uint8_t>(way.outcomes.begin(), way.outcomes.end()));
  if (fork.waiting.empty()) {
    forks_.pop_back();
  }
  return group;
}

}  // namespace basalt
