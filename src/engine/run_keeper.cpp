#include "engine/run_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "basalt/json.h"
#include "basalt/version.h"
#include "base/atomic_file.h"
#include "engine/kept_json.h"

namespace basalt {
namespace {

CheckpointFolder take_folder(const Job& job) {
  if (job.request.prepared) {
    throw Error(ErrorCode::bad_usage, "a program that was prepared is run, and a checkpoint wants its text",
                "give the request its source");
  }
  const CheckpointRequest& request = job.request.checkpoint;
  return request.resume ? CheckpointFolder::open(request.folder) : CheckpointFolder::create(request.folder);
}

}  // namespace

RunKeeper::RunKeeper(Job& job)
    : job_(job), folder_(take_folder(job)), schedule_(job.request.checkpoint.every_seconds), cancel_(&job.cancel) {
  cancel_.hold_back(true);
  job.report.checkpoints.emplace();
  job.report.checkpoints->folder = folder_.path();
  if (const std::vector<std::uint64_t> generations = folder_.generations(); !generations.empty()) {
    next_ = generations.front() + 1;
  } else {
    expect_room();
    write(std::nullopt, {});
  }
}

/// A state that is worked on on the same disk takes its room there before the first checkpoint does.
void RunKeeper::expect_room() const {
  std::uint64_t needed = 2 * checkpoint_bytes(element_bytes(job_.type()) << job_.qubits());
  std::string what = "two checkpoints";
  if (job_.disk && folder_.shares_disk_with(job_.report.ladder->disk->folder)) {
    needed += job_.report.ladder->disk->state_bytes;
    what = "the state and two checkpoints";
  }
  if (const std::uint64_t free = folder_.free_bytes(); free < needed) {
    throw Error(ErrorCode::out_of_resources,
                fmt::format("{} of {} qubits take up to {} of disk, and '{}' has {} free", what, job_.qubits(),
                            format_bytes(needed), folder_.path(), format_bytes(free)),
                "name a folder on another disk, free some space, or leave --checkpoint out");
  }
}

void RunKeeper::attach(StateAccess state, ForEach for_each) {
  state_ = std::move(state);
  for_each_ = std::move(for_each);
}

/// With everything in it that was left to the run to find out, and nothing that lies in other files.
Request RunKeeper::asked_for() const {
  Request request = job_.request;
  request.seed = job_.report.seed;
  request.fall_back = request.fall_back && job_.on_device();
  request.observables.clear();
  for (const quantum::Observable& observable : job_.results->observables()) {
    request.observables.push_back(observable.name);
  }
  return request;
}

void RunKeeper::write(const std::optional<TreePosition>& position, const KeptJson& results) {
  KeptJson document = {{"version", BASALT_VERSION}, {"request", to_kept(asked_for())}};
  if (position) {
    document["position"] = to_kept(*position);
    document["results"] = results;
  }
  const std::vector<std::uint8_t> bytes = KeptJson::to_cbor(document);
  const bool has_state = position && position->kind != TreePosition::Kind::between_leaves;
  const CheckpointHeader header{.type = job_.type(), .axes = job_.qubits(), .has_state = has_state};
  if (folder_.free_bytes() < checkpoint_bytes(header.state_bytes())) {
    folder_.keep_latest(1);
  }
  const Stopwatch writing;
  CheckpointWrite how{.for_each = for_each_};
  how.go_on = [&](std::uint64_t done, std::uint64_t total) { return is_worth(writing, done, total); };
  if (!write_checkpoint(folder_.file_of(next_), header, std::as_bytes(std::span(bytes)), state_, how)) {
    return;
  }
  folder_.sync();
  ++next_;
  folder_.keep_latest(2);
  CheckpointReport& report = *job_.report.checkpoints;
  report.seconds += writing.seconds();
  report.file_bytes += how.file_bytes;
  report.written += position ? 1 : 0;
  schedule_.note_written(since_start_.seconds(), writing.seconds());
}

bool RunKeeper::is_worth(const Stopwatch& writing, std::uint64_t done, std::uint64_t total) {
  if (must_ || schedule_.knows_cost()) {
    return true;
  }
  const double predicted = writing.seconds() * static_cast<double>(total) / static_cast<double>(done);
  return schedule_.accepts(since_start_.seconds(), predicted);
}

bool RunKeeper::try_write(bool must) {
  const std::optional<TreePosition> position = tree_ != nullptr ? tree_->position() : std::nullopt;
  if (!position || (in_leaf_ && !results_)) {
    return false;
  }
  if (position->kind != TreePosition::Kind::between_leaves && !state_.is_whole()) {
    return false;
  }
  const std::uint64_t before = next_;
  must_ = must;
  try {
    write(position, in_leaf_ ? *results_ : job_.results->keep());
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled || error.code() == ErrorCode::device_lost) {
      throw;
    }
    schedule_.note_written(since_start_.seconds(), 0);
    if (!std::exchange(has_failed_, true)) {
      job_.report.notes.push_back(
          fmt::format("a checkpoint was not written, and the one before is kept: {}", error.message()));
    }
  }
  return next_ != before;
}

