// A job's state on disk, while another job has its memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "basalt/arena.h"
#include "basalt/memory/spill.h"
#include "engine/occupancy.h"
#include "engine/resources.h"
#include "engine/state_store.h"
#include "runtime/memory/field.h"

namespace basalt {

class RunKeeper;

/// References must outlive it. Where a state cannot be written, `notes` says why. A run that is kept on disk anyway
/// goes there: `keeper` may be null.
class StateCheckpoint {
 public:
  StateCheckpoint(Resources& resources, Field& state, StateStore& store, MemoryResource& memory, const Arena& arena,
                  const CancelToken& cancel, RunKeeper* keeper, std::vector<std::string>& notes);

  /// The state goes to disk and comes back; states that wait go to disk or are computed again.
  [[nodiscard]] Checkpoint actions();

  /// Written so far, before compression.
  [[nodiscard]] std::uint64_t written_bytes() const noexcept { return written_bytes_; }

 private:
  bool save();
  bool store();
  void restore();
  void for_each(std::uint64_t count, const std::function<void(std::uint64_t)>& body) const;

  Resources& resources_;
  Field& state_;
  StateStore& store_;
  MemoryResource& memory_;
  const Arena& arena_;
  const CancelToken& cancel_;
  RunKeeper* keeper_;
  bool keeper_has_it_ = false;
  std::vector<std::string>& notes_;
  SpillFile::Item item_;
  std::uint64_t written_bytes_ = 0;
};

}  // namespace basalt
