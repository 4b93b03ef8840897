#include "engine/straight_run.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstring>
#include <utility>

#include "engine/undo_renaming.h"
#include "runtime/cpu/sweep.h"
#include "workloads/quantum/kernels/tile_compiler.h"
#include "workloads/quantum/lower.h"
#include "workloads/quantum/passes/passes.h"

namespace basalt {
namespace {

/// As branches.cpp has it: what rounded matrices do to the norm stays below 2e-5 however many gates there are.
constexpr std::size_t kStepsPerNorm = 256;
constexpr double kNormTolerance = 1e-6;

bool acts_alike(const Step& a, const Step& b) {
  return a.kernel == b.kernel && a.access.mixes == b.access.mixes && a.access.reads == b.access.reads &&
         a.access.fixed == b.access.fixed;
}

/// Σ value², of a count that is a multiple of 8.
double sum_of_squares(const float* values, std::size_t count) {
  std::array<double, 8> sums{};
  for (std::size_t i = 0; i < count; i += sums.size()) {
    for (std::size_t j = 0; j < sums.size(); ++j) {
      const double value = values[i + j];
      sums[j] += value * value;
    }
  }
  double sum = 0;
  for (const double part : sums) {
    sum += part;
  }
  return sum;
}

}  // namespace

StraightRun::StraightRun(const quantum::Circuit& circuit, ElementType type, PlanLimits limits)
    : type_(type), axes_(static_cast<int>(circuit.qubit_count())), limits_(std::move(limits)) {
  limits_.threads = 1;
  ready_ = make_ready(circuit);
}

void StraightRun::change(const quantum::Circuit& circuit) {
  ready_ = make_ready(circuit);
}

StraightRun::Ready StraightRun::make_ready(const quantum::Circuit& circuit) const {
  quantum::GateList list = list_gates(circuit);
  run_passes(list, {});
  undo_renaming(list);
  quantum::LoweredCircuit lowered = lower(list);
  Ready ready;
  ready.program = std::move(lowered.program);
  ready.global_phase = lowered.global_phase;
  ready.stages = stages_for(ready.program);
  compile(ready);
  return ready;
}

/// Those of before where they are as good.
std::vector<Stage> StraightRun::stages_for(const Program& program) const {
  if (!ready_.stages.empty() && std::ranges::equal(program.steps, ready_.program.steps, acts_alike)) {
    return ready_.stages;
  }
  return make_plan(program, type_, axes_, limits_,
                   {.touched_axes = 0, .tiles = quantum::tile_compiler(), .runs_in_tiles = quantum::runs_in_tiles})
      .stages;
}

void StraightRun::compile(Ready& ready) const {
  ready.instruction_set = simd_target();
  ready.loops.clear();
  ready.normalises.clear();
  ready.compiled = compile_stages(ready.stages, ready.program, type_, axes_, quantum::tile_compiler());
  std::uint64_t scratch_bytes = 0;
  std::size_t steps = 0;
  for (std::size_t i = 0; i < ready.stages.size(); ++i) {
    const Stage& stage = ready.stages[i];
    ready.loops.emplace_back(type_, axes_, stage.tile_axes, stage.outer_axes, *ready.compiled[i]);
    scratch_bytes = std::max(scratch_bytes, ready.loops.back().scratch_bytes());
    steps += stage.steps.size();
    const bool normalises = type_ == ElementType::c64 && steps >= kStepsPerNorm;
    ready.normalises.push_back(normalises ? 1 : 0);
    steps = normalises ? 0 : steps;
  }
  ready.scratch.resize((scratch_bytes + sizeof(Line) - 1) / sizeof(Line));
}

void StraightRun::run(std::byte* field) {
  if (ready_.instruction_set != simd_target()) {
    compile(ready_);  // another engine of this process has chosen another one
  }
  std::memset(field, 0, bytes());
  if (type_ == ElementType::c64) {
    *reinterpret_cast<std::complex<float>*>(field) = std::complex<float>(std::polar(1.0, ready_.global_phase));
  } else {
    *reinterpret_cast<std::complex<double>*>(field) = std::polar(1.0, ready_.global_phase);
  }
  for (std::size_t i = 0; i < ready_.loops.size(); ++i) {
    ready_.loops[i].run(field, {.index = 0, .count = 1}, ready_.scratch.data()->bytes);
    if (ready_.normalises[i] != 0) {
      normalise(field);
    }
  }
}

void StraightRun::normalise(std::byte* field) const {
  auto* const parts = reinterpret_cast<float*>(field);
  const std::size_t count = bytes() / sizeof(float);
  const double norm = sum_of_squares(parts, count);
  if (std::abs(norm - 1) > kNormTolerance) {
    const auto scale = static_cast<float>(1 / std::sqrt(norm));
    std::for_each(parts, parts + count, [=](float& part) { part *= scale; });
  }
}

}  // namespace basalt
