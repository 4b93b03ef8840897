#include "engine/measure_device.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <functional>
#include <iterator>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "base/now_utc.h"
#include "base/stopwatch.h"
#include "runtime/cpu/samples.h"
#include "runtime/vulkan/device_field.h"
#include "workloads/quantum/shaders/device_run.h"
#include "workloads/quantum/shaders/device_setup.h"

namespace basalt {
namespace {

constexpr std::uint64_t kMostStateBytes = std::uint64_t{2} << 30;
constexpr std::uint64_t kFreeShare = 4;
/// Of the smallest state: for devices so slow that a larger one takes too long.
constexpr int kLeastAxes = 14;
/// All that is measured with one state, in turn, so that what disturbs one disturbs all. For quartiles to mean
/// something.
constexpr std::size_t kLeastRounds = 7;
/// As many as are submitted together: beyond that, submitting would be measured.
constexpr int kSmallStages = 64;
constexpr double kSmallShare = 0.1;  ///< Of the time.
/// So many gates keep a device busier than its memory does: fewer cost next to nothing while the memory is waited for.
constexpr int kGates = 16;
/// What is measured by what it adds, is added often: more than the spread of all.
constexpr int kAddedGates = 24;
constexpr int kTurns = 6;
constexpr int kRegisterAxes = 4;

std::uint64_t bit(int axis) {
  return std::uint64_t{1} << axis;
}

std::uint64_t low_bits(int axes) {
  return bit(axes) - 1;
}

/// X under a control: no arithmetic.
Step exchange(int axis, int control) {
  auto operands = std::make_shared<quantum::ExchangeOperands>();
  operands->control = {.mask = bit(axis) | bit(control), .value = bit(control)};
  operands->flip = bit(axis);
  return {.kernel = "quantum/exchange",
          .access = {.mixes = bit(axis), .reads = bit(control), .fixed = 0},
          .share = 1,
          .flops_per_element = 0,
          .operands = std::move(operands)};
}

/// Dense gates on one axis: none can be merged with another, or wait.
std::vector<Step> dense_gates(int axis, int count) {
  return std::vector<Step>(static_cast<std::size_t>(count), slanted_rotation(axis));
}

/// The tile's axes in groups that are registers together: the highest, which are to begin with, those between, and the
/// lowest.
std::vector<std::vector<int>> register_groups(int tile_axes) {
  std::vector<std::vector<int>> groups(3);
  for (int axis = 0; axis < tile_axes; ++axis) {
    groups[axis >= tile_axes - kRegisterAxes ? 0 : axis >= kRegisterAxes ? 1 : 2].push_back(axis);
  }
  return groups;
}

/// Gates on one group's axes under the control of the next one's; `turned`: on one group after the other, so that other
/// axes must be registers each time, until the first is reached again.
std::vector<Step> exchanges(int tile_axes, bool turned) {
  const std::vector<std::vector<int>> groups = register_groups(tile_axes);
  std::vector<Step> steps;
  for (std::size_t turn = 0; turn < kTurns + 1; ++turn) {
    const std::size_t group = turned ? turn % groups.size() : 0;
    const std::vector<int>& targets = groups[group];
    const std::vector<int>& controls = groups[(group + 1) % groups.size()];
    for (std::size_t i = 0; i < kRegisterAxes; ++i) {
      steps.push_back(exchange(targets[i % targets.size()], controls[(i + turn) % controls.size()]));
    }
  }
  return steps;
}

/// One stage over a field, recorded, with what the plan's description counts of it.
class Work {
 public:
  Work(OpenDevice& device, vulkan::DeviceField& field, int tile_axes, std::vector<Step> steps, int stages = 1) {
    Stage stage;
    stage.tile_axes = low_bits(tile_axes);
    stage.outer_axes = low_bits(field.padded_axes()) & ~stage.tile_axes;
    stage.steps.resize(steps.size());
    std::iota(stage.steps.begin(), stage.steps.end(), 0);
    const Program program{std::move(steps)};
    std::vector<const Step*> described;
    described.reserve(program.steps.size());
    for (const Step& step : program.steps) {
      described.push_back(&step);
    }
    work_ = quantum::describe_device_tile(described, field.type(), stage.tile_axes);
    run_ = std::make_unique<quantum::DeviceRun>(field, device.pipelines,
                                                std::vector<Stage>(static_cast<std::size_t>(stages), stage), program);
  }

