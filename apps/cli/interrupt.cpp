#include "interrupt.h"

#include <unistd.h>

#include <csignal>

namespace basalt::cli {
namespace {

constexpr int kCancelledStatus = 130;

CancelToken token;

extern "C" void on_interrupt(int) {
  if (token.requested()) {
    _exit(kCancelledStatus);
  }
  token.request();
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: a read from a terminal or a pipe ends, too.
  for (const int signal : {SIGINT, SIGTERM}) {
    sigaction(signal, &action, nullptr);
  }
}

const CancelToken& interrupt_token() {
  return token;
}

}  // namespace basalt::cli
