#include "apart.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

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

std::string name_of_signal(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

}  // namespace

Apart split_off_worker() {
  const pid_t parent = getpid();
  Blocking blocking;
  const pid_t child = fork();
  if (child < 0) {
    throw Error(ErrorCode::out_of_resources, fmt::format("there is no process to work in: {}", std::strerror(errno)),
                "leave --isolate out, or close other programs");
  }
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
      _exit(kCancelledStatus);
    }
    return {.is_worker = true};
  }
  const Forwarding forwarding(child);
  blocking.end();
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status) && asked_to_end != 0) {
    return {.status = kCancelledStatus};
  }
  if (WIFSIGNALED(status)) {
    return {.signal = name_of_signal(WTERMSIG(status))};
  }
  return {.status = WEXITSTATUS(status)};
}

}  // namespace basalt::cli
