// States that wait for their turn: in memory while there is room, then on disk, else not at all.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "basalt/arena.h"
#include "basalt/cancel.h"
#include "basalt/memory/spill.h"
#include "runtime/memory/field.h"

namespace basalt {

/// Used by one thread, but for relieve(). References must outlive it.
class StateStore {
 public:
  using Key = std::uint64_t;

  /// Keeps at most `most_in_memory` states in memory. `spill` may be null: then nothing goes to disk.
  StateStore(MemoryResource& memory, std::uint64_t most_in_memory, SpillFile* spill, const Arena& arena,
             const CancelToken& cancel);

  /// Keeps a copy, if there is room for it; on disk only if `worth_spilling`. Throws Error(cancelled).
  std::optional<Key> save(const Field& state, bool worth_spilling);

  /// Copies a state back, and forgets it if `last`: the two then change places, and the memory is kept for the next
  /// that is saved, as fresh memory costs many times what a copy does. False where it is not there any more; it is
  /// forgotten then.
  [[nodiscard]] bool load(Key key, bool last, Field& state);

  /// Takes every state out of memory: to disk where that works, else it is lost.
  void clear_memory();

  /// Moves states to disk until `bytes` of memory are free; returns the bytes that are. From any thread; does nothing
  /// while the store is in use.
  std::uint64_t relieve(std::uint64_t bytes) noexcept;

  [[nodiscard]] std::uint64_t spilled_bytes() const;

 private:
  struct Entry {
    Field field;  ///< Without a block where the state is on disk.
    SpillFile::Item item;
  };

  std::optional<Key> add(Entry entry);
  [[nodiscard]] std::optional<SpillFile::Item> try_spill(const Field& state, const ForEach& for_each) const;
  [[nodiscard]] std::optional<Field> take_room(const Field& state);

  MemoryResource& memory_;
  std::uint64_t most_in_memory_;
  SpillFile* spill_;
  const CancelToken& cancel_;
  ForEach for_each_;

  mutable std::mutex mutex_;  ///< Guards what follows. Never held while state-sized memory is taken.
  std::map<Key, Entry> entries_;
  std::uint64_t in_memory_ = 0;
  Field spare_;                      ///< Of a state that was loaded for the last time; counts against most_in_memory_.
  std::uint64_t spilled_bytes_ = 0;  ///< Written to disk so far.
  Key next_key_ = 0;
};

}  // namespace basalt
