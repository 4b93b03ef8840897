#include "workloads/quantum/shaders/stage_encoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <utility>

#include "plan/cut.h"
#include "workloads/quantum/kernels/tile_axes.h"
#include "workloads/quantum/shaders/phase_words.h"
#include "workloads/quantum/shaders/register_map.h"
#include "workloads/quantum/shaders/stage_words.h"
#include "workloads/quantum/shaders/word_list.h"

namespace basalt::quantum {
namespace {

using Complex = std::complex<double>;

/// Below this a common factor is applied, before single precision could lose it.
constexpr double kLeastFactor = 1e-6;
/// A matrix is divided by its first entry where that is at least so large.
constexpr double kLeastPivot = 0.25;
constexpr double kEntryTolerance = 1e-15;

struct Operation {
  std::uint32_t code = 0;
  std::uint32_t position = 0;
  std::uint32_t wanted = 0;
  ControlMask tile = {};  ///< By the tile's numbers of its axes.
  ControlMask outer = {};
  std::uint32_t data = 0;
};

struct Pass {
  RegisterMap map;
  std::vector<Operation> operations;
};

/// Whether a step mixes more axes than a thread has in registers.
bool is_large(const Step& step) {
  return std::popcount(step.access.mixes) > kRegisterAxes;
}

bool is_real(Complex value) {
  return std::abs(value.imag()) <= kEntryTolerance;
}

bool is_imaginary(Complex value) {
  return std::abs(value.real()) <= kEntryTolerance;
}

class StageEncoder {
 public:
  explicit StageEncoder(const DeviceTile& tile)
      : tile_(tile), axes_(tile.axes), data_(tile.type, tile.chunk_axes), phases_(tile, data_) {}

  void encode(std::span<const Step* const> steps) {
    for (std::size_t first = 0; first < steps.size();) {
      std::size_t end = first;
      while (end < steps.size() && !is_large(*steps[end])) {
        ++end;
      }
      add_passes(steps.subspan(first, end - first));
      first = end;
      if (first < steps.size()) {
        if (passes_.empty()) {
          begin_pass(0);
        }
        add_step(*steps[first++]);
      }
    }
    if (passes_.empty()) {
      begin_pass(0);
    }
    flush();
    if (passes_.front().map.has_low(tile_.gathered_axes)) {
      passes_.insert(passes_.begin(), {.map = RegisterMap(0, axes_.count(), tile_.gathered_axes), .operations = {}});
    }
    if (passes_.back().map.has_low(tile_.gathered_axes)) {
      begin_pass(0);
    }
    passes_.front().map.order_for_memory();
    passes_.back().map.order_for_memory();
  }

  [[nodiscard]] std::vector<std::uint32_t> words() {
    WordList result(tile_.type, tile_.chunk_axes);
    const std::vector<std::pair<std::uint32_t, std::uint32_t>> runs = outer_runs();
    result.add(static_cast<std::uint32_t>(passes_.size()));
    result.add(static_cast<std::uint32_t>(runs.size()));
    result.add(0);
    result.add(0);
    result.add(0);
    result.add(0);
    result.align();
    for (const auto& [how, mask] : runs) {
      result.add(how);
      result.add(mask);
    }
    result.align();
    result[4] = result.size();
    passes_.front().map.write_steps(tile_.axes, result);
    result[5] = result.size();
    passes_.back().map.write_steps(tile_.axes, result);
    result[2] = result.size();

    const auto first_operation = static_cast<std::uint32_t>(result.size() + kPassWords * passes_.size());
    std::size_t operations = 0;
    for (const Pass& pass : passes_) {
      operations += pass.operations.size();
    }
    const auto first_control = static_cast<std::uint32_t>(first_operation + kOpWords * operations);
    WordList controls(tile_.type, tile_.chunk_axes);
    WordList codes(tile_.type, tile_.chunk_axes);
    for (const Pass& pass : passes_) {
      pass.map.write(result);
      result.add(first_operation + codes.size());
      result.add(static_cast<std::uint32_t>(pass.operations.size()));
      result.align();
      for (const Operation& operation : pass.operations) {
        codes.add(operation.code | operation.position << 8 | operation.wanted << 16);
        codes.add(static_cast<std::uint32_t>(operation.tile.mask | operation.tile.value << 16));
        codes.add(operation.outer.mask == 0 ? 0 : first_control + controls.size());
        codes.add(operation.data);
        if (operation.outer.mask != 0) {
          controls.add_control(operation.outer);
        }
      }
    }
    const std::uint32_t first_data = first_control + controls.size();
    for (std::size_t i = 0; i < operations; ++i) {
      if (codes[kOpWords * i] % 256 != kFlipShared) {
        codes[kOpWords * i + 3] += first_data;
      }
    }
    result.append(codes);
    result.append(controls);
    if (factor_ != Complex(1)) {
      data_.align();
      result[3] = first_data + data_.size();
      data_.add_complex(factor_);
      data_.add_complex(0);
    }
    result.append(data_);
    result.add(0);  // what is read ahead of the last operation is there
    result.align();
    return std::move(result).take();
  }

