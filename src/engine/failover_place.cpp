#include "engine/failover_place.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/stopwatch.h"
#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/move_axes.h"

namespace basalt {
namespace {

using quantum::Qubit;

/// Downloaded to learn how long all of it takes.
constexpr std::uint64_t kSampleBytes = std::uint64_t{64} << 20;

constexpr std::uint64_t kAllAxes = ~std::uint64_t{0};

bool is_failure_of_device(const Error& error) {
  return error.code() == ErrorCode::device_lost || error.code() == ErrorCode::out_of_resources;
}

/// X on `target` where `control` is 1.
Step exchange_step(int control, int target) {
  const std::uint64_t one = std::uint64_t{1} << control;
  const std::uint64_t flip = std::uint64_t{1} << target;
  return {.kernel = "quantum/exchange",
          .access = {.mixes = flip, .reads = one, .fixed = one},
          .share = 1,
          .flops_per_element = 0,
          .operands = std::make_shared<quantum::ExchangeOperands>(
              quantum::ExchangeOperands{.control = {.mask = one | flip, .value = one}, .flip = flip})};
}

/// The axes at two places change places. Returns the number of steps.
std::size_t add_swap(const AxisSwap& swap, Program& program) {
  program.steps.push_back(exchange_step(swap.outside, swap.inside));
  program.steps.push_back(exchange_step(swap.inside, swap.outside));
  program.steps.push_back(exchange_step(swap.outside, swap.inside));
  return 3;
}

/// Asks the device, and the host for what the device no longer answers.
class FailoverReader final : public quantum::StateReader {
 public:
  FailoverReader(FailoverPlace& place, const quantum::QubitMap* map) : place_(place), map_(map) {}

  double norm() override {
    return ask([](StateReader& reader) { return reader.norm(); });
  }
  double norm_where(quantum::ControlMask keep) override {
    return ask([&](StateReader& reader) { return reader.norm_where(keep); });
  }
  quantum::Samples sample(std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) override {
    return ask([&](StateReader& reader) { return reader.sample(shots, seed, stream); });
  }
  std::vector<double> marginal(std::span<const Qubit> qubits) override {
    return ask([&](StateReader& reader) { return reader.marginal(qubits); });
  }
  std::vector<double> expectations(std::span<const quantum::Observable> observables) override {
    return ask([&](StateReader& reader) { return reader.expectations(observables); });
  }
  std::vector<quantum::TopState> top_states(std::uint64_t count) override {
    return ask([&](StateReader& reader) { return reader.top_states(count); });
  }
  std::vector<quantum::Outcome> draw_outcomes(std::span<const Qubit> qubits, std::uint64_t shots, std::uint64_t seed,
                                              std::uint64_t stream) override {
    return ask([&](StateReader& reader) { return reader.draw_outcomes(qubits, shots, seed, stream); });
  }
  void save(double global_phase, const std::filesystem::path& path) override {
    ask([&](StateReader& reader) { reader.save(global_phase, path); });
  }

 private:
  template <typename Question>
  std::invoke_result_t<Question, StateReader&> ask(const Question& question) {
    if (!place_.failover()) {
      try {
        return question(reader());
      } catch (const Error& error) {
        reader_.reset();
        place_.survive(error);
      }
    }
    return question(reader());
  }

  StateReader& reader() {
    if (reader_ == nullptr) {
      reader_ = place_.place().reader(map_);
    }
    return *reader_;
  }

  FailoverPlace& place_;
  const quantum::QubitMap* map_;
  std::unique_ptr<StateReader> reader_;
};

}  // namespace

FailoverPlace::FailoverPlace(StatePlace& device, HostPlace& host, Field& host_state, Hooks hooks,
                             CheckpointSpacing spacing)
    : device_(device),
      host_(host),
      host_state_(host_state),
      hooks_(std::move(hooks)),
      spacing_(spacing),
      places_(AxisPlaces::identity(host_state.axes)) {}

StatePlace& FailoverPlace::place() noexcept {
  return failover_ ? static_cast<StatePlace&>(host_) : device_;
}

void FailoverPlace::reset() {
  kept_.steps.clear();
  places_ = AxisPlaces::identity(host_state_.axes);
  base_ = Base::zero_state;
  checkpoint_stages_ = 0;
  kept_seconds_ = 0;
  if (failover_) {
    host_.reset();
  }
  attempt([&] { device_.reset(); });
}

PlannedCircuit FailoverPlace::plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) {
  planned_on_host_ = failover_.has_value();
  return place().plan_lowered(std::move(lowered), touched_axes);
}

