// Keeps a pattern's run on disk while it goes on, so that another process can go on with it: its cells, and what was
// seen and written on the way.
#pragma once

#include <cstdint>

#include "basalt/arena.h"
#include "basalt/memory.h"
#include "engine/checkpoint_series.h"
#include "engine/pattern_job.h"
#include "engine/pattern_looks.h"
#include "engine/pattern_place.h"

namespace basalt {

/// Of the host's memory, while checkpoints are written and read; and of that, what cells pass through.
std::uint64_t keeping_bytes(const PatternJob& job);
std::uint64_t keeping_window_bytes(const PatternJob& job);

/// For one thread. The job must outlive it.
class PatternKeeper {
 public:
  /// Takes the folder, and writes down what was asked for. Throws Error(bad_usage) where the folder is another run's or
  /// the run cannot be kept, Error(out_of_resources) where the disk has no room for two states, and Error(io).
  explicit PatternKeeper(PatternJob& job);

  /// From here to end() stops are held back, so that the state is never left in the middle of a step. Returns the step
  /// that the state in `place` was read at from the latest checkpoint that is whole; 0: it is to be written yet. All
  /// of these must outlive the steps; `window` is of keeping_window_bytes(). Throws Error(io) where none is whole, or a
  /// file that the run reads is another now.
  std::uint64_t begin(PatternPlace& place, PatternLooks& looks, Buffer& window, const Arena& arena);

  /// How long steps may go on until wants_boundary() is asked.
  [[nodiscard]] double boundary_seconds() const { return series_.boundary_seconds(); }
  [[nodiscard]] bool wants_boundary() const { return series_.is_due() || job_.stop.requested(); }

  /// After a step, of a state without blow-up. Writes a checkpoint if one is due. Throws Error(cancelled), after a last
  /// checkpoint, if a stop was asked for.
  void at_boundary(std::uint64_t step);

  /// Returns the seconds that checkpoints took since begin().
  double end();

  /// The run was stopped: what to tell.
  [[nodiscard]] Error farewell() const { return series_.farewell(stopped_); }

  /// The run is done: leaves `report` and removes the checkpoints.
  void finish(const PatternReport& report);

 private:
  [[nodiscard]] KeptJson asked_for() const;
  bool write(std::uint64_t step, bool must);
  std::uint64_t read(std::uint64_t number, CheckpointFile& file, const KeptJson& document);
  StateAccess access_to_cells(Buffer& window);
  void put_cells(std::uint64_t first, std::span<const std::byte> bytes);

  PatternJob& job_;
  CheckpointSeries series_;
  const std::uint64_t row_bytes_;
  const std::uint64_t state_bytes_;
  const std::uint64_t varying_;  ///< Checksum of the parameters that vary: their files are read once.
  double seconds_before_ = 0;    ///< begin().
  PatternPlace* place_ = nullptr;
  PatternLooks* looks_ = nullptr;
  std::vector<std::byte> row_;  ///< One that is read, or that was put in part.
  bool stopped_ = false;        ///< With a last checkpoint.
};

}  // namespace basalt
