// The checkpoints of one run, one after the other: when the next is due, what it takes to write it, and which of those
// on disk is read. What they say is their users'.
//
// Losing a checkpoint never loses the run: what the disk refuses is noted, and the one before stays.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "basalt/error.h"
#include "basalt/report.h"
#include "basalt/request.h"
#include "base/stopwatch.h"
#include "engine/kept_json.h"
#include "execute/checkpoint_file.h"
#include "execute/checkpoint_folder.h"
#include "execute/checkpoint_schedule.h"

namespace basalt {

/// For one thread. `report` and `notes` must outlive it.
class CheckpointSeries {
 public:
  /// Takes the folder. Throws Error(bad_usage) where it is another run's, and Error(io).
  CheckpointSeries(const CheckpointRequest& request, CheckpointReport& report, std::vector<std::string>& notes);

  [[nodiscard]] const CheckpointFolder& folder() const noexcept { return folder_; }

  /// Nothing was written yet.
  [[nodiscard]] bool is_new() const noexcept { return next_ == 0; }

  /// Throws Error(out_of_resources) where the disk has not so much free; `what` is what takes it.
  void expect_room(std::uint64_t bytes, const std::string& what) const;

  /// How to get at the state, from now on.
  void attach(StateAccess state, ForEach for_each);
  [[nodiscard]] bool has_whole_state() const { return state_.is_whole(); }

  [[nodiscard]] bool is_due() const noexcept { return schedule_.is_due(since_start_.seconds()); }
  /// How often it is to be looked whether one is due, or a stop is asked for.
  [[nodiscard]] double boundary_seconds() const;

  /// The one before all, which has no state. Throws Error(io).
  void write_first(const KeptJson& document);

  /// Writes one; false, with a note, where that does not work, and where it would take too much of the run's time
  /// without being a `must`. Throws Error(cancelled) and Error(device_lost).
  bool write(const KeptJson& document, std::uint64_t state_bytes, bool must);

  /// Of the latest that is whole: what `read` makes of it, which throws Error(io) or KeptJson::exception where it
  /// cannot be used; those that are passed over are noted. Throws Error(io) where none is whole.
  using Read = std::function<void(std::uint64_t number, CheckpointFile& file, const KeptJson& document)>;
  void read_latest(const Read& read);
  /// The state of a file that read_latest() or bring_back() opened.
  void read_state(CheckpointFile& file) { file.read_state(state_, for_each_); }

  /// That of the one that was written last.
  void bring_back();

  /// The run was stopped, with a last checkpoint or without: what to tell.
  [[nodiscard]] Error farewell(bool kept) const;

  /// The run is done: leaves the result, a document of one line or more, and removes the checkpoints.
  void finish(const std::string& result);

 private:
  void put(const KeptJson& document, std::uint64_t state_bytes, bool must);
  [[nodiscard]] bool is_worth(const Stopwatch& writing, std::uint64_t done, std::uint64_t total);

  CheckpointReport& report_;
  std::vector<std::string>& notes_;
  CheckpointFolder folder_;
  CheckpointSchedule schedule_;
  Stopwatch since_start_;
  StateAccess state_;
  ForEach for_each_ = for_each_in_turn;
  std::uint64_t next_ = 0;
  bool has_failed_ = false;  ///< One could not be written, and a note says so.
};

}  // namespace basalt
