// A state on a device that the CPU looks after: before a stage it takes some tiles of the state, computes them in
// double precision, and compares them with what the device makes of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "basalt/report.h"
#include "engine/state_place.h"

namespace basalt {

/// How far an amplitude may be off, as a part of its tile's norm, after a stage of `steps` steps. Rounding errs by less
/// than 1e-7 (c64) or 1e-15 (c128) of the norm in a step, so that a hundred stay a factor of ten or more within this;
/// what goes wrong in memory or in a driver is rarely so small.
double verify_tolerance(ElementType type, std::size_t steps);

/// What a VerifiedPlace takes of the host's memory for `tiles` tiles.
std::uint64_t verify_bytes(std::uint64_t tiles) noexcept;

/// For one thread. References must outlive it.
class VerifiedPlace final : public StatePlace {
 public:
  /// What of a device it is about, and how to look at it.
  struct Subject {
    std::string name;
    /// Copies the elements whose index differs from `base` along `axes` only, in order of their index.
    std::function<void(std::uint64_t base, std::uint64_t axes, std::span<std::byte> to)> download_tile;
  };

  /// `tiles` of every circuit that is planned, spread over its stages, are drawn by `seed`.
  VerifiedPlace(StatePlace& device, Subject subject, std::uint64_t tiles, std::uint64_t seed, MemoryResource& memory);

  [[nodiscard]] ElementType type() const override { return device_.type(); }
  void reset() override { device_.reset(); }
  PlannedCircuit plan(const quantum::Circuit& circuit, const quantum::PassOptions& options,
                      std::uint64_t touched_axes) override;
  /// Throws Error(failed) where the device is wrong.
  void execute(std::span<const Stage> stages, const Program& program,
               std::span<const std::unique_ptr<TileProgram>> compiled, const OnStageDone& on_stage_done) override;
  void scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) override {
    device_.scale_where(keep, scale, on_stage_done);
  }
  std::unique_ptr<quantum::StateReader> reader(const quantum::QubitMap* map) override { return device_.reader(map); }
  std::optional<StateStore::Key> save(bool worth_spilling) override { return device_.save(worth_spilling); }
  bool load(StateStore::Key key, bool last) override { return device_.load(key, last); }

  [[nodiscard]] const VerifyReport& report() const noexcept { return report_; }

 private:
  struct Draw {
    std::size_t stage = 0;   ///< Of the plan.
    std::uint64_t bits = 0;  ///< The tile: so many of them as there are tiles.
  };

  [[nodiscard]] std::vector<std::uint64_t> take_draws(const Stage& stage);
  void verify(const Stage& stage, const Program& program, const OnStageDone& on_stage_done);
  void compare(std::span<const std::byte> device, std::span<const double> reference, const Stage& stage,
               std::uint64_t tile);

  StatePlace& device_;
  Subject subject_;
  std::uint64_t tiles_;
  std::uint64_t seed_;
  MemoryResource& memory_;
  std::uint64_t plans_ = 0;
  std::vector<Draw> draws_;     ///< Of the last plan, by stage.
  std::size_t next_draw_ = 0;   ///< That waits for its stage.
  std::size_t next_stage_ = 0;  ///< Of the last plan.
  VerifyReport report_;
};

}  // namespace basalt
