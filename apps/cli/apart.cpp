#include "apart.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <new>

#include "basalt/driver_calls.h"
#include "basalt/error.h"

namespace basalt::cli {
namespace {

constexpr int kCancelledStatus = 130;
constexpr std::array kSignals = {SIGINT, SIGTERM};

volatile std::sig_atomic_t worker = 0;
volatile std::sig_atomic_t asked_to_end = 0;

/// A terminal sends its Ctrl-C to the worker, too; what others send comes here only.
extern "C" void on_signal_for_worker(int signal, siginfo_t* from, void* /*context*/) {
  if (asked_to_end != 0) {
    kill(worker, SIGKILL);  // it may hang where it sees no signal
    _exit(kCancelledStatus);
  }
  asked_to_end = 1;
  if (from->si_code <= 0) {
    kill(worker, signal);
  }
}

/// While it lives, signals are the worker's.
class Forwarding {
 public:
  explicit Forwarding(pid_t to) {
    worker = to;
    asked_to_end = 0;
    struct sigaction action {};
    action.sa_sigaction = on_signal_for_worker;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals[i], &action, &before_[i]);
    }
  }
  ~Forwarding() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals[i], &before_[i], nullptr);
    }
  }
  Forwarding(const Forwarding&) = delete;
  Forwarding& operator=(const Forwarding&) = delete;

 private:
  std::array<struct sigaction, kSignals.size()> before_{};
};

/// While it lives, signals wait.
class Blocking {
 public:
  Blocking() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : kSignals) {
      sigaddset(&signals, signal);
    }
    sigprocmask(SIG_BLOCK, &signals, &before_);
  }
  ~Blocking() { end(); }
  Blocking(const Blocking&) = delete;
  Blocking& operator=(const Blocking&) = delete;

  void end() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

[[noreturn]] void refuse(const char* what) {
  throw Error(ErrorCode::out_of_resources, fmt::format("there is no {} to work in: {}", what, std::strerror(errno)),
              "leave --isolate out, or close other programs");
}

/// In memory that this process and its worker share, until the last of them ends.
DriverCalls* share_counts() {
  void* const memory = mmap(nullptr, sizeof(DriverCalls), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    refuse("memory");
  }
  return new (memory) DriverCalls;
}

/// Waits for the end of the process, or returns true once it has been in one call for so long. Time in which this
/// process did not run itself, as after Ctrl-Z, does not count.
bool hangs(pid_t process, const DriverCalls& calls, double most_call_seconds) {
  constexpr double kLookSeconds = 0.1;
  const auto file = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
  if (file < 0) {
    return false;  // kernels before 5.3: nobody watches
  }
  double silent = 0;
  std::uint64_t changes = 0;
  bool hung = false;
  for (pollfd ended{.fd = file, .events = POLLIN, .revents = 0}; !hung;) {
    const int ready = poll(&ended, 1, static_cast<int>(kLookSeconds * 1e3));
    if (ready > 0) {
      break;
    }
    const std::uint64_t left = calls.left.load();
    const std::uint64_t entered = calls.entered.load();
    const bool waits = entered > left && entered + left == changes;
    silent = waits ? silent + (ready == 0 ? kLookSeconds : 0) : 0;
    changes = entered + left;
    hung = silent >= most_call_seconds;
  }
  close(file);
  return hung;
}

std::string name_of_signal(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

}  // namespace

Apart split_off_worker(double most_call_seconds) {
  const pid_t parent = getpid();
  DriverCalls* const calls = share_counts();
  Blocking blocking;
  const pid_t child = fork();
  if (child < 0) {
    refuse("process");
  }
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
      _exit(kCancelledStatus);
    }
    count_driver_calls(calls);
    return {.is_worker = true, .status = 0, .signal = {}, .hung = false};
  }
  const Forwarding forwarding(child);
  blocking.end();
  const bool hung = hangs(child, *calls, most_call_seconds);
  munmap(calls, sizeof(DriverCalls));
  if (hung) {
    kill(child, SIGKILL);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status) && asked_to_end != 0) {
    return {.is_worker = false, .status = kCancelledStatus, .signal = {}, .hung = false};
  }
  if (WIFSIGNALED(status)) {
    return {.signal = name_of_signal(WTERMSIG(status)), .hung = hung};
  }
  return {.is_worker = false, .status = WEXITSTATUS(status), .signal = {}, .hung = false};
}

}  // namespace basalt::cli