double RunKeeper::boundary_seconds() const {
  constexpr double kPatienceSeconds = 1;  // of somebody who pressed Ctrl-C
  return std::min(kPatienceSeconds, schedule_.interval_seconds() / 2);
}

void RunKeeper::at_boundary() {
  job_.cancel.check();
  if (schedule_.is_due(since_start_.seconds())) {
    try_write(/*must=*/false);
  }
}

void RunKeeper::begin_leaf() {
  if (job_.report.branches == 0) {
    results_ = job_.results->keep();
  }
  in_leaf_ = true;
  cancel_.hold_back(false);
}

void RunKeeper::end_leaf() {
  cancel_.hold_back(true);
  in_leaf_ = false;
  results_.reset();
}

bool RunKeeper::keep() {
  return try_write(/*must=*/true);
}

void RunKeeper::bring_back() {
  CheckpointFile(folder_.file_of(next_ - 1)).read_state(state_, for_each_);
}

void RunKeeper::stop() {
  cancel_.hold_back(true);  // what is to be kept is kept whole
  stopped_ = try_write(/*must=*/true);
}

Error RunKeeper::farewell() const {
  return {ErrorCode::cancelled,
          stopped_ ? "cancelled, after a last checkpoint" : "cancelled; the last checkpoint is from before",
          fmt::format("go on by basalt resume {}", folder_.path())};
}

std::optional<TreePosition> RunKeeper::load() {
  std::string last;
  for (const std::uint64_t generation : folder_.generations()) {
    try {
      CheckpointFile file(folder_.file_of(generation));
      const KeptJson document = read_kept(file.document());
      if (!document.contains("position")) {
        job_.report.notes.emplace_back("no checkpoint had been written: the run begins anew");
        return std::nullopt;
      }
      return read(generation, document, file);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::io) {
        throw;
      }
      last = error.message();
    } catch (const KeptJson::exception& error) {
      last = fmt::format("the checkpoint '{}' cannot be used: {}", folder_.file_of(generation), error.what());
    }
    job_.report.notes.push_back(last + "; the one before is used");
  }
  throw Error(ErrorCode::io, fmt::format("no checkpoint in '{}' can be used; {}", folder_.path(), last),
              "run the program anew, with another folder");
}

TreePosition RunKeeper::read(std::uint64_t generation, const KeptJson& document, CheckpointFile& file) {
  if (file.header().type != job_.type() || file.header().axes != job_.qubits()) {
    throw Error(ErrorCode::io, "the checkpoint is of a state of another size");
  }
  TreePosition position = position_of(document.at("position"), job_.script);
  file.read_state(state_, for_each_);
  job_.results->restore(document.at("results"));
  job_.report.checkpoints->resumed_from = generation;
  std::string where = fmt::format("went on from checkpoint {}", generation);
  if (!position.steps_done.empty()) {
    where += fmt::format(", after {} of {} steps", std::ranges::count(position.steps_done, true),
                         position.steps_done.size());
  }
  job_.report.notes.push_back(std::move(where));
  return position;
}

void RunKeeper::finish(const Report& report) {
  try {
    std::ostringstream text;
    write_json(text, report);
    AtomicFile file(folder_.result_file());
    const std::string document = std::move(text).str() + '\n';
    file.write(document.data(), document.size());
    file.commit();
    folder_.sync();
    folder_.keep_latest(0);
  } catch (const Error& error) {
    job_.report.notes.push_back(fmt::format("the result was not kept with the checkpoints: {}", error.message()));
  }
}

}  // namespace basalt
