// Phases that wait, and what becomes of them when they are needed: one operation that turns each register by sums of
// angles, however many phases there are.
#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <vector>

#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/kernels/tile_axes.h"
#include "workloads/quantum/shaders/layers.h"
#include "workloads/quantum/shaders/register_map.h"
#include "workloads/quantum/shaders/stage_encoder.h"
#include "workloads/quantum/shaders/word_list.h"

namespace basalt::quantum {

/// Phases that were waiting, as operations of layers.h.
struct EncodedPhases {
  /// Of registers alone, each with the register axes that it depends on, by position.
  struct Factors {
    RegisterFactors factors;
    std::uint32_t reads = 0;
  };
  struct Turns {
    std::uint32_t data = 0;  ///< Where they are.
    double flops_per_element = 0;
  };
  std::vector<Factors> factors;
  std::vector<Single> selections;
  std::vector<Turns> turns;
  double angle = 0;  ///< That all amplitudes are to be turned by beside.
};

class WaitingPhases {
 public:
  /// Data go to `data`, which must outlive this.
  WaitingPhases(const DeviceTile& tile, WordList& data) : axes_(tile.axes), data_(&data) {}

  void wait(const PhaseTerm& term) { terms_.push_back(term); }
  /// Whether one of those that wait depends on one of these axes of the field.
  [[nodiscard]] bool reads(std::uint64_t axes) const noexcept;

  /// Makes operations of all that wait, for threads and registers as `map` has them.
  EncodedPhases flush(const RegisterMap& map);

 private:
  struct Sorted;
  void sort(const PhaseTerm& term, const RegisterMap& map, Sorted& sorted) const;

  TileAxes axes_;
  WordList* data_;
  std::vector<PhaseTerm> terms_;
};

}  // namespace basalt::quantum