void FailoverPlace::execute(std::span<const Stage> stages, const Program& program,
                            std::span<const std::unique_ptr<TileProgram>> compiled, const OnStageDone& on_stage_done) {
  if (planned_on_host_) {
    host_.execute(stages, program, compiled, on_stage_done);
    return;
  }
  if (failover_) {
    arrange(expected_);
  }
  std::size_t done = 0;
  const OnStageDone count = [&](const Stage& stage, double seconds) {
    ++done;
    ++stages_done_;
    on_stage_done(stage, seconds);
  };
  while (done < stages.size() && !failover_) {
    checkpoint_if_due();
    if (!failover_) {
      const std::span<const Stage> rest = stages.subspan(done);
      run_part(rest.first(stages_until_checkpoint(rest)), program, count);
    }
  }
  if (failover_) {
    run_on_host(stages.subspan(done), program, on_stage_done);
    straighten();
  }
}

/// As far as the device gets.
void FailoverPlace::run_part(std::span<const Stage> stages, const Program& program, const OnStageDone& on_stage_done) {
  std::size_t done = 0;
  const Stopwatch watch;
  try {
    device_.execute(stages, program, {}, [&](const Stage& stage, double seconds) {
      ++done;
      on_stage_done(stage, seconds);
    });
    keep(stages, program);
    kept_seconds_ += watch.seconds();
  } catch (const Error& error) {
    keep(stages.first(done), program);
    take_over(error);
  }
}

/// Stages that were cut for the device. Swaps are told with no steps, as the device tells them.
void FailoverPlace::run_on_host(std::span<const Stage> stages, const Program& program,
                                const OnStageDone& on_stage_done) {
  constexpr std::uint32_t kSwap = ~std::uint32_t{0};
  Program steps;
  std::vector<std::uint32_t> numbers;  // in `program`, of each step: what stages say to others
  for (const Stage& stage : stages) {
    for (const AxisSwap& swap : stage.swaps) {
      numbers.insert(numbers.end(), add_swap(swap, steps), kSwap);
      places_.swap(swap);
    }
    for (const std::uint32_t number : stage.steps) {
      steps.steps.push_back(placed(program.steps[number]));
      numbers.push_back(number);
    }
  }
  if (numbers.empty()) {
    return;
  }
  host_.execute(host_.cut(steps, kAllAxes), steps, {}, [&](const Stage& stage, double seconds) {
    Stage told = stage;
    told.steps.clear();
    for (const std::uint32_t step : stage.steps) {
      if (numbers[step] != kSwap) {
        told.steps.push_back(numbers[step]);
      }
    }
    on_stage_done(told, seconds);
  });
}

/// On the host every axis is at its own place. What is left of the device's plan counts on those of before.
void FailoverPlace::straighten() {
  expected_ = places_;
  arrange(AxisPlaces::identity(host_state_.axes));
}

/// Moves the axes of the state on the host.
void FailoverPlace::arrange(const AxisPlaces& wanted) {
  Program steps;
  for (std::size_t axis = 0; axis < wanted.place.size(); ++axis) {
    if (places_.place[axis] != wanted.place[axis]) {
      const AxisSwap swap{.inside = places_.place[axis], .outside = wanted.place[axis]};
      add_swap(swap, steps);
      places_.swap(swap);
    }
  }
  if (!steps.steps.empty()) {
    host_.execute(host_.cut(steps, kAllAxes), steps, {}, [](const Stage& /*stage*/, double /*seconds*/) {});
  }
}

void FailoverPlace::scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) {
  if (!failover_) {
    try {
      device_.scale_where(keep, scale, on_stage_done);
      kept_.steps.push_back(
          collapse_step({.mask = places_.places_of(keep.mask), .value = places_.places_of(keep.value)}, scale));
      return;
    } catch (const Error& error) {
      survive(error);
    }
  }
  host_.scale_where(keep, scale, on_stage_done);
}

/// On the device, where no stage is under way.
template <typename Work>
void FailoverPlace::attempt(const Work& work) {
  if (!failover_) {
    try {
      work();
    } catch (const Error& error) {
      survive(error);
    }
  }
}

AxisPlaces FailoverPlace::layout() const {
  return failover_ ? AxisPlaces() : device_.layout();
}

/// What was loaded has every axis at its own place.
void FailoverPlace::lay_out(const AxisPlaces& layout) {
  attempt([&] { device_.lay_out(layout); });
  if (failover_) {
    return;
  }
  for (std::size_t axis = 0; axis < layout.place.size(); ++axis) {
    if (places_.place[axis] != layout.place[axis]) {
      const AxisSwap swap{.inside = places_.place[axis], .outside = layout.place[axis]};
      add_swap(swap, kept_);
      places_.swap(swap);
    }
  }
}

