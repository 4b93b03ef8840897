#include "engine/ask_apart.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <optional>

#include "basalt/driver_calls.h"
#include "base/stopwatch.h"

namespace basalt {
namespace {

// Exit status of the copy.
constexpr int kAnswered = 0;
constexpr int kThrew = 1;

void write_all(int file, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = write(file, text.data() + done, text.size() - done);
    if (written < 0 && errno != EINTR) {
      return;
    }
    done += static_cast<std::size_t>(std::max<ssize_t>(written, 0));
  }
}

[[noreturn]] void answer(const std::function<std::string()>& ask, int output, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) {
    _exit(kThrew);
  }
  const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &no_core);
  if (const int nowhere = open("/dev/null", O_RDWR); nowhere >= 0) {
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
  }
  count_driver_calls(nullptr);  // the time of this copy is limited by itself
  int status = kAnswered;
  std::string text;
  try {
    text = ask();
  } catch (const std::exception& error) {
    status = kThrew;
    text = error.what();
  }
  write_all(output, text);
  _exit(status);  // no destructors: they belong to the process that was copied
}

/// Up to the end, or until the time is over.
std::optional<std::string> read_all(int file, double most_seconds) {
  const Stopwatch watch;
  std::string text;
  std::array<char, 4096> part{};
  while (true) {
    const double left = most_seconds - watch.seconds();
    pollfd waiting{.fd = file, .events = POLLIN, .revents = 0};
    const int ready = left > 0 ? poll(&waiting, 1, static_cast<int>(left * 1e3) + 1) : 0;
    if (ready == 0) {
      return std::nullopt;
    }
    const ssize_t got = ready > 0 ? read(file, part.data(), part.size()) : -1;
    if (got < 0 && errno != EINTR) {
      return std::nullopt;
    }
    if (got == 0) {
      return text;
    }
    text.append(part.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }
}

/// Empty for an answer.
std::string failure_of(int status, const std::string& text) {
  if (WIFSIGNALED(status)) {
    const char* const name = sigabbrev_np(WTERMSIG(status));
    return fmt::format("it crashed (SIG{})", name == nullptr ? std::to_string(WTERMSIG(status)) : name);
  }
  if (WEXITSTATUS(status) == kThrew) {
    return text;
  }
  return WEXITSTATUS(status) == kAnswered ? "" : fmt::format("it ended with status {}", WEXITSTATUS(status));
}

}  // namespace

Answer ask_apart(const std::function<std::string()>& ask, double most_seconds) {
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) {
    return {.text = {}, .failure = fmt::format("there is no pipe to ask through: {}", std::strerror(errno))};
  }
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) {
    close(pipe_ends[0]);
    answer(ask, pipe_ends[1], parent);
  }
  close(pipe_ends[1]);
  Answer result;
  if (child < 0) {
    result.failure = fmt::format("there is no process to ask in: {}", std::strerror(errno));
  } else {
    const std::optional<std::string> text = read_all(pipe_ends[0], most_seconds);
    if (!text) {
      kill(child, SIGKILL);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    result.failure = text ? failure_of(status, *text) : fmt::format("no answer within {} s", most_seconds);
    result.text = result.failure.empty() ? *text : "";
  }
  close(pipe_ends[0]);
  return result;
}

}  // namespace basalt
