#include "workloads/patterns/output/frame_folder.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "basalt/error.h"
#include "basalt/pattern_file.h"
#include "base/atomic_file.h"
#include "workloads/patterns/output/png.h"
#include "workloads/patterns/output/write_npy.h"
#include "workloads/patterns/output/write_vti.h"

namespace basalt::patterns {

PictureOptions usual_picture(const PatternModel& model) {
  PictureOptions picture;
  if (model.species.front() == "re") {
    picture.shown = Shown::modulus;
  } else if (model.species.size() == 1) {
    picture.map = "rift";
  }
  return picture;
}

FrameFolder::FrameFolder(const PatternRequest& request, FrameFormats formats)
    : folder_(request.output),
      digits_(static_cast<int>(std::to_string(request.steps).size())),
      formats_(std::move(formats)) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) {
    throw Error(ErrorCode::io, fmt::format("cannot make the folder '{}': {}", folder_, error.message()),
                "give another --output, or make room for it");
  }
  const std::string text = write_pattern_toml(request);
  AtomicFile file(path_of("run.toml"));
  file.write(text.data(), text.size());
  file.commit();
  written_.files.push_back(path_of("run.toml"));
}

std::string FrameFolder::path_of(const std::string& name) const {
  return (std::filesystem::path(folder_) / name).string();
}

void FrameFolder::write(const FrameView& frame) {
  const std::string name = fmt::format("frame_{:0{}}", frame.step, digits_);
  const auto write_as = [&](bool asked, const char* suffix, auto action) {
    if (asked) {
      const std::string path = path_of(name + suffix);
      action(path);
      written_.files.push_back(path);
    }
  };
  if (formats_.png || formats_.mp4) {
    const Image image = render_frame(frame, formats_.picture);
    write_as(formats_.png, ".png", [&](const std::string& path) { write_png(path, image); });
    if (formats_.mp4) {
      add_to_video(image);
    }
  }
  write_as(formats_.npy, ".npy", [&](const std::string& path) { write_npy(path, frame); });
  write_as(formats_.vti, ".vti", [&](const std::string& path) { write_vti(path, frame); });
  write_as(formats_.hdf5, ".h5", [&](const std::string& path) { write_hdf5(path, frame); });
  if (formats_.hdf5) {
    write_series(frame, name + ".h5");
  }
}

void FrameFolder::add_to_video(const Image& image) {
  if (pictures_ == 0) {
    video_ = Video::start(path_of("video.mp4"), {.width = image.width, .height = image.height});
  }
  ++pictures_;
  if (video_) {
    video_->add(image);
  }
}

void FrameFolder::finish() {
  if (video_) {
    video_->finish();
    written_.files.push_back(path_of("video.mp4"));
  }
}

void FrameFolder::write_series(const FrameView& frame, const std::string& name) {
  written_.series.push_back({.file = name, .time = frame.time});
  write_xdmf(path_of("frames.xdmf"),
             {.grid = frame.grid, .species = frame.species, .precision = frame.precision, .frames = written_.series});
  if (written_.series.size() == 1) {
    written_.files.push_back(path_of("frames.xdmf"));
  }
}

}  // namespace basalt::patterns
