// Frames as a video, by the program ffmpeg where it is installed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "workloads/patterns/output/render.h"

namespace basalt::patterns {

struct VideoShape {
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  int frames_per_second = 25;
};

/// An MP4 file of H.264, written beside its name until it is finished.
class Video {
 public:
  /// Nothing where there is no ffmpeg on the PATH. Throws Error(io) where it cannot be started.
  static std::unique_ptr<Video> start(const std::string& path, const VideoShape& shape);

  /// Ends ffmpeg and removes what it wrote, unless the video was finished.
  ~Video();
  Video(const Video&) = delete;
  Video& operator=(const Video&) = delete;

  /// The next frame, of the video's shape. Throws Error(io) where ffmpeg has given up.
  void add(const Image& image);

  /// Waits for ffmpeg and gives the file its name. Throws Error(io).
  void finish();

 private:
  Video(std::string path, std::string aside, int input, pid_t process);
  /// The exit status of ffmpeg, once it has ended.
  int wait();
  [[noreturn]] void fail(const std::string& what) const;

  std::string path_;
  std::string aside_;  ///< Empty once it has its name.
  int input_;          ///< A socket that is ffmpeg's standard input: writing to one raises no SIGPIPE.
  pid_t process_;      ///< 0 once it was waited for.
};

}  // namespace basalt::patterns
