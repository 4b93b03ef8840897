// A state on a device, or split over several, that the CPU takes over when a device fails.
//
// What was applied is kept as steps from the last checkpoint on, or from |0...0⟩. A checkpoint is a copy of the state
// in the host's memory. When the device fails, the CPU applies those steps to the copy, and works on it from then on.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "basalt/error.h"
#include "engine/host_place.h"
#include "engine/state_place.h"
#include "plan/split_plan.h"

namespace basalt {

/// When checkpoints are taken.
struct CheckpointSpacing {
  double most_share = 0.05;    ///< Of the time of a run that they may take.
  double least_seconds = 0.5;  ///< From one to the next: what takes less is sooner done again.
};

/// What became of a run whose device failed.
struct Failover {
  std::string reason;
  std::uint64_t stages = 0;             ///< That had ended by then,
  std::uint64_t checkpoint_stages = 0;  ///< and of them those that the checkpoint held; 0: there was none.
};

/// For one thread. References must outlive it.
class FailoverPlace final : public StatePlace {
 public:
  struct Hooks {
    /// Copies bytes of the device's state to the host, from `first` on. Axes lie where swaps have brought them.
    std::function<void(std::uint64_t first, std::span<std::byte> to)> download;
    /// The device has failed: called once, before anything else becomes of it.
    std::function<void(const Error& error)> on_failure;
  };

  /// `host` works on `host_state`, whose content may be anything until the device fails.
  FailoverPlace(StatePlace& device, HostPlace& host, Field& host_state, Hooks hooks, CheckpointSpacing spacing = {});

  [[nodiscard]] ElementType type() const override { return host_.type(); }
  void reset() override;
  PlannedCircuit plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) override;
  void execute(std::span<const Stage> stages, const Program& program,
               std::span<const std::unique_ptr<TileProgram>> compiled, const OnStageDone& on_stage_done) override;
  void scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) override;
  std::unique_ptr<quantum::StateReader> reader(const quantum::QubitMap* map) override;
  [[nodiscard]] AxisPlaces layout() const override;
  void lay_out(const AxisPlaces& layout) override;
  void go_on(std::uint64_t touched_axes, std::span<const Stage> done) override;
  std::optional<StateStore::Key> save(bool worth_spilling) override { return place().save(worth_spilling); }
  bool load(StateStore::Key key, bool last) override { return place().load(key, last); }

  /// Where the state is now.
  [[nodiscard]] StatePlace& place() noexcept;
  [[nodiscard]] const std::optional<Failover>& failover() const noexcept { return failover_; }

  /// Copies bytes of the state, wherever it is now.
  void download(std::uint64_t first, std::span<std::byte> to);
  /// These bytes were put into the device's state, from `first` on: it is no longer what steps made of it.
  void note_loaded(std::uint64_t first, std::span<const std::byte> bytes);

  /// In a handler of `error`, where no stage is under way: moves the state to the host if the device has failed, else
  /// throws it on.
  void survive(const Error& error);

 private:
  /// What the steps that were kept are to be applied to.
  enum class Base : std::uint8_t { zero_state, checkpoint, lost };

  void take_over(const Error& error);
  void straighten();
  void arrange(const AxisPlaces& wanted);
  void run_part(std::span<const Stage> stages, const Program& program, const OnStageDone& on_stage_done);
  void run_on_host(std::span<const Stage> stages, const Program& program, const OnStageDone& on_stage_done);
  /// Where the axes lie now.
  [[nodiscard]] Step placed(const Step& step) const;
  template <typename Work>
  void attempt(const Work& work);
  void keep(std::span<const Stage> stages, const Program& program);
  void checkpoint_if_due();
  void measure_download();
  [[nodiscard]] double interval_seconds() const;
  [[nodiscard]] std::size_t stages_until_checkpoint(std::span<const Stage> stages) const;

  StatePlace& device_;
  HostPlace& host_;
  Field& host_state_;
  Hooks hooks_;
  CheckpointSpacing spacing_;
  Base base_ = Base::lost;       ///< Until the first reset(): who knows what the state is.
  AxisPlaces places_;            ///< Of the state's axes: what swaps of a state in parts have made of them.
  AxisPlaces expected_;          ///< After the failure: what is left of the device's plan counts on these.
  Program kept_;                 ///< Applied since then, by places,
  double kept_seconds_ = 0;      ///< and how long that took.
  double download_seconds_ = 0;  ///< Of the whole state; 0: not known yet.
  std::uint64_t stages_done_ = 0;
  std::uint64_t checkpoint_stages_ = 0;
  std::optional<Failover> failover_;
  bool planned_on_host_ = false;  ///< The last plan.
};

}  // namespace basalt
