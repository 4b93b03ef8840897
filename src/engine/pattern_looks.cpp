#include "engine/pattern_looks.h"

#include <algorithm>
#include <utility>

#include "base/stopwatch.h"

namespace basalt {
namespace {

using patterns::Domain;
using patterns::Grid;
using patterns::Model;

bool writes(const PatternRequest& request, FrameFormat format) {
  return !request.output.empty() &&
         std::find(request.formats.begin(), request.formats.end(), format) != request.formats.end();
}

/// What a frame takes while it is written: pictures and HDF5 files are put together in memory.
std::uint64_t frame_bytes(const PatternRequest& request, const Model& model, const Domain& domain) {
  const Grid& grid = domain.grid;
  const bool pictures = writes(request, FrameFormat::png) || writes(request, FrameFormat::mp4);
  const std::uint64_t picture = pictures ? 3 * grid.size[0] * grid.size[1] : 0;
  const std::uint64_t arrays = writes(request, FrameFormat::hdf5)
                                   ? grid.cells() * model.species() * patterns::scalar_bytes(domain.precision)
                                   : 0;
  return std::max(picture, arrays);
}

KeptJson kept_sample(const patterns::Watch::Sample& sample) {
  return {{"cells", sample.cells}, {"mean", sample.mean}};
}

patterns::Watch::Sample sample_of(const KeptJson& kept) {
  return {.cells = kept.at("cells").get<std::vector<double>>(), .mean = kept.at("mean").get<double>()};
}

}  // namespace

std::uint64_t looking_bytes(const PatternRequest& request, const Model& model, const Domain& domain) {
  return (request.statistics ? patterns::watch_bytes(domain.grid) : 0) + frame_bytes(request, model, domain);
}

patterns::FrameView view_of(const PatternJob& job, PatternPlace& place, std::uint64_t step) {
  return {.grid = job.domain.grid,
          .species = job.model.description().species,
          .precision = job.domain.precision,
          .read_row = [&place](std::size_t species, std::uint64_t y, std::uint64_t z,
                               void* row) { place.read_row(species, y, z, row); },
          .step = step,
          .time = job.scheme.step * static_cast<double>(step)};
}

PatternLooks::PatternLooks(const PatternJob& job) : job_(job) {
  const PatternRequest& request = job.request;
  if (!request.output.empty()) {
    folder_.emplace(request, patterns::FrameFormats{.png = writes(request, FrameFormat::png),
                                                    .npy = writes(request, FrameFormat::npy),
                                                    .vti = writes(request, FrameFormat::vti),
                                                    .hdf5 = writes(request, FrameFormat::hdf5),
                                                    .mp4 = writes(request, FrameFormat::mp4),
                                                    .picture = patterns::usual_picture(job.model.description())});
  }
  if (request.statistics) {
    watch_.emplace(request, job.model);
  }
}

bool PatternLooks::is_frame_due(std::uint64_t step) const noexcept {
  const std::uint64_t every = job_.request.every;
  return folder_ && ((step == job_.request.steps && step > 0) || (every > 0 && step % every == 0));
}

std::uint64_t PatternLooks::next_due(std::uint64_t step) const {
  const std::uint64_t every = job_.request.every;
  const std::uint64_t last = job_.request.steps;
  const std::uint64_t frame = folder_ && every > 0 ? std::min((step / every + 1) * every, last) : last;
  return watch_ ? std::min(frame, watch_->next_due(step)) : frame;
}

void PatternLooks::look(PatternPlace& place, std::uint64_t step) {
  const Stopwatch stopwatch;
  if (is_frame_due(step)) {
    folder_->write(view_of(job_, place, step));
  }
  if (watch_ && watch_->is_due(step)) {
    watch_->look(view_of(job_, place, step));
  }
  seconds_ += stopwatch.seconds();
}

void PatternLooks::finish(PatternReport& report) {
  if (!folder_) {
    return;
  }
  const Stopwatch stopwatch;
  folder_->finish();
  seconds_ += stopwatch.seconds();
  report.files = folder_->written().files;
  if (folder_->lacks_video()) {
    report.notes.emplace_back("there is no ffmpeg on the PATH: the frames became no video");
  }
}

void PatternLooks::measure(PatternPlace& place, PatternReport& report, MemoryResource& memory,
                           const Arena& arena) const {
  if (watch_) {
    report.statistics =
        watch_->measure(view_of(job_, place, job_.request.steps), report.species, memory, arena, job_.cancel);
  }
}

KeptJson PatternLooks::keep() const {
  KeptJson kept = KeptJson::object();
  if (folder_) {
    KeptJson series = KeptJson::array();
    for (const patterns::SeriesFrame& frame : folder_->written().series) {
      series.push_back({{"file", frame.file}, {"time", frame.time}});
    }
    kept["written"] = {{"files", folder_->written().files}, {"series", std::move(series)}};
  }
  if (watch_) {
    const patterns::Watch::Seen& seen = watch_->seen();
    kept["seen"] = {{"first_means", seen.first_means},
                    {"first_energy", seen.first_energy ? KeptJson(*seen.first_energy) : KeptJson()},
                    {"means", seen.means},
                    {"last", kept_sample(seen.last)},
                    {"before_last", kept_sample(seen.before_last)}};
  }
  return kept;
}

void PatternLooks::restore(const KeptJson& kept) {
  if (folder_) {
    patterns::WrittenFrames written{.files = kept.at("written").at("files").get<std::vector<std::string>>(),
                                    .series = {}};
    for (const KeptJson& frame : kept.at("written").at("series")) {
      written.series.push_back({.file = frame.at("file"), .time = frame.at("time").get<double>()});
    }
    folder_->go_on(std::move(written));
  }
  if (watch_) {
    const KeptJson& seen = kept.at("seen");
    const KeptJson& energy = seen.at("first_energy");
    patterns::Watch::Seen restored{
        .first_means = seen.at("first_means").get<std::vector<double>>(),
        .first_energy = energy.is_null() ? std::nullopt : std::optional(energy.get<double>()),
        .means = seen.at("means").get<std::vector<double>>(),
        .last = sample_of(seen.at("last")),
        .before_last = sample_of(seen.at("before_last"))};
    if (restored.first_means.size() != job_.model.species() || restored.means.empty()) {
      refuse_kept();
    }
    watch_->go_on(std::move(restored));
  }
}

}  // namespace basalt
