// Any bytes as a program that is parsed, compiled and run within a budget. Only basalt::Error may come out.
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "parse_once.h"
#include "workloads/quantum/input/compile.h"
#include "workloads/quantum/input/machine.h"

namespace basalt::quantum {
namespace {

constexpr std::size_t kMaxOperations = 10'000;
constexpr int kMaxStops = 64;

/// Asks a run to stop after a while: loops without gates have no other budget.
class Watchdog {
 public:
  explicit Watchdog(CancelToken& token)
      : thread_([this, &token] {
          std::unique_lock lock(mutex_);
          if (!ended_.wait_for(lock, std::chrono::milliseconds(100), [this] { return done_; })) {
            token.request();
          }
        }) {}
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    ended_.notify_one();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool done_ = false;
  std::thread thread_;
};

void run(const std::shared_ptr<const Script>& script) {
  if (script->qubit_count > 4096) {
    return;
  }
  Machine machine(script);
  Circuit circuit(script->qubit_count);
  CancelToken cancel;
  const Watchdog watchdog(cancel);
  for (int stops = 0; stops < kMaxStops; ++stops) {
    const Machine::Status status = machine.advance(circuit, cancel, kMaxOperations);
    if (status != Machine::Status::needs_outcomes) {
      break;
    }
    machine = Machine(machine);
    machine.provide(std::vector<std::uint8_t>(machine.wanted().size(), static_cast<std::uint8_t>(stops % 2)));
  }
  static_cast<void>(machine.registers());
  static_cast<void>(machine.outputs());
}

}  // namespace
}  // namespace basalt::quantum

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace basalt::quantum;
  const auto tree = fuzz::parse_once(parse, std::string(reinterpret_cast<const char*>(data), size));
  if (!tree) {
    return 0;
  }
  try {
    run(std::make_shared<const Script>(compile(*tree, {}, false)));
  } catch (const basalt::Error&) {
    return 0;
  }
  return 0;
}
