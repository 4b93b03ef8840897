// How shots differ from a reference: by a Pauli string each, the frame (Gidney, "Stim: a fast stabilizer circuit
// simulator", 2021). Where the reference's outcome was either, a shot's is drawn by giving it Z there at random, which
// nothing can tell until later gates turn it into a flip.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "basalt/memory.h"
#include "workloads/quantum/stabilizer/clifford_step.h"
#include "workloads/quantum/stabilizer/frame_kernels.h"

namespace basalt::quantum {

/// The frames of up to kFrameShots shots, bit-packed over them: a gate costs as much for one shot as for all.
class Frames {
 public:
  /// Of |0...0⟩, with the Z that it does not notice drawn at random: by (seed, stream). `memory` must outlive it.
  Frames(MemoryResource& memory, Qubit qubits, std::size_t shots, std::uint64_t seed, std::uint64_t stream);

  /// `records`: how many there are after the steps, their numbers being below.
  void run(std::span<const CliffordStep> steps, std::size_t records);

  /// As long as it is for `shots` shots; no Z is drawn.
  [[nodiscard]] Frames make_empty(std::size_t shots, std::uint64_t stream) const;
  /// Takes over a shot of another table that ran the same steps.
  void set_shot(std::size_t shot, const Frames& from, std::size_t from_shot);

  [[nodiscard]] std::size_t shots() const noexcept { return shots_; }
  /// Words up to which there are shots.
  [[nodiscard]] std::size_t words() const noexcept { return (shots_ + 63) / 64; }
  /// Shots of a word, as bits.
  [[nodiscard]] std::uint64_t shots_of_word(std::size_t word) const noexcept;
  /// kFrameWords words: which shots flip the outcome of a record, and which would that of a qubit measured now.
  [[nodiscard]] const std::uint64_t* flips(std::size_t record) const {
    return flips_.as<std::uint64_t>() + record * kFrameWords;
  }
  [[nodiscard]] const std::uint64_t* flips_now(Qubit qubit) const { return table().x(qubit); }
  [[nodiscard]] const std::uint64_t* phases_now(Qubit qubit) const { return table().z(qubit); }

  /// What one holds, but for its records, and what these take at most.
  static std::uint64_t size_bytes(Qubit qubits) noexcept;
  static std::uint64_t record_bytes(std::uint64_t records) noexcept;

 private:
  Frames(MemoryResource& memory, Qubit qubits, std::size_t shots, FrameRandom random);
  void reserve(std::size_t records);
  [[nodiscard]] FrameTable table() const noexcept { return {bits_.as<std::uint64_t>()}; }

  MemoryResource* memory_;
  Qubit qubits_;
  std::size_t shots_;
  FrameRandom random_;
  Buffer bits_;
  Buffer flips_;  ///< Of each record; the first `records_` rows are in use.
  std::size_t records_ = 0;
};

}  // namespace basalt::quantum
