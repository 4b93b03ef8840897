#include "engine/pattern_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "basalt/json.h"
#include "basalt/pattern_file.h"
#include "basalt/version.h"
#include "engine/state_access.h"
#include "runtime/memory/checksum.h"

namespace basalt {
namespace {

std::uint64_t row_bytes_of(const PatternJob& job) {
  return job.domain.grid.size[0] * patterns::scalar_bytes(job.domain.precision);
}

std::uint64_t state_bytes_of(const PatternJob& job) {
  return row_bytes_of(job) * job.domain.grid.rows() * job.model.species();
}

CheckpointSeries open_series(PatternJob& job) {
  const std::vector<FrameFormat>& formats = job.request.formats;
  if (!job.request.output.empty() && std::ranges::find(formats, FrameFormat::mp4) != formats.end()) {
    throw Error(ErrorCode::bad_usage, "a video that ends with its process cannot be gone on with",
                "leave mp4 out of --format, and make the video of the frames, or leave --checkpoint out");
  }
  return {job.request.checkpoint, job.report.checkpoints.emplace(), job.report.notes};
}

std::string absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).string();
}

/// Of the values that vary in space, which stand in files of their own.
std::uint64_t checksum_of(const std::vector<patterns::VaryingParameter>& varying, const patterns::Grid& grid) {
  std::vector<double> row(grid.size[0]);
  std::vector<std::uint64_t> sums;
  for (const patterns::VaryingParameter& parameter : varying) {
    for (std::uint64_t i = 0; i < grid.rows(); ++i) {
      parameter.read_row(i % grid.size[1], i / grid.size[1], row.data());
      sums.push_back(checksum(std::as_bytes(std::span(row))));
    }
  }
  return checksum(std::as_bytes(std::span(sums)));
}

KeptJson to_kept(const AdaptiveSteps& steps) {
  return {{"accepted", steps.accepted},
          {"rejected", steps.rejected},
          {"shortest", steps.shortest},
          {"longest", steps.longest},
          {"next", steps.next}};
}

AdaptiveSteps adaptive_of(const KeptJson& kept, double tolerance) {
  AdaptiveSteps steps{.tolerance = tolerance,
                      .accepted = whole<std::uint64_t>(kept.at("accepted")),
                      .rejected = whole<std::uint64_t>(kept.at("rejected")),
                      .shortest = kept.at("shortest").get<double>(),
                      .longest = kept.at("longest").get<double>(),
                      .next = kept.at("next").get<double>()};
  if (!(steps.next > 0)) {
    refuse_kept();
  }
  return steps;
}

}  // namespace

std::uint64_t keeping_window_bytes(const PatternJob& job) {
  return job.request.checkpoint.folder.empty() ? 0 : most_window_bytes(state_bytes_of(job));
}

std::uint64_t keeping_bytes(const PatternJob& job) {
  return 2 * keeping_window_bytes(job);  // as much again for what is compressed
}

PatternKeeper::PatternKeeper(PatternJob& job)
    : job_(job),
      series_(open_series(job)),
      row_bytes_(row_bytes_of(job)),
      state_bytes_(state_bytes_of(job)),
      varying_(checksum_of(job.varying, job.domain.grid)) {
  if (series_.is_new()) {
    series_.expect_room(2 * checkpoint_bytes(state_bytes_),
                        fmt::format("two checkpoints of {} cells", job.domain.grid.cells()));
    series_.write_first(asked_for());
  }
}

/// With everything in it that was left to the run to find out.
KeptJson PatternKeeper::asked_for() const {
  PatternRequest request = job_.request;
  request.step = job_.scheme.step;
  request.spacing = job_.domain.grid.spacing;
  request.backend = job_.device ? Backend::vulkan : Backend::cpu;
  request.device = job_.device_name;
  request.output = absolute(request.output);
  request.initial.file = absolute(request.initial.file);
  for (auto& [name, map] : request.maps) {
    map.file = absolute(map.file);
  }
  const auto value_or_null = [](const auto& value) { return value ? KeptJson(*value) : KeptJson(); };
  return {{"version", BASALT_VERSION},
          {"pattern", write_pattern_toml(request)},
          {"steps_per_visit", value_or_null(request.steps_per_visit)},
          {"every_seconds", value_or_null(request.checkpoint.every_seconds)},
          {"varying", varying_}};
}

