#include "workloads/quantum/shaders/stage_encoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <complex>
#include <utility>

#include "plan/cut.h"
#include "workloads/quantum/kernels/tile_axes.h"
#include "workloads/quantum/shaders/layers.h"
#include "workloads/quantum/shaders/operation_encoder.h"
#include "workloads/quantum/shaders/phase_words.h"
#include "workloads/quantum/shaders/register_map.h"
#include "workloads/quantum/shaders/stage_words.h"
#include "workloads/quantum/shaders/word_list.h"

namespace basalt::quantum {
namespace {

using Complex = std::complex<double>;

/// Whether a step mixes more axes than a thread has in registers.
bool is_large(const Step& step) {
  return std::popcount(step.access.mixes) > kRegisterAxes;
}

class StageEncoder {
 public:
  explicit StageEncoder(const DeviceTile& tile)
      : tile_(tile),
        axes_(tile.axes),
        data_(tile.type, tile.chunk_axes),
        phases_(tile, data_),
        operations_(axes_, data_, phases_) {}

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
      passes_.insert(passes_.begin(), {.map = RegisterMap(0, axes_.count(), tile_.gathered_axes), .layers = {}});
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
      operations += pass.layers.size();
    }
    const auto first_control = static_cast<std::uint32_t>(first_operation + kOpWords * operations);
    std::uint32_t control_words = 0;
    for (const Pass& pass : passes_) {
      control_words += 4 * pass.layers.controls();
    }
    const std::uint32_t first_data = first_control + control_words;
    WordList controls(tile_.type, tile_.chunk_axes);
    WordList codes(tile_.type, tile_.chunk_axes);
    for (const Pass& pass : passes_) {
      pass.map.write(result);
      result.add(first_operation + codes.size());
      result.add(static_cast<std::uint32_t>(pass.layers.size()));
      result.align();
      pass.layers.write({.codes = codes,
                         .controls = controls,
                         .data = data_,
                         .first_control = first_control,
                         .first_data = first_data});
    }
    result.append(codes);
    result.append(controls);
    if (operations_.factor() != Complex(1)) {
      data_.align();
      result[3] = first_data + data_.size();
      data_.add_complex(operations_.factor());
      data_.add_complex(0);
    }
    result.append(data_);
    result.add(0);  // what is read ahead of the last operation is there
    result.align();
    return std::move(result).take();
  }

  [[nodiscard]] DeviceWork work() const {
    DeviceWork work{.transpositions = static_cast<int>(passes_.size()) - 1};
    for (const Pass& pass : passes_) {
      work.flops_per_element += pass.layers.flops_per_element();
      work.needs |= pass.layers.needs();
    }
    return work;
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
    passes_.push_back({.map = RegisterMap(wanted, axes_.count(), tile_.gathered_axes), .layers = {}});
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
    operations_.add(step, passes_.back());
  }

  void flush() {
    Layers& layers = passes_.back().layers;
    const EncodedPhases phases = phases_.flush(passes_.back().map);
    for (const auto& [factors, reads] : phases.factors) {
      layers.add_factors(factors, reads);
    }
    for (const Single& selection : phases.selections) {
      layers.add(selection);
    }
    for (const auto& [data, flops] : phases.turns) {
      layers.add_phases(data, flops);
    }
    operations_.take_out(std::polar(1.0, phases.angle), layers);
  }

  DeviceTile tile_;
  TileAxes axes_;
  WordList data_;
  WaitingPhases phases_;
  OperationEncoder operations_;
  std::vector<Pass> passes_;
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
