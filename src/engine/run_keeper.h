// Keeps a run on disk while it goes on, so that another process can go on with it: writes checkpoints of its state and
// of its place in the tree of branches, reads them back, and in the end leaves the result.
#pragma once

#include <optional>
#include <utility>

#include "engine/checkpoint_series.h"
#include "engine/job.h"

namespace basalt {

/// For one thread. The job must outlive it.
class RunKeeper {
 public:
  /// Takes the folder of a job that is prepared, and writes down what was asked for. Throws Error(bad_usage) where the
  /// folder is another run's or the job cannot be kept, Error(out_of_resources) where the disk has no room for two
  /// states, and Error(io).
  explicit RunKeeper(Job& job);

  /// For whatever changes the state: it must not be left in the middle of a stage. at_boundary() looks for requests.
  [[nodiscard]] const CancelToken& cancel() const noexcept { return cancel_; }

  /// How to get at the state, from now on.
  void attach(StateAccess state, ForEach for_each) { series_.attach(std::move(state), std::move(for_each)); }

  /// Reads the latest checkpoint that is whole into the state and the results. Nothing where that is the very start:
  /// the state may then be anything. Throws Error(io) where none is whole.
  std::optional<TreePosition> load();

  /// The tree whose position is kept, until it is null.
  void follow(const BranchTree* tree) noexcept { tree_ = tree; }

  /// How often at_boundary() is to be called.
  [[nodiscard]] double boundary_seconds() const { return series_.boundary_seconds(); }

  /// Between stages. Writes a checkpoint if one is due. Throws Error(cancelled) if that was requested.
  void at_boundary();

  /// While a leaf is read, which changes results but not the state, a run may be stopped.
  void begin_leaf();
  void end_leaf();

  /// Writes a checkpoint now; false, with a note, where that does not work. bring_back() reads its state.
  bool keep() { return write(/*must=*/true); }
  void bring_back() { series_.bring_back(); }

  /// The run is being stopped: writes a last checkpoint if that is possible here.
  void stop();

  /// The run was stopped: what to tell.
  [[nodiscard]] Error farewell() const { return series_.farewell(stopped_); }

  /// The run is done: leaves `report` and removes the checkpoints.
  void finish(const Report& report);

 private:
  [[nodiscard]] Request asked_for() const;
  [[nodiscard]] std::uint64_t state_bytes() const;
  void expect_room() const;
  bool write(bool must);
  TreePosition read(std::uint64_t number, const KeptJson& document, CheckpointFile& file);

  Job& job_;
  CheckpointSeries series_;
  CancelToken cancel_;
  const BranchTree* tree_ = nullptr;
  bool in_leaf_ = false;
  std::optional<KeptJson> results_;  ///< As they were before the leaf, where that is known.
  bool stopped_ = false;             ///< With a last checkpoint.
};

}  // namespace basalt