std::uint64_t PatternKeeper::begin(PatternPlace& place, PatternLooks& looks, Buffer& window, const Arena& arena) {
  place_ = &place;
  looks_ = &looks;
  row_.resize(row_bytes_);
  series_.attach(access_to_cells(window),
                 [&arena, this](std::uint64_t count, const auto& body) { arena.for_each(count, job_.cancel, body); });
  job_.cancel.hold_back(true);
  seconds_before_ = job_.report.checkpoints->seconds;
  std::uint64_t step = 0;
  if (job_.request.checkpoint.resume) {
    series_.read_latest([&](std::uint64_t number, CheckpointFile& file, const KeptJson& document) {
      if (document.contains("step")) {
        step = read(number, file, document);
      } else {
        job_.report.notes.emplace_back("no checkpoint had been written: the run begins anew");
      }
    });
  }
  return step;
}

/// Cells in order, x fastest, one species after the other.
StateAccess PatternKeeper::access_to_cells(Buffer& window) {
  const patterns::Grid& grid = job_.domain.grid;
  const auto download = [&grid, this](std::uint64_t first, std::span<std::byte> to) {
    while (!to.empty()) {
      const std::uint64_t row = first / row_bytes_;
      const std::uint64_t within = first % row_bytes_;
      const std::uint64_t count = std::min<std::uint64_t>(row_bytes_ - within, to.size());
      const std::uint64_t place = row % grid.rows();
      place_->read_row(row / grid.rows(), place % grid.size[1], place / grid.size[1], row_.data());
      std::memcpy(to.data(), row_.data() + within, count);
      to = to.subspan(count);
      first += count;
    }
  };
  return access_through(
      window, {.download = download,
               .upload = [this](std::uint64_t first, std::span<const std::byte> from) { put_cells(first, from); }});
}

/// What comes in order, but not in whole rows.
void PatternKeeper::put_cells(std::uint64_t first, std::span<const std::byte> bytes) {
  const std::uint64_t rows = job_.domain.grid.rows();
  while (!bytes.empty()) {
    const std::uint64_t row = first / row_bytes_;
    const std::uint64_t within = first % row_bytes_;
    const std::uint64_t at_once = std::min(bytes.size() / row_bytes_, rows - row % rows);
    std::uint64_t count = at_once * row_bytes_;
    if (within == 0 && at_once > 0) {
      place_->write_rows(row / rows, row % rows, bytes.first(count));
    } else {
      count = std::min<std::uint64_t>(row_bytes_ - within, bytes.size());
      std::memcpy(row_.data() + within, bytes.data(), count);
      if (within + count == row_bytes_) {
        place_->write_rows(row / rows, row % rows, row_);
      }
    }
    bytes = bytes.subspan(count);
    first += count;
  }
}

std::uint64_t PatternKeeper::read(std::uint64_t number, CheckpointFile& file, const KeptJson& document) {
  if (file.state_bytes() != state_bytes_) {
    throw Error(ErrorCode::io, "the checkpoint is of a state of another size");
  }
  if (whole<std::uint64_t>(document.at("varying")) != varying_) {
    throw Error(ErrorCode::bad_input, "the parameters that vary are others than when the run began",
                "bring the files of its maps back, or run it anew, with another folder");
  }
  const auto step = whole<std::uint64_t>(document.at("step"));
  if (step == 0 || step > job_.request.steps) {
    refuse_kept();
  }
  if (place_->adaptive() != nullptr) {
    place_->go_on(adaptive_of(document.at("adaptive"), job_.scheme.tolerance));
  }
  looks_->restore(document.at("looks"));
  series_.read_state(file);
  job_.report.checkpoints->resumed_from = number;
  job_.report.notes.push_back(
      fmt::format("went on from checkpoint {}, after {} of {} steps", number, step, job_.request.steps));
  return step;
}

bool PatternKeeper::write(std::uint64_t step, bool must) {
  KeptJson document = asked_for();
  document["step"] = step;
  document["looks"] = looks_->keep();
  if (const AdaptiveSteps* const adaptive = place_->adaptive()) {
    document["adaptive"] = to_kept(*adaptive);
  }
  return series_.write(document, state_bytes_, must);
}

void PatternKeeper::at_boundary(std::uint64_t step) {
  if (job_.stop.requested()) {
    stopped_ = write(step, /*must=*/true);
    job_.stop.check();
  }
  if (series_.is_due() && step < job_.request.steps) {
    write(step, /*must=*/false);
  }
}

double PatternKeeper::end() {
  job_.cancel.hold_back(false);
  return job_.report.checkpoints->seconds - seconds_before_;
}

void PatternKeeper::finish(const PatternReport& report) {
  series_.finish(json_of(report));
}

}  // namespace basalt
