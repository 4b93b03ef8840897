// One worker as the system sees it: a process, a socket to talk through, and a pipe with what it prints.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "basalt/process_pool.h"
#include "runtime/parallel/file_descriptor.h"

namespace basalt {

/// The number under which a worker finds its end of the socket.
inline constexpr int kWorkerSocket = 3;

/// What exec needs, made once: the environment must not be read while other threads may change it.
class LaunchPlan {
 public:
  /// Throws Error(bad_usage) for a command or an environment that makes no sense.
  explicit LaunchPlan(const PoolSettings& settings);
  [[nodiscard]] const std::string& program() const noexcept { return arguments_.front(); }
  [[nodiscard]] const std::vector<std::string>& arguments() const noexcept { return arguments_; }
  [[nodiscard]] const std::vector<std::string>& environment() const noexcept { return environment_; }

 private:
  std::vector<std::string> arguments_;
  std::vector<std::string> environment_;
};

class WorkerProcess {
 public:
  /// Throws Error(out_of_resources | io) with the system's reason.
  explicit WorkerProcess(const LaunchPlan& plan);
  /// Kills the process if it still runs, and waits for it.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] int socket() const noexcept { return socket_.get(); }  ///< -1 once closed.
  [[nodiscard]] int output() const noexcept { return output_.get(); }  ///< -1 once it ended.

  /// To a worker that works, the end of the socket means: finish and exit.
  void close_socket() noexcept { socket_.reset(); }
  void kill() noexcept;
  /// Whether the process is gone; never waits.
  bool reap() noexcept;
  /// How it ended, once it is gone, for people: "killed by signal 11 (Segmentation fault)".
  [[nodiscard]] std::string describe_end() const;

  /// Reads what it printed; the last of it is kept.
  void read_output();
  /// The last lines that it printed, or nothing.
  [[nodiscard]] std::string last_words() const;

  [[nodiscard]] std::uint64_t resident_bytes() const;
  /// Lets allocations fail that go `bytes` beyond what it has now.
  void limit_growth(std::uint64_t bytes) const noexcept;

 private:
  pid_t pid_ = 0;
  FileDescriptor socket_;
  FileDescriptor output_;
  std::optional<int> status_;  ///< As of waitpid; set once it is gone.
  std::string tail_;
};

}  // namespace basalt
