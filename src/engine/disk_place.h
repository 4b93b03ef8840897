// A state on disk. Stages visit it tile by tile: while one tile is worked on in memory, others are written and read.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engine/disk_shape.h"
#include "engine/state_place.h"
#include "execute/execute.h"
#include "execute/tile_stream.h"
#include "workloads/quantum/results/parts_reader.h"
#include "workloads/quantum/results/state_parts.h"

namespace basalt {

/// For a state on disk. Pure.
PlannedCircuit plan_for_disk(PlannedCircuit lowered, ElementType type, int axes, const PlanLimits& limits,
                             const VisitLimits& disk, std::uint64_t touched_axes);

struct DiskPlaceSettings {
  ElementType type = ElementType::c64;
  int axes = 0;
  DiskShape shape;
  DiskFigures figures;
  std::string folder;  ///< For messages.
};

/// References must outlive it.
class DiskPlace final : public StatePlace, private quantum::StateParts {
 public:
  /// Takes the memory of the tiles; the state is all zeros. `storage` has room for all of it. `context` as it is for
  /// tiles in memory; its at_boundary is called before each tile.
  DiskPlace(DiskPlaceSettings settings, std::unique_ptr<SpillStorage> storage, const ExecuteContext& context,
            PlanLimits limits);

  [[nodiscard]] ElementType type() const override { return settings_.type; }
  void reset() override;
  /// What is planned must be executed before the next plan is made.
  PlannedCircuit plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) override;
  void execute(std::span<const Stage> stages, const Program& program,
               std::span<const std::unique_ptr<TileProgram>> compiled, const OnStageDone& on_stage_done) override;
  /// Moves nothing: it is done when tiles are read next.
  void scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) override;
  std::unique_ptr<quantum::StateReader> reader(const quantum::QubitMap* map) override;
  /// States that wait are computed again: to keep a copy takes as long as a visit, and as much disk as the state.
  std::optional<StateStore::Key> save(bool /*worth_spilling*/) override { return std::nullopt; }
  bool load(StateStore::Key /*key*/, bool /*last*/) override { return false; }

  void go_on(std::uint64_t touched_axes, std::span<const Stage> done) override;
  [[nodiscard]] double lost() const override { return file_.lost(); }

  /// Copies bytes of the state to memory and back: a power of two of whole chunks, from a multiple of that on.
  void download(std::uint64_t first, std::span<std::byte> to);
  void upload(std::uint64_t first, std::span<const std::byte> from);
  /// False once a stage has not come to its end: some tiles have it, and some do not.
  [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }

  /// Of the stages so far; and what was read for results.
  void add_to(DiskReport& report) const;

 private:
  /// What scale_where() was asked for and tiles do not have yet.
  struct Scaling {
    quantum::ControlMask keep;
    double scale = 1;
  };

  [[nodiscard]] int axes() const override { return settings_.axes; }
  [[nodiscard]] int part_axes() const override { return settings_.shape.tile_axes; }
  [[nodiscard]] int low_axes() const override { return settings_.shape.chunk_axes; }
  void look(const quantum::PartsLook& look) override;

  void visit(const Stage& stage, const Program& program, bool measures_norms);
  void work_on(Field& tile, std::uint64_t number, const Visit& visit);
  void scale(std::span<std::byte> tile, std::uint64_t base, const std::vector<std::uint64_t>& directions) const;
  void measure_norms(const Field& tile, std::uint64_t base, std::uint64_t chunk_bits, Buffer& norms) const;

  DiskPlaceSettings settings_;
  const ExecuteContext& context_;
  ExecuteContext inside_;  ///< The same, for a tile.
  PlanLimits limits_;
  ChunkFile file_;
  TileStream stream_;
  bool is_whole_ = true;
  std::uint64_t touched_ = 0;  ///< The state is zero where another axis is 1.
  std::vector<Scaling> scalings_;
  std::optional<quantum::BlockNorms> norms_;  ///< Of the state as it is, where they are known.
  quantum::QubitMap reader_map_;              ///< Of the latest reader.
  double moved_bytes_ = 0;                    ///< By stages.
  double disk_bytes_ = 0;
  double seconds_ = 0;
  double waited_seconds_ = 0;
  double result_bytes_ = 0;
};

}  // namespace basalt
