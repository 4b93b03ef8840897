#include "engine/state_checkpoint.h"

#include <utility>

#include "engine/put_away.h"
#include "engine/run_keeper.h"

namespace basalt {

StateCheckpoint::StateCheckpoint(Resources& resources, Field& state, StateStore& store, MemoryResource& memory,
                                 const Arena& arena, const CancelToken& cancel, RunKeeper* keeper,
                                 std::vector<std::string>& notes)
    : resources_(resources),
      state_(state),
      store_(store),
      memory_(memory),
      arena_(arena),
      cancel_(cancel),
      keeper_(keeper),
      notes_(notes) {}

Checkpoint StateCheckpoint::actions() {
  return {.save = [this] { return save(); }, .restore = [this] { restore(); }};
}

bool StateCheckpoint::save() {
  keeper_has_it_ = keeper_ != nullptr && keeper_->keep();
  if (!keeper_has_it_ && !store()) {
    return false;
  }
  written_bytes_ += state_.size_bytes();
  store_.clear_memory();
  state_.buffer = Buffer();
  resources_.release_idle();
  return true;
}

bool StateCheckpoint::store() {
  std::optional<SpillFile::Item> item = put_away(
      resources_.spill(), state_.buffer.bytes(), cancel_,
      [this](std::uint64_t count, const auto& body) { for_each(count, body); }, notes_);
  if (!item) {
    return false;
  }
  item_ = std::move(*item);
  return true;
}

void StateCheckpoint::restore() {
  state_ = Field(memory_, state_.type, state_.axes);
  if (keeper_has_it_) {
    keeper_->bring_back();
    return;
  }
  resources_.spill()->restore(item_, state_.buffer.bytes(), cancel_,
                              [this](std::uint64_t count, const auto& body) { for_each(count, body); });
  item_ = {};
}

void StateCheckpoint::for_each(std::uint64_t count, const std::function<void(std::uint64_t)>& body) const {
  arena_.for_each(count, cancel_, body);
}

}  // namespace basalt
