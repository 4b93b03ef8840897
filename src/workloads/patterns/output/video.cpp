#include "workloads/patterns/output/video.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "basalt/error.h"

namespace basalt::patterns {
namespace {

std::vector<std::string> arguments_of(const std::string& aside, const VideoShape& shape) {
  return {"ffmpeg", "-nostdin", "-loglevel", "quiet", "-y",
          // what comes in
          "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", fmt::format("{}x{}", shape.width, shape.height), "-r",
          std::to_string(shape.frames_per_second), "-i", "pipe:0",
          // players want even sizes and halved colours
          "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-crf", "16", "-pix_fmt", "yuv420p", "-f", "mp4",
          "file:" + aside};
}

/// Starts ffmpeg in a process group of its own, for a Ctrl-C is not meant for it; 0 where there is none.
pid_t spawn(std::vector<std::string> arguments, int input, const std::string& path) {
  posix_spawn_file_actions_t files{};
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_t attributes{};
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) {
    pointers.push_back(argument.data());
  }
  pointers.push_back(nullptr);
  pid_t process = 0;
  const int error = posix_spawnp(&process, pointers[0], &files, &attributes, pointers.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0 && error != ENOENT) {
    throw Error(ErrorCode::io, fmt::format("cannot start ffmpeg for '{}': {}", path, std::strerror(error)));
  }
  return error == 0 ? process : 0;
}

}  // namespace

std::unique_ptr<Video> Video::start(const std::string& path, const VideoShape& shape) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw Error(ErrorCode::io, fmt::format("cannot start ffmpeg for '{}': {}", path, std::strerror(errno)));
  }
  const std::string aside = path + ".part";
  // From here on closed whatever happens.
  std::unique_ptr<Video> video(new Video(path, aside, ends[0], 0));
  try {
    video->process_ = spawn(arguments_of(aside, shape), ends[1], path);
  } catch (...) {
    ::close(ends[1]);
    throw;
  }
  ::close(ends[1]);
  return video->process_ != 0 ? std::move(video) : nullptr;
}

Video::Video(std::string path, std::string aside, int input, pid_t process)
    : path_(std::move(path)), aside_(std::move(aside)), input_(input), process_(process) {}

Video::~Video() {
  if (input_ >= 0) {
    ::close(input_);
  }
  if (process_ != 0) {
    ::kill(process_, SIGKILL);
    wait();
  }
  if (!aside_.empty()) {
    ::unlink(aside_.c_str());
  }
}

int Video::wait() {
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = 0;
  return status;
}

void Video::fail(const std::string& what) const {
  throw Error(ErrorCode::io, fmt::format("cannot write the video '{}': {}", path_, what),
              "look for space on the disk, and whether this ffmpeg has libx264; the frames are as they were");
}

void Video::add(const Image& image) {
  const auto* next = image.rgb.data();
  std::size_t left = image.rgb.size();
  while (left > 0) {
    const ssize_t sent = ::send(input_, next, left, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) {
      continue;
    }
    if (sent < 0) {
      fail("ffmpeg takes no more frames");
    }
    next += sent;
    left -= static_cast<std::size_t>(sent);
  }
}

void Video::finish() {
  ::close(std::exchange(input_, -1));
  const int status = wait();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fail(WIFEXITED(status) ? fmt::format("ffmpeg ended with {}", WEXITSTATUS(status)) : "ffmpeg was killed");
  }
  if (std::rename(aside_.c_str(), path_.c_str()) != 0) {
    fail(std::strerror(errno));
  }
  aside_.clear();
}

}  // namespace basalt::patterns