  /// By the device's clock; by the host's where it has none.
  double seconds(const CancelToken& cancel) { return both_seconds(cancel).first; }

  /// And by the host's, what is not the device's.
  std::pair<double, double> both_seconds(const CancelToken& cancel) {
    double by_device = 0;
    const Stopwatch watch;
    run_->run({.at_boundary = {}, .on_stage_done = [&](const Stage&, double seconds) { by_device += seconds; }},
              &cancel);
    const double by_host = watch.seconds();
    return {by_device > 0 ? by_device : by_host, std::max(0.0, by_host - by_device)};
  }

  [[nodiscard]] double flops_per_element() const noexcept { return work_.flops_per_element; }
  [[nodiscard]] int transpositions() const noexcept { return work_.transpositions; }

 private:
  DeviceTileWork work_;
  std::unique_ptr<quantum::DeviceRun> run_;
};

/// What is lost in noise takes no time.
Measured not_negative(const Measured& figure) {
  return figure.median > 0 ? figure : Measured{.median = 0, .spread = std::abs(figure.spread)};
}

/// What is measured with a state of a few tiles.
struct SmallFigures {
  Measured stage_seconds;
  Measured flop_seconds;
  Measured transposition_seconds;
  Measured trip_seconds;
};

/// A state, and all that is measured with it.
class Bed {
 public:
  Bed(OpenDevice& device, ElementType type, int axes, int tile_axes, const CancelToken& cancel)
      : device_(*device.device),
        cancel_(cancel),
        field_(device.memory, type, axes),
        visit_(device, field_, tile_axes, {}),
        few_(device, field_, tile_axes, dense_gates(tile_axes - 1, kGates)),
        many_(device, field_, tile_axes, dense_gates(tile_axes - 1, kGates + kAddedGates)),
        flat_(device, field_, tile_axes, exchanges(tile_axes, false)),
        turned_(device, field_, tile_axes, exchanges(tile_axes, true)) {
    quantum::set_zero_state(device.pipelines, field_, &cancel);  // numbers too small to be normal are slow on CPUs
  }
  ~Bed() {
    device_.drain();  // what still runs works on the field
  }
  Bed(const Bed&) = delete;
  Bed& operator=(const Bed&) = delete;

  void measure_round() {
    const double visit = visit_.seconds(cancel_);
    const double few = few_.seconds(cancel_);
    const double many = many_.seconds(cancel_);
    const double flat = flat_.seconds(cancel_);
    const double turned = turned_.seconds(cancel_);
    const double elements = std::exp2(field_.padded_axes());
    visits_.push_back(visit);
    flop_seconds_.push_back((many - few) / (elements * (many_.flops_per_element() - few_.flops_per_element())));
    turns_.push_back((turned - flat) / visit / (turned_.transpositions() - flat_.transpositions()));
  }

  void forget_rounds() {
    visits_.clear();
    flop_seconds_.clear();
    turns_.clear();
  }

  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return field_.size_bytes(); }
  [[nodiscard]] std::size_t rounds() const noexcept { return visits_.size(); }

  /// What more operations, and more turns, add to a visit, each in seconds.
  [[nodiscard]] Measured flop_seconds() const {
    const double elements = std::exp2(field_.padded_axes());
    Measured result = summarize(flop_seconds_);
    result.median *= elements;
    return not_negative(result);
  }
  [[nodiscard]] Measured turn_seconds() const {
    std::vector<double> seconds;
    std::ranges::transform(turns_, visits_, std::back_inserter(seconds), std::multiplies<>());
    return not_negative(summarize(seconds));
  }

  [[nodiscard]] DeviceSpeeds speeds(const SmallFigures& small) const {
    const Measured visit = summarize(visits_);
    const Measured flop = summarize(flop_seconds_);
    const Measured turn = summarize(turns_);
    if (flop.median <= 0) {
      throw Error(ErrorCode::too_noisy,
                  "more arithmetic took the device no more time: its runs disagree too much to be of any use",
                  "stop what else uses the device and try again");
    }
    return {.state_bytes = size_bytes(),
            .bytes_per_second = {2 * static_cast<double>(size_bytes()) / visit.median, visit.spread},
            .flops_per_second = {1 / flop.median, flop.spread},
            .transposition_sweeps = not_negative(turn),
            .stage_seconds = small.stage_seconds,
            .tile_flop_seconds = small.flop_seconds,
            .tile_transposition_seconds = small.transposition_seconds,
            .trip_seconds = small.trip_seconds};
  }

