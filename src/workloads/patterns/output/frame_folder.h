// The folder of a run: its frames in every format that is asked for, and the TOML file that makes the same run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "basalt/pattern.h"
#include "workloads/patterns/output/frame.h"
#include "workloads/patterns/output/render.h"
#include "workloads/patterns/output/video.h"
#include "workloads/patterns/output/write_hdf5.h"

namespace basalt::patterns {

struct FrameFormats {
  bool png = true;
  bool npy = false;
  bool vti = false;
  bool hdf5 = false;  ///< With frames.xdmf over all of them.
  bool mp4 = false;   ///< Also in video.mp4.
  PictureOptions picture{};
};

/// What suits a model: the modulus of a complex one, a diverging map of one species that has both signs, else the first
/// species in the usual map.
PictureOptions usual_picture(const PatternModel& model);

/// What a folder holds of a run so far.
struct WrittenFrames {
  std::vector<std::string> files;  ///< In order; each once.
  std::vector<SeriesFrame> series;
};

class FrameFolder {
 public:
  /// Makes the folder with those above it, and writes run.toml. Throws Error(io).
  FrameFolder(const PatternRequest& request, FrameFormats formats);

  /// Writes frame_STEP.png and so on. Throws Error(io): what was written before stays, and frames.xdmf names it.
  void write(const FrameView& frame);

  /// After the last frame: gives the video its name. Throws Error(io).
  void finish();

  /// A video was asked for, and there is no ffmpeg that makes one.
  [[nodiscard]] bool lacks_video() const noexcept { return formats_.mp4 && pictures_ > 0 && video_ == nullptr; }

  [[nodiscard]] const WrittenFrames& written() const noexcept { return written_; }
  /// Another process began the folder; frames that it wrote later are written over. Not of a video.
  void go_on(WrittenFrames written) { written_ = std::move(written); }

 private:
  [[nodiscard]] std::string path_of(const std::string& name) const;
  void add_to_video(const Image& image);
  void write_series(const FrameView& frame, const std::string& name);

  std::string folder_;
  int digits_;
  FrameFormats formats_;
  std::unique_ptr<Video> video_;
  std::uint64_t pictures_ = 0;  ///< That went into the video.
  WrittenFrames written_;
};

}  // namespace basalt::patterns