/// Stages that are left count on the swaps before them.
void FailoverPlace::go_on(std::uint64_t touched_axes, std::span<const Stage> done) {
  attempt([&] { device_.go_on(touched_axes, done); });
  for (const Stage& stage : done) {
    for (const AxisSwap& swap : stage.swaps) {
      if (failover_) {
        expected_.swap(swap);
      } else {
        add_swap(swap, kept_);
        places_.swap(swap);
      }
    }
  }
}

std::unique_ptr<quantum::StateReader> FailoverPlace::reader(const quantum::QubitMap* map) {
  return std::make_unique<FailoverReader>(*this, map);
}

void FailoverPlace::keep(std::span<const Stage> stages, const Program& program) {
  for (const Stage& stage : stages) {
    for (const AxisSwap& swap : stage.swaps) {
      add_swap(swap, kept_);
      places_.swap(swap);
    }
    for (const std::uint32_t step : stage.steps) {
      kept_.steps.push_back(placed(program.steps[step]));
    }
  }
}

Step FailoverPlace::placed(const Step& step) const {
  return places_.is_identity() ? step : quantum::move_axes(step, places_.place);
}

double FailoverPlace::interval_seconds() const {
  return std::max(spacing_.least_seconds, download_seconds_ / spacing_.most_share);
}

/// At least one: boundaries between stages are the only ones.
std::size_t FailoverPlace::stages_until_checkpoint(std::span<const Stage> stages) const {
  double seconds = kept_seconds_;
  std::size_t count = 0;
  do {
    seconds += stages[count].predicted_seconds;
    ++count;
  } while (count < stages.size() && seconds < interval_seconds());
  return count;
}

void FailoverPlace::checkpoint_if_due() {
  if (kept_.steps.empty() || kept_seconds_ < interval_seconds()) {
    return;
  }
  try {
    if (download_seconds_ == 0) {
      measure_download();
    }
    if (kept_seconds_ < interval_seconds()) {
      return;
    }
    base_ = Base::lost;  // until the copy is whole
    const Stopwatch watch;
    hooks_.download(0, host_state_.buffer.bytes());
    download_seconds_ = watch.seconds();
  } catch (const Error& error) {
    take_over(error);
    return;
  }
  base_ = Base::checkpoint;
  kept_.steps.clear();
  checkpoint_stages_ = stages_done_;
  kept_seconds_ = 0;
}

/// Before the first checkpoint: the host's memory holds nothing yet. Where there is no room for transfers, checkpoints
/// take for ever: the run goes on without.
void FailoverPlace::measure_download() {
  const std::span<std::byte> all = host_state_.buffer.bytes();
  const std::span<std::byte> sample = all.first(std::min<std::uint64_t>(all.size(), kSampleBytes));
  const Stopwatch watch;
  try {
    hooks_.download(0, sample);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::out_of_resources) {
      throw;
    }
    download_seconds_ = std::numeric_limits<double>::infinity();
    return;
  }
  download_seconds_ = watch.seconds() * static_cast<double>(all.size()) / static_cast<double>(sample.size());
}

void FailoverPlace::download(std::uint64_t first, std::span<std::byte> to) {
  if (!failover_) {
    try {
      hooks_.download(first, to);
      return;
    } catch (const Error& error) {
      survive(error);
    }
  }
  std::ranges::copy(host_state_.buffer.bytes().subspan(first, to.size()), to.begin());
}

void FailoverPlace::note_loaded(std::uint64_t first, std::span<const std::byte> bytes) {
  if (base_ != Base::checkpoint) {
    std::ranges::fill(host_state_.buffer.bytes(), std::byte{0});  // the padding of small states
  }
  std::ranges::copy(bytes, host_state_.buffer.bytes().begin() + static_cast<std::ptrdiff_t>(first));
  kept_.steps.clear();
  base_ = Base::checkpoint;
}

void FailoverPlace::survive(const Error& error) {
  take_over(error);
  straighten();
}

/// Axes stay at their places: stages that are left count on that.
void FailoverPlace::take_over(const Error& error) {
  if (failover_ || !is_failure_of_device(error)) {
    throw error;
  }
  hooks_.on_failure(error);
  if (base_ == Base::lost) {
    throw error;  // in the middle of a checkpoint: there is nothing to go on from
  }
  failover_ = Failover{.reason = error.message(), .stages = stages_done_, .checkpoint_stages = checkpoint_stages_};
  if (base_ == Base::zero_state) {
    host_.reset();
  }
  const std::uint64_t touched = base_ == Base::zero_state ? 0 : kAllAxes;
  host_.execute(host_.cut(kept_, touched), kept_, {}, [](const Stage& /*stage*/, double /*seconds*/) {});
  kept_.steps.clear();
}

}  // namespace basalt
