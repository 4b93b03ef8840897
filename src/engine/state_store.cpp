#include "engine/state_store.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

#include "basalt/error.h"
#include "runtime/metrics/work_time.h"

namespace basalt {
namespace {

constexpr std::uint64_t kCopyBytes = std::uint64_t{4} << 20;

void copy_with(const ForEach& for_each, const Field& from, Field& to) {
  const std::uint64_t bytes = from.size_bytes();
  for_each((bytes + kCopyBytes - 1) / kCopyBytes, [&](std::uint64_t piece) {
    const std::uint64_t first = piece * kCopyBytes;
    std::memcpy(to.buffer.data() + first, from.buffer.data() + first, std::min(kCopyBytes, bytes - first));
  });
}

}  // namespace

StateStore::StateStore(MemoryResource& memory, std::uint64_t most_in_memory, SpillFile* spill, const Arena& arena,
                       const CancelToken& cancel)
    : memory_(memory),
      most_in_memory_(most_in_memory),
      spill_(spill),
      cancel_(cancel),
      for_each_([&arena, &cancel](std::uint64_t count, const std::function<void(std::uint64_t)>& body) {
        arena.for_each(count, cancel, body);
      }) {}

/// Memory for a copy; nothing where there is no room.
std::optional<Field> StateStore::take_room(const Field& state) {
  {
    const std::scoped_lock lock(mutex_);
    if (spare_.buffer.data() != nullptr) {
      return std::exchange(spare_, {});
    }
    if (in_memory_ >= most_in_memory_) {
      return std::nullopt;
    }
  }
  return Field(memory_, state.type, state.axes);
}

std::optional<StateStore::Key> StateStore::save(const Field& state, bool worth_spilling) {
  const metrics::MemoryTime memory_time;
  if (std::optional<Field> copy = take_room(state)) {
    copy_with(for_each_, state, *copy);
    return add({.field = std::move(*copy), .item = {}});
  }
  if (worth_spilling) {
    if (std::optional<SpillFile::Item> item = try_spill(state, for_each_)) {
      return add({.field = {}, .item = std::move(*item)});
    }
  }
  return std::nullopt;
}

std::optional<StateStore::Key> StateStore::add(Entry entry) {
  const std::scoped_lock lock(mutex_);
  in_memory_ += entry.field.buffer.data() != nullptr ? 1 : 0;
  spilled_bytes_ += entry.item.size_bytes();
  entries_.emplace(++next_key_, std::move(entry));
  return next_key_;
}

/// Nothing where the disk does not take it: the state is then computed again when its turn comes.
std::optional<SpillFile::Item> StateStore::try_spill(const Field& state, const ForEach& for_each) const {
  if (spill_ == nullptr) {
    return std::nullopt;
  }
  try {
    return spill_->store(state.buffer.bytes(), cancel_, for_each);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) {
      throw;
    }
    return std::nullopt;
  }
}

bool StateStore::load(Key key, bool last, Field& state) {
  const metrics::MemoryTime memory_time;
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    return false;
  }
  Entry& entry = found->second;
  if (entry.field.buffer.data() == nullptr) {
    spill_->restore(entry.item, state.buffer.bytes(), cancel_, for_each_);
  } else if (last) {
    spare_ = std::exchange(state, std::move(entry.field));
    --in_memory_;
  } else {
    copy_with(for_each_, entry.field, state);
  }
  if (last) {
    entries_.erase(found);
  }
  return true;
}

void StateStore::clear_memory() {
  const std::scoped_lock lock(mutex_);
  spare_ = {};
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (entry->second.field.buffer.data() == nullptr) {
      ++entry;
      continue;
    }
    std::optional<SpillFile::Item> item = try_spill(entry->second.field, for_each_);
    --in_memory_;
    if (item) {
      spilled_bytes_ += item->size_bytes();
      entry->second = {.field = {}, .item = std::move(*item)};
      ++entry;
    } else {
      entry = entries_.erase(entry);
    }
  }
}

std::uint64_t StateStore::relieve(std::uint64_t bytes) noexcept {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) {
    return 0;
  }
  std::uint64_t freed = std::exchange(spare_, {}).size_bytes();
  try {
    for (auto& [key, entry] : entries_) {
      if (freed >= bytes) {
        break;
      }
      if (entry.field.buffer.data() == nullptr) {
        continue;
      }
      // not on the arena: the thread that asks may be another job's
      std::optional<SpillFile::Item> item = try_spill(entry.field, for_each_in_turn);
      if (!item) {
        break;
      }
      freed += entry.field.size_bytes();
      spilled_bytes_ += item->size_bytes();
      --in_memory_;
      entry = {.field = {}, .item = std::move(*item)};
    }
  } catch (const std::exception&) {
    // cancelled, or no memory even for the list of chunks: what is freed is freed
  }
  return freed;
}

std::uint64_t StateStore::spilled_bytes() const {
  const std::scoped_lock lock(mutex_);
  return spilled_bytes_;
}

}  // namespace basalt