  [[nodiscard]] DeviceWork work() const {
    return {
        .transpositions = static_cast<int>(passes_.size()) - 1, .flops_per_element = flops_, .is_general = is_general_};
  }

 private:
  /// Adjacent outer axes are enumerated together: (shifts, mask) of stage_words.h.
  [[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint32_t>> outer_runs() const {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> runs;
    std::uint32_t place = 0;
    for (int axis = 0; axis < 64;) {
      int end = axis;
      while (end < 64 && ((tile_.outer_axes >> end) & 1) != 0 && (end == axis || end != tile_.chunk_axes)) {
        ++end;
      }
      if (end > axis) {
        const bool in_chunk_number = axis >= tile_.chunk_axes;
        const auto left = static_cast<std::uint32_t>(in_chunk_number ? axis - tile_.chunk_axes : axis);
        const auto count = static_cast<std::uint32_t>(end - axis);
        runs.emplace_back(place | left << 8 | (in_chunk_number ? 1U << 16 : 0), (1U << count) - 1);
        place += count;
      }
      axis = std::max(end, axis + 1);
    }
    return runs;
  }

  void begin_pass(std::uint64_t wanted) {
    passes_.push_back({.map = RegisterMap(wanted, axes_.count(), tile_.gathered_axes), .operations = {}});
  }

  void add_passes(std::span<const Step* const> steps) {
    if (steps.empty()) {
      return;
    }
    std::vector<Access> accesses;
    accesses.reserve(steps.size());
    for (const Step* step : steps) {
      accesses.push_back({.mixes = axes_.inside(step->access.mixes), .reads = axes_.inside(step->access.reads)});
    }
    const CutSettings settings{
        .field_axes = axes_.count(), .tile_axes = kRegisterAxes, .low_axes = 0, .effort = 64 * steps.size()};
    for (const StageCut& cut : cut_stages(accesses, settings)) {
      std::uint64_t mixed = 0;
      for (const std::uint32_t step : cut.steps) {
        mixed |= accesses[step].mixes;
      }
      if (passes_.empty() || (mixed & ~passes_.back().map.registers()) != 0) {
        begin_pass(mixed);
      }
      for (const std::uint32_t step : cut.steps) {
        add_step(*steps[step]);
      }
    }
  }

  void add_step(const Step& step) {
    if (step.access.mixes == 0) {
      phases_.wait(*static_cast<const PhaseTerm*>(step.operands.get()));
      return;
    }
    if (phases_.reads(step.access.mixes)) {
      flush();
    }
    if (step.kernel == "quantum/exchange") {
      add_exchange(*static_cast<const ExchangeOperands*>(step.operands.get()));
    } else {
      add_dense(*static_cast<const DenseOperands*>(step.operands.get()));
    }
  }

  void flush() {
    for (const EncodedPhases& phases : phases_.flush(passes_.back().map)) {
      push({.code = phases.code, .data = phases.data}, phases.flops_per_element);
    }
  }

  Operation& push(const Operation& operation, double flops_per_element) {
    flops_ += flops_per_element;
    return passes_.back().operations.emplace_back(operation);
  }

  /// An operation on a register, under controls.
  Operation on_register(std::uint32_t code, int tile_axis, const ControlMask& control) {
    const SplitControl parts = axes_.split(control);
    const RegisterMap& map = passes_.back().map;
    Operation operation{.code = code, .position = static_cast<std::uint32_t>(map.position_of(tile_axis))};
    operation.wanted = map.registers_where(parts.tile);
    operation.tile = {parts.tile.mask & ~map.registers(), parts.tile.value & ~map.registers()};
    operation.outer = parts.field;
    operation.code |= control.mask != 0 ? kControlled : 0;
    data_.align();
    operation.data = data_.size();
    return operation;
  }

  Operation through_memory(std::uint32_t code, const ControlMask& control) {
    const SplitControl parts = axes_.split(control);
    Operation operation{.code = code};
    operation.tile = parts.tile;
    operation.outer = parts.field;
    data_.align();
    operation.data = data_.size();
    is_general_ = true;
    return operation;
  }

  void add_exchange(const ExchangeOperands& operands) {
    if (std::popcount(operands.flip) == 1) {
      const ControlMask control{operands.control.mask & ~operands.flip, operands.control.value & ~operands.flip};
      // which of a pair the mask selects is all one
      push(on_register(kExchange, axes_.number_of(std::countr_zero(operands.flip)), control), 0);
      return;
    }
    Operation operation = through_memory(kFlipShared, operands.control);
    operation.data = static_cast<std::uint32_t>(axes_.inside(operands.flip));
    push(operation, 0);
  }

  void add_dense(const DenseOperands& operands) {
    if (operands.target_count == 1) {
      add_single(operands);
      return;
    }
    if (operands.target_count == 2 && operands.control.mask == 0 && couples_by_parity(operands.matrix)) {
      add_coupling(operands);
      return;
    }
    Operation operation = through_memory(kDenseShared, operands.control);
    operation.position = operands.target_count;
    for (std::size_t i = 0; i < operands.target_count; ++i) {
      data_.add(static_cast<std::uint32_t>(axes_.number_of(operands.targets[i])));
    }
    for (std::size_t i = operands.target_count; i < kTargetWords; ++i) {
      data_.add(0);
    }
    for (const Complex& entry : operands.matrix) {
      data_.add_complex(entry);
    }
    push(operation, 8.0 * static_cast<double>(1U << operands.target_count));
  }

  void add_coupling(const DenseOperands& operands) {
    const RegisterMap& map = passes_.back().map;
    const int p = map.position_of(axes_.number_of(operands.targets[0]));
    const int q = map.position_of(axes_.number_of(operands.targets[1]));
    data_.align();
    push({.code = kCouple, .position = static_cast<std::uint32_t>(p | q << 4), .data = data_.size()}, 6);
    for (const std::size_t entry : {0, 3, 12, 15, 5, 6, 9, 10}) {
      data_.add_real(operands.matrix[entry].real());
    }
  }

  void add_single(const DenseOperands& operands) {
    const int axis = axes_.number_of(operands.targets[0]);
    const auto& m = operands.matrix;
    const bool free = operands.control.mask == 0;
    if (free ? std::abs(m[0]) >= kLeastPivot : m[0] == Complex(1)) {
      const Complex p = m[1] / m[0];
      const Complex q = m[2] / m[0];
      const Complex s = m[3] / m[0];
      const bool real = is_real(p) && is_real(q);
      if (is_real(s) && (real || (is_imaginary(p) && is_imaginary(q)))) {
        push(on_register(real ? kUnitReal : kUnitImaginary, axis, operands.control), 6);
        data_.add_real(real ? p.real() : p.imag());
        data_.add_real(real ? q.real() : q.imag());
        data_.add_real(s.real());
        data_.add_real(0);
        take_out(m[0]);
        return;
      }
    }
    const bool real = std::ranges::all_of(m, [](const Complex& entry) { return entry.imag() == 0; });
    push(on_register(real ? kReal : kDense, axis, operands.control), real ? 6 : 14);
    for (const Complex& entry : m) {
      if (real) {
        data_.add_real(entry.real());
      } else {
        data_.add_complex(entry);
      }
    }
  }

  void take_out(Complex factor) {
    factor_ *= factor;
    if (std::abs(factor_) < kLeastFactor) {
      push({.code = kConstants, .data = phases_.add_factor(factor_)}, 6);
      factor_ = 1;
    }
  }

  DeviceTile tile_;
  TileAxes axes_;
  WordList data_;
  WaitingPhases phases_;
  std::vector<Pass> passes_;
  Complex factor_ = 1;  ///< Taken out of matrices, applied at the end.
  double flops_ = 0;
  bool is_general_ = false;
};

}  // namespace

StageWords encode_stage(std::span<const Step* const> steps, const DeviceTile& tile) {
  StageEncoder encoder(tile);
  encoder.encode(steps);
  return {.words = encoder.words(), .work = encoder.work()};
}

DeviceWork describe_stage(std::span<const Step* const> steps, const DeviceTile& tile) {
  StageEncoder encoder(tile);
  encoder.encode(steps);
  return encoder.work();
}

}  // namespace basalt::quantum
