#include "engine/checkpoint_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "base/atomic_file.h"

namespace basalt {

CheckpointSeries::CheckpointSeries(const CheckpointRequest& request, CheckpointReport& report,
                                   std::vector<std::string>& notes)
    : report_(report),
      notes_(notes),
      folder_(request.resume ? CheckpointFolder::open(request.folder) : CheckpointFolder::create(request.folder)),
      schedule_(request.every_seconds) {
  report_.folder = folder_.path();
  if (const std::vector<std::uint64_t> generations = folder_.generations(); !generations.empty()) {
    next_ = generations.front() + 1;
  }
}

void CheckpointSeries::expect_room(std::uint64_t bytes, const std::string& what) const {
  if (const std::uint64_t free = folder_.free_bytes(); free < bytes) {
    throw Error(ErrorCode::out_of_resources,
                fmt::format("{} take up to {} of disk, and '{}' has {} free", what, format_bytes(bytes), folder_.path(),
                            format_bytes(free)),
                "name a folder on another disk, free some space, or leave --checkpoint out");
  }
}

void CheckpointSeries::attach(StateAccess state, ForEach for_each) {
  state_ = std::move(state);
  for_each_ = std::move(for_each);
}

double CheckpointSeries::boundary_seconds() const {
  constexpr double kPatienceSeconds = 1;  // of somebody who pressed Ctrl-C
  return std::min(kPatienceSeconds, schedule_.interval_seconds() / 2);
}

void CheckpointSeries::write_first(const KeptJson& document) {
  put(document, 0, /*must=*/true);
}

void CheckpointSeries::put(const KeptJson& document, std::uint64_t state_bytes, bool must) {
  const std::vector<std::uint8_t> bytes = KeptJson::to_cbor(document);
  if (folder_.free_bytes() < checkpoint_bytes(state_bytes)) {
    folder_.keep_latest(1);
  }
  const Stopwatch writing;
  CheckpointWrite how{.for_each = for_each_};
  how.go_on = [&](std::uint64_t done, std::uint64_t total) { return must || is_worth(writing, done, total); };
  if (!write_checkpoint(folder_.file_of(next_), std::as_bytes(std::span(bytes)), state_bytes, state_, how)) {
    return;
  }
  folder_.sync();
  report_.written += next_ > 0 ? 1 : 0;  // the very first keeps no work
  ++next_;
  folder_.keep_latest(2);
  report_.seconds += writing.seconds();
  report_.file_bytes += how.file_bytes;
  schedule_.note_written(since_start_.seconds(), writing.seconds());
}

bool CheckpointSeries::is_worth(const Stopwatch& writing, std::uint64_t done, std::uint64_t total) {
  if (schedule_.knows_cost()) {
    return true;
  }
  const double predicted = writing.seconds() * static_cast<double>(total) / static_cast<double>(done);
  return schedule_.accepts(since_start_.seconds(), predicted);
}

bool CheckpointSeries::write(const KeptJson& document, std::uint64_t state_bytes, bool must) {
  const std::uint64_t before = next_;
  try {
    put(document, state_bytes, must);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled || error.code() == ErrorCode::device_lost) {
      throw;
    }
    schedule_.note_written(since_start_.seconds(), 0);
    if (!std::exchange(has_failed_, true)) {
      notes_.push_back(fmt::format("a checkpoint was not written, and the one before is kept: {}", error.message()));
    }
  }
  return next_ != before;
}

void CheckpointSeries::read_latest(const Read& read) {
  std::string last;
  for (const std::uint64_t number : folder_.generations()) {
    try {
      CheckpointFile file(folder_.file_of(number));
      read(number, file, read_kept(file.document()));
      return;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::io) {
        throw;
      }
      last = error.message();
    } catch (const KeptJson::exception& error) {
      last = fmt::format("the checkpoint '{}' cannot be used: {}", folder_.file_of(number), error.what());
    }
    notes_.push_back(last + "; the one before is used");
  }
  throw Error(ErrorCode::io, fmt::format("no checkpoint in '{}' can be used; {}", folder_.path(), last),
              "run it anew, with another folder");
}

void CheckpointSeries::bring_back() {
  CheckpointFile file(folder_.file_of(next_ - 1));
  read_state(file);
}

Error CheckpointSeries::farewell(bool kept) const {
  return {ErrorCode::cancelled,
          kept ? "cancelled, after a last checkpoint" : "cancelled; the last checkpoint is from before",
          fmt::format("go on by basalt resume {}", folder_.path())};
}

void CheckpointSeries::finish(const std::string& result) {
  try {
    AtomicFile file(folder_.result_file());
    const std::string document = result + '\n';
    file.write(document.data(), document.size());
    file.commit();
    folder_.sync();
    folder_.keep_latest(0);
  } catch (const Error& error) {
    notes_.push_back(fmt::format("the result was not kept with the checkpoints: {}", error.message()));
  }
}

}  // namespace basalt
