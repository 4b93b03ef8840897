// A state that is looked after: before a stage some of its tiles are taken and computed by plain loops in double
// precision, and compared with what the place makes of them. Of a device, and of the CPU itself.
#pragma once

#include <complex>
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

/// What a VerifiedPlace takes of the host's memory for `tiles` tiles of at most so many bytes.
std::uint64_t verify_bytes(std::uint64_t tiles, std::uint64_t tile_bytes) noexcept;

/// Of tiles: of any device, and of the CPU for a state of so many bytes.
inline constexpr std::uint64_t kDeviceTileBytes = std::uint64_t{1} << 15;
std::uint64_t host_tile_bytes(std::uint64_t state_bytes) noexcept;

/// For one thread. References must outlive it.
class VerifiedPlace final : public StatePlace {
 public:
  /// What it is about, and how to look at it.
  struct Subject {
    std::string name;
    std::string advice;  ///< Where it computes wrongly.
    /// Copies the elements whose index differs from `base` along `axes` only, in order of their index.
    std::function<void(std::uint64_t base, std::uint64_t axes, std::span<std::byte> to)> download_tile;
  };

  /// `tiles` of every circuit that is planned, spread over its stages, are drawn by `seed`.
  VerifiedPlace(StatePlace& place, Subject subject, std::uint64_t tiles, std::uint64_t seed, MemoryResource& memory);

  [[nodiscard]] ElementType type() const override { return place_.type(); }
  void reset() override { place_.reset(); }
  PlannedCircuit plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) override;
  /// For a plan that was made elsewhere, of so many stages. Each is to be executed or passed over.
  void draw(std::size_t stages);
  void pass_over(std::size_t stages);
  /// Throws Error(failed) where the place is wrong.
  void execute(std::span<const Stage> stages, const Program& program,
               std::span<const std::unique_ptr<TileProgram>> compiled, const OnStageDone& on_stage_done) override;
  void scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) override {
    place_.scale_where(keep, scale, on_stage_done);
  }
  std::unique_ptr<quantum::StateReader> reader(const quantum::QubitMap* map) override { return place_.reader(map); }
  [[nodiscard]] AxisPlaces layout() const override { return place_.layout(); }
  void lay_out(const AxisPlaces& layout) override { place_.lay_out(layout); }
  void go_on(std::uint64_t touched_axes, std::span<const Stage> done) override {
    place_.go_on(touched_axes, done);
    pass_over(done.size());
  }
  std::optional<StateStore::Key> save(bool worth_spilling) override { return place_.save(worth_spilling); }
  bool load(StateStore::Key key, bool last) override { return place_.load(key, last); }

  [[nodiscard]] const VerifyReport& report() const noexcept { return report_; }

 private:
  struct Draw {
    std::size_t stage = 0;   ///< Of the plan.
    std::uint64_t bits = 0;  ///< The tile: so many of them as there are tiles.
  };

  [[nodiscard]] std::vector<std::uint64_t> take_draws(const Stage& stage);
  void verify(const Stage& stage, const Program& program, const OnStageDone& on_stage_done);
  void compare(std::span<const std::byte> bytes, std::span<const std::complex<double>> reference, const Stage& stage,
               std::uint64_t tile);

  StatePlace& place_;
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
