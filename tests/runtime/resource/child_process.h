// A program in a process of its own, killed with the object if it has not ended by then.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <utility>
#include <vector>

namespace basalt::test {

class ChildProcess {
 public:
  explicit ChildProcess(std::vector<std::string> arguments) {
    std::vector<char*> argv;
    for (std::string& argument : arguments) {
      argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
      return;
    }
    id_ = ::fork();
    if (id_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ends[0];
  }
  ChildProcess(ChildProcess&& other) noexcept
      : id_(std::exchange(other.id_, -1)), output_(std::exchange(other.output_, -1)) {}
  ChildProcess& operator=(ChildProcess&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(output_, other.output_);
    return *this;
  }
  ~ChildProcess() {
    kill();
    if (output_ >= 0) {
      ::close(output_);
    }
  }

  [[nodiscard]] pid_t id() const { return id_; }

  /// Waits for the next line that the program prints.
  std::string line() const {
    std::string text;
    char letter = 0;
    while (::read(output_, &letter, 1) == 1 && letter != '\n') {
      text += letter;
    }
    return text;
  }

  /// kill -9, and waits for the end.
  void kill() {
    if (id_ > 0) {
      ::kill(id_, SIGKILL);
      ::waitpid(std::exchange(id_, -1), nullptr, 0);
    }
  }

 private:
  pid_t id_ = -1;
  int output_ = -1;
};

}  // namespace basalt::test
