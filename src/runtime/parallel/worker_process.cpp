#include "runtime/parallel/worker_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include "basalt/error.h"

namespace basalt {
namespace {

constexpr std::size_t kTailBytes = 4096;
constexpr std::size_t kLastWordsBytes = 400;

std::string reason_of(int error) {
  return std::generic_category().message(error);
}

[[noreturn]] void refuse(const std::string& what, int error) {
  throw Error(ErrorCode::out_of_resources, "cannot start a worker: " + what + ": " + reason_of(error),
              "use fewer workers, or raise the limits on processes and open files");
}

/// A descriptor that is none of those which a worker gets: else giving it one would close another.
FileDescriptor move_up(FileDescriptor low) {
  FileDescriptor high(fcntl(low.get(), F_DUPFD_CLOEXEC, kWorkerSocket + 1));
  if (!high.valid()) {
    refuse("fcntl", errno);
  }
  return high;
}

struct Pair {
  FileDescriptor ours;
  FileDescriptor workers;
};

Pair open_socket() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    refuse("socketpair", errno);
  }
  Pair pair{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
  pair.workers = move_up(std::move(pair.workers));
  return pair;
}

Pair open_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    refuse("pipe", errno);
  }
  Pair pair{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
  pair.workers = move_up(std::move(pair.workers));
  fcntl(pair.ours.get(), F_SETFL, O_NONBLOCK);
  return pair;
}

/// What posix_spawn is to do in the child before exec.
struct ChildSetup {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};

  ChildSetup(int socket, int output) {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&files, socket, kWorkerSocket);
    posix_spawn_file_actions_addclosefrom_np(&files, kWorkerSocket + 1);
    // The thread that starts workers blocks signals, and a program may ignore some: workers start afresh.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~ChildSetup() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  ChildSetup(const ChildSetup&) = delete;
  ChildSetup& operator=(const ChildSetup&) = delete;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const std::string& text : texts) {
    result.push_back(const_cast<char*>(text.c_str()));  // posix_spawn changes nothing
  }
  result.push_back(nullptr);
  return result;
}

struct PagesOfProcess {
  std::uint64_t resident = 0;
  std::uint64_t data = 0;  ///< Private and writable, resident or not: what RLIMIT_DATA counts.
};

PagesOfProcess read_pages(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  PagesOfProcess result;
  std::uint64_t size = 0;
  std::uint64_t shared = 0;
  std::uint64_t text = 0;
  std::uint64_t unused = 0;
  file >> size >> result.resident >> shared >> text >> unused >> result.data;
  return result;
}

std::uint64_t page_bytes() {
  return static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

WorkerProcess::WorkerProcess(const LaunchPlan& plan) {
  Pair socket = open_socket();
  Pair output = open_pipe();
  const ChildSetup setup(socket.workers.get(), output.workers.get());
  const int error = posix_spawn(&pid_, plan.program().c_str(), &setup.files, &setup.attributes,
                                pointers(plan.arguments()).data(), pointers(plan.environment()).data());
  if (error == EAGAIN || error == ENOMEM) {
    refuse(plan.program(), error);
  }
  if (error != 0) {
    throw Error(ErrorCode::io, "cannot start a worker: " + plan.program() + ": " + reason_of(error));
  }
  socket_ = std::move(socket.ours);
  output_ = std::move(output.ours);
}

WorkerProcess::~WorkerProcess() {
  kill();
  while (!status_ && waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void WorkerProcess::kill() noexcept {
  if (!status_) {
    ::kill(pid_, SIGKILL);
  }
}

bool WorkerProcess::reap() noexcept {
  if (!status_) {
    int status = 0;
    const pid_t got = waitpid(pid_, &status, WNOHANG);
    if (got == pid_) {
      status_ = status;
    } else if (got < 0 && errno == ECHILD) {
      status_ = 0;  // the program ignores SIGCHLD: the system has reaped it without telling how it ended
    }
  }
  return status_.has_value();
}

std::string WorkerProcess::describe_end() const {
  const int status = status_.value_or(0);
  if (!WIFSIGNALED(status)) {
    return "exited with status " + std::to_string(WEXITSTATUS(status));
  }
  const int signal = WTERMSIG(status);
  const char* name = sigdescr_np(signal);
  return "killed by signal " + std::to_string(signal) + (name == nullptr ? "" : " (" + std::string(name) + ')');
}

void WorkerProcess::read_output() {
  std::array<char, kTailBytes> piece;
  // Bounded: one that prints without end must not keep the others waiting.
  for (int round = 0; round < 16 && output_.valid(); ++round) {
    const ssize_t got = read(output_.get(), piece.data(), piece.size());
    if (got > 0) {
      tail_.append(piece.data(), static_cast<std::size_t>(got));
      if (tail_.size() > kTailBytes) {
        tail_.erase(0, tail_.size() - kTailBytes);
      }
    } else if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
      return;
    } else {
      output_.reset();
    }
  }
}

std::string WorkerProcess::last_words() const {
  std::string words = tail_;
  while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) {
    words.pop_back();
  }
  if (words.size() > kLastWordsBytes) {
    const std::size_t line = words.find('\n', words.size() - kLastWordsBytes);
    words.erase(0, line == std::string::npos ? words.size() - kLastWordsBytes : line + 1);
  }
  return words;
}

std::uint64_t WorkerProcess::resident_bytes() const {
  return status_ ? 0 : read_pages(pid_).resident * page_bytes();
}

void WorkerProcess::limit_growth(std::uint64_t bytes) const noexcept {
  const std::uint64_t held = read_pages(pid_).data * page_bytes();
  const rlim_t limit = held + std::min(bytes, RLIM_INFINITY - held);
  const rlimit both{.rlim_cur = limit, .rlim_max = limit};
  prlimit(pid_, RLIMIT_DATA, &both, nullptr);
}

}  // namespace basalt
