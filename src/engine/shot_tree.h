// Runs a Clifford program for many shots: a tableau runs as the reference, and every shot follows as a frame. Shots
// part only where an expression of the program needs an outcome; those with equal ones go on together, each group with
// a copy of the reference, which is theirs as well: their frames say how they differ from it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "basalt/arena.h"
#include "basalt/cancel.h"
#include "engine/choose_method.h"
#include "workloads/quantum/stabilizer/clifford_reader.h"
#include "workloads/quantum/stabilizer/frames.h"
#include "workloads/quantum/stabilizer/tableau.h"

namespace basalt {

/// A gate of a program that began as a Clifford circuit.
struct NotClifford {
  std::string gate;
};

/// Shots with equal histories, so far.
struct ShotGroup {
  quantum::Machine machine;
  quantum::Tableau tableau;             ///< Of the reference.
  std::vector<bool> records;            ///< Its outcomes.
  std::vector<quantum::Frames> frames;  ///< Of the shots; every table but the last is full.
  std::uint64_t key = 0;                ///< Of random numbers.

  [[nodiscard]] std::uint64_t shots() const noexcept;
};

struct ShotTreeSettings {
  std::uint64_t shots = 1;
  std::uint64_t seed = 0;
  const Arena& arena;
  const CancelToken& cancel;
  MemoryResource& memory;
};

class ShotTree {
 public:
  using Leaf = std::function<void(ShotGroup& group)>;

  /// References must outlive it.
  ShotTree(const CliffordOpening& opening, quantum::Qubit qubits, const ShotTreeSettings& settings);

  /// `leaf` sees every group at the end of the program and may change its tableau. Throws NotClifford.
  void run(const Leaf& leaf);

  /// Applied, over all groups.
  [[nodiscard]] std::uint64_t gates() const noexcept { return gates_; }
  [[nodiscard]] std::uint64_t groups() const noexcept { return groups_; }

  /// Tables of frames that are run at a time, for a circuit of so many outcomes: as many as take little memory.
  static std::uint64_t tables_at_a_time(quantum::Qubit qubits, std::uint64_t records, std::uint64_t shots) noexcept;

 private:
  /// Shots of a group that go one way.
  struct Way {
    std::vector<bool> outcomes;
    std::vector<std::uint32_t> shots;
  };
  /// A group that parted, with the ways that wait.
  struct Fork {
    ShotGroup group;
    std::vector<Way> waiting;
  };

  void run_shots(std::uint64_t first, std::uint64_t count, ShotGroup group, const Leaf& leaf);
  void descend(ShotGroup& group, quantum::Machine::Status status);
  [[nodiscard]] quantum::Machine::Status advance(ShotGroup& group);
  void run_frames(ShotGroup& group, std::span<const quantum::CliffordStep> steps) const;
  [[nodiscard]] static std::vector<Way> part(const ShotGroup& group);
  [[nodiscard]] ShotGroup take_waiting();

  const CliffordOpening& opening_;
  quantum::Qubit qubits_;
  ShotTreeSettings settings_;
  quantum::CliffordReader reader_;
  std::vector<Fork> forks_;
  std::uint64_t gates_ = 0;
  std::uint64_t groups_ = 0;
};

}  // namespace basalt