 private:
  vulkan::Device& device_;
  const CancelToken& cancel_;
  vulkan::DeviceField field_;
  Work visit_;
  Work few_;
  Work many_;
  Work flat_;
  Work turned_;
  std::vector<double> visits_;
  std::vector<double> flop_seconds_;
  std::vector<double> turns_;
};

/// What one more visit of a state of one tile takes, and one submission.
SmallFigures measure_small(OpenDevice& device, ElementType type, int tile_axes, double seconds,
                           const CancelToken& cancel) {
  vulkan::DeviceField field(device.memory, type, tile_axes);
  Work many(device, field, tile_axes, {}, kSmallStages);
  Work one(device, field, tile_axes, {});
  many.seconds(cancel);  // the first finds nothing where it will be
  one.seconds(cancel);
  SmallFigures figures;
  figures.stage_seconds =
      summarize(sample_for(seconds / 2, cancel, [&] { return many.seconds(cancel) / kSmallStages; }));
  figures.trip_seconds = summarize(sample_for(seconds / 2, cancel, [&] { return one.both_seconds(cancel).second; }));
  return figures;
}

DeviceSpeeds measure_type(OpenDevice& device, ElementType type, double seconds, const CancelToken& cancel) {
  const vulkan::DevicePlan& plan = device.device->plan();
  const int tile_axes = type == ElementType::c64 ? plan.tile_axes_c64 : plan.tile_axes_c128;
  const std::uint64_t most_bytes = std::min(kMostStateBytes, device.memory.free_bytes() / kFreeShare);
  int axes = std::max(kLeastAxes, tile_axes);
  auto bed = std::make_unique<Bed>(device, type, axes, tile_axes, cancel);
  bed->measure_round();
  const Stopwatch watch;  // that pipelines were made before, is no time of the device
  SmallFigures small = measure_small(device, type, tile_axes, kSmallShare * seconds, cancel);
  while (bed->rounds() < kLeastRounds + 1) {
    bed->measure_round();
  }
  small.flop_seconds = bed->flop_seconds();
  small.transposition_seconds = bed->turn_seconds();

  while (true) {
    const Stopwatch round;
    bed->measure_round();
    const double next_seconds = 4 * round.seconds() * static_cast<double>(kLeastRounds);
    if (next_seconds > seconds - watch.seconds() || 4 * bed->size_bytes() > most_bytes) {
      break;
    }
    bed.reset();  // first, for the memory
    axes += 2;
    bed = std::make_unique<Bed>(device, type, axes, tile_axes, cancel);
    bed->measure_round();  // the first finds nothing where it will be
  }
  bed->forget_rounds();
  while (bed->rounds() < kLeastRounds || watch.seconds() < seconds) {
    bed->measure_round();
  }
  return bed->speeds(small);
}

}  // namespace

Step slanted_rotation(int axis) {
  auto operands = std::make_shared<quantum::DenseOperands>();
  operands->target_count = 1;
  operands->targets[0] = static_cast<std::uint8_t>(axis);
  const std::complex<double> i(0, 1);
  operands->matrix = {std::cos(0.3) * std::exp(0.1 * i), -std::sin(0.3) * std::exp(0.7 * i),
                      std::sin(0.3) * std::exp(0.2 * i), std::cos(0.3) * std::exp(0.8 * i)};
  return {.kernel = "quantum/dense",
          .access = {.mixes = std::uint64_t{1} << axis, .reads = 0, .fixed = 0},
          .share = 1,
          .flops_per_element = 14,
          .operands = std::move(operands)};
}

DeviceFigures measure_device(OpenDevice& device, const DeviceCalibration& settings) {
  const bool has_double = device.device->plan().f64;
  const double seconds = settings.seconds / (has_double ? 2 : 1);
  const auto say = [&](double fraction, const char* what) {
    if (settings.on_progress) {
      settings.on_progress(fraction, what);
    }
  };
  DeviceFigures figures;
  figures.measured_at = now_utc();
  say(0, "single precision");
  figures.single_precision = measure_type(device, ElementType::c64, seconds, settings.cancel);
  if (has_double) {
    say(0.5, "double precision");
    figures.double_precision = measure_type(device, ElementType::c128, seconds, settings.cancel);
  }
  say(1, "done");
  return figures;
}

}  // namespace basalt
