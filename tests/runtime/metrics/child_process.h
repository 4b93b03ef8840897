// Runs a disabled test of this test program in a process of its own, for what is decided once in a process.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace basalt::testing_support {

struct ChildResult {
  int exit_status = -1;
  std::string output;  ///< Standard output and standard error.
};

/// Runs test `name` with `variable` of the environment set to `value`.
inline ChildResult run_in_child(const std::string& name, const char* variable, const std::string& value) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) {
    return {};
  }
  const std::string program = std::filesystem::read_symlink("/proc/self/exe");
  const std::string filter = "--gtest_filter=" + name;
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::setenv(variable, value.c_str(), 1);
    ::execl(program.c_str(), program.c_str(), "--gtest_also_run_disabled_tests", filter.c_str(), nullptr);
    ::_exit(99);
  }
  ::close(ends[1]);
  ChildResult result;
  std::array<char, 4096> piece{};
  for (::ssize_t count = 0; (count = ::read(ends[0], piece.data(), piece.size())) > 0;) {
    result.output.append(piece.data(), static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  result.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

}  // namespace basalt::testing_support
