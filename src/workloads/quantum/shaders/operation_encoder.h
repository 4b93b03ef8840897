// Gates as operations on a pass: those that mix axes of its tile. Phases wait elsewhere.
#pragma once

#include <complex>
#include <cstdint>

#include "plan/program.h"
#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/kernels/tile_axes.h"
#include "workloads/quantum/shaders/layers.h"
#include "workloads/quantum/shaders/phase_words.h"
#include "workloads/quantum/shaders/register_map.h"
#include "workloads/quantum/shaders/word_list.h"

namespace basalt::quantum {

/// What is done while the same axes are registers.
struct Pass {
  RegisterMap map;
  Layers layers;
};

class OperationEncoder {
 public:
  /// Data go to `data`, signs that become phases to `phases`. Both must outlive this.
  OperationEncoder(const TileAxes& axes, WordList& data, WaitingPhases& phases)
      : axes_(axes), data_(data), phases_(phases) {}

  /// Adds a quantum/dense or quantum/exchange step, whose targets the pass has as registers, but for those that go
  /// through shared memory.
  void add(const Step& step, Pass& pass);

  /// Multiplies all amplitudes, by and by.
  void take_out(std::complex<double> factor, Layers& layers);
  /// What was taken out and is still to be applied.
  [[nodiscard]] std::complex<double> factor() const noexcept { return factor_; }

 private:
  [[nodiscard]] std::uint32_t begin_data();
  Single on_register(std::uint32_t code, int tile_axis, const ControlMask& control, double flops_per_element,
                     const RegisterMap& map);
  Single through_memory(std::uint32_t code, const ControlMask& control);
  void add_exchange(const ExchangeOperands& operands, Pass& pass);
  void add_dense(const DenseOperands& operands, Pass& pass);
  void add_coupling(const DenseOperands& operands, Pass& pass);
  void add_single(const DenseOperands& operands, Pass& pass);
  bool add_rotation(const DenseOperands& operands, Pass& pass);
  bool add_controlled_unit(int axis, const DenseOperands& operands, Pass& pass);

  TileAxes axes_;
  WordList& data_;
  WaitingPhases& phases_;
  std::complex<double> factor_ = 1;  ///< Taken out of matrices, applied at the end.
};

}  // namespace basalt::quantum
