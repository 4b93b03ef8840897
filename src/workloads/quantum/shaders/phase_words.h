// Phases that wait, and what becomes of them when they are needed: one operation that turns each register by sums of
// angles, however many phases there are.
#pragma once

#include <complex>
#include <cstdint>
#include <vector>

#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/kernels/tile_axes.h"
#include "workloads/quantum/shaders/register_map.h"
#include "workloads/quantum/shaders/stage_encoder.h"
#include "workloads/quantum/shaders/word_list.h"

namespace basalt::quantum {

/// An operation that phases have become.
struct EncodedPhases {
  std::uint32_t code = 0;
  std::uint32_t data = 0;  ///< Where its data are.
  double flops_per_element = 0;
};

class WaitingPhases {
 public:
  /// Data go to `data`, which must outlive this.
  WaitingPhases(const DeviceTile& tile, WordList& data) : axes_(tile.axes), data_(&data) {}

  void wait(const PhaseTerm& term) { terms_.push_back(term); }
  /// Whether one of those that wait depends on one of these axes of the field.
  [[nodiscard]] bool reads(std::uint64_t axes) const noexcept;

  /// Makes operations of all that wait, for threads and registers as `map` has them.
  std::vector<EncodedPhases> flush(const RegisterMap& map);

  /// Data of kConstants that multiply everything by a factor.
  std::uint32_t add_factor(std::complex<double> factor);

 private:
  struct Sorted;
  void sort(const PhaseTerm& term, const RegisterMap& map, Sorted& sorted) const;

  TileAxes axes_;
  WordList* data_;
  std::vector<PhaseTerm> terms_;
};

}  // namespace basalt::quantum
