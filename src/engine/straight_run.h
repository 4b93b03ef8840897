// A straight circuit made ready to run again and again, on the calling thread and in memory of the caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "execute/execute.h"
#include "execute/tile_loop.h"
#include "plan/plan.h"
#include "runtime/memory/field.h"
#include "workloads/quantum/circuit.h"

namespace basalt {

class StraightRun {
 public:
  /// Memory that is aligned as fields are.
  struct alignas(64) Line {
    std::byte bytes[64];
  };

  /// Passes, lowering, stages, all at once.
  StraightRun(const quantum::Circuit& circuit, ElementType type, PlanLimits limits);

  /// Another circuit of as many qubits. Where its steps are of the same kernels and act on the same axes as those
  /// before, their stages are kept: only coefficients are made anew. On an exception nothing has changed.
  void change(const quantum::Circuit& circuit);

  /// Of the field that it runs on.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return field_bytes(type_, axes_); }

  /// The state that the circuit makes of |0...0⟩, qubit q being bit q of the index, its global phase included. `field`,
  /// of bytes(), is aligned to 64 bytes, and what was in it is lost. Takes no memory and wakes no thread. One at a
  /// time.
  void run(std::byte* field);

 private:
  /// All that belongs to one circuit.
  struct Ready {
    Program program;
    double global_phase = 0;
    std::vector<Stage> stages;
    CompiledStages compiled;
    std::vector<TileLoop> loops;           ///< One for each stage.
    std::vector<std::uint8_t> normalises;  ///< Whether the norm is put right after the stage.
    std::vector<Line> scratch;
    const char* instruction_set = nullptr;  ///< That it was compiled for.
  };

  [[nodiscard]] Ready make_ready(const quantum::Circuit& circuit) const;
  [[nodiscard]] std::vector<Stage> stages_for(const Program& program) const;
  void compile(Ready& ready) const;
  void normalise(std::byte* field) const;

  ElementType type_;
  int axes_;
  PlanLimits limits_;
  Ready ready_;
};

}  // namespace basalt
