#include "engine/run_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "basalt/json.h"
#include "basalt/version.h"

namespace basalt {
namespace {

CheckpointSeries open_series(Job& job) {
  if (job.request.prepared) {
    throw Error(ErrorCode::bad_usage, "a program that was prepared is run, and a checkpoint wants its text",
                "give the request its source");
  }
  return {job.request.checkpoint, job.report.checkpoints.emplace(), job.report.notes};
}

}  // namespace

RunKeeper::RunKeeper(Job& job) : job_(job), series_(open_series(job)), cancel_(&job.cancel) {
  cancel_.hold_back(true);
  if (series_.is_new()) {
    expect_room();
    series_.write_first({{"version", BASALT_VERSION}, {"request", to_kept(asked_for())}});
  }
}

std::uint64_t RunKeeper::state_bytes() const {
  return element_bytes(job_.type()) << job_.qubits();
}

/// A state that is worked on on the same disk takes its room there before the first checkpoint does.
void RunKeeper::expect_room() const {
  std::uint64_t needed = 2 * checkpoint_bytes(state_bytes());
  std::string what = "two checkpoints";
  if (job_.disk && series_.folder().shares_disk_with(job_.report.ladder->disk->folder)) {
    needed += job_.report.ladder->disk->state_bytes;
    what = "the state and two checkpoints";
  }
  series_.expect_room(needed, fmt::format("{} of {} qubits", what, job_.qubits()));
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

bool RunKeeper::write(bool must) {
  const std::optional<TreePosition> position = tree_ != nullptr ? tree_->position() : std::nullopt;
  if (!position || (in_leaf_ && !results_)) {
    return false;
  }
  const bool has_state = position->kind != TreePosition::Kind::between_leaves;
  if (has_state && !series_.has_whole_state()) {
    return false;
  }
  const KeptJson document = {{"version", BASALT_VERSION},
                             {"request", to_kept(asked_for())},
                             {"position", to_kept(*position)},
                             {"results", in_leaf_ ? *results_ : job_.results->keep()}};
  return series_.write(document, has_state ? state_bytes() : 0, must);
}

void RunKeeper::at_boundary() {
  job_.cancel.check();
  if (series_.is_due()) {
    write(/*must=*/false);
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

void RunKeeper::stop() {
  cancel_.hold_back(true);  // what is to be kept is kept whole
  stopped_ = write(/*must=*/true);
}

std::optional<TreePosition> RunKeeper::load() {
  std::optional<TreePosition> position;
  series_.read_latest([&](std::uint64_t number, CheckpointFile& file, const KeptJson& document) {
    if (document.contains("position")) {
      position = read(number, document, file);
    } else {
      job_.report.notes.emplace_back("no checkpoint had been written: the run begins anew");
    }
  });
  return position;
}

TreePosition RunKeeper::read(std::uint64_t number, const KeptJson& document, CheckpointFile& file) {
  if (file.state_bytes() != 0 && file.state_bytes() != state_bytes()) {
    throw Error(ErrorCode::io, "the checkpoint is of a state of another size");
  }
  TreePosition position = position_of(document.at("position"), job_.script);
  series_.read_state(file);
  job_.results->restore(document.at("results"));
  job_.report.checkpoints->resumed_from = number;
  std::string where = fmt::format("went on from checkpoint {}", number);
  if (!position.steps_done.empty()) {
    where += fmt::format(", after {} of {} steps", std::ranges::count(position.steps_done, true),
                         position.steps_done.size());
  }
  job_.report.notes.push_back(std::move(where));
  return position;
}

void RunKeeper::finish(const Report& report) {
  std::ostringstream text;
  write_json(text, report);
  series_.finish(std::move(text).str());
}

}  // namespace basalt
