// Runs the built program as a user would: in a process of its own, in a folder of its own.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "places.h"

namespace basalt::testing_cli {

namespace fs = std::filesystem;

struct Result {
  int status = -1;  ///< Exit status; 128 + signal where one ended it.
  std::string out;
  std::string err;
};

class Workspace {
 public:
  Workspace() {
    std::string pattern = (fs::temp_directory_path() / "basalt_cli_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~Workspace() { fs::remove_all(folder_); }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

  [[nodiscard]] static std::string read(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  /// Starts the program with the folder as its working directory; streams go to files beside it.
  pid_t start(const std::vector<std::string>& arguments, const std::string& input = "/dev/null",
              const std::string& output = {}) const {
    std::vector<char*> argv = {const_cast<char*>(places::kProgram)};
    for (const std::string& argument : arguments) {
      argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
      const std::string out = output.empty() ? stream_path("out") : output;
      dup2(open(input.c_str(), O_RDONLY), 0);
      dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
      dup2(open(stream_path("err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
      if (chdir(folder_.c_str()) == 0) {
        execv(argv[0], argv.data());
      }
      _exit(127);
    }
    return child;
  }

  Result finish(pid_t child) const {
    int status = 0;
    waitpid(child, &status, 0);
    Result result{.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                  .out = read(stream_path("out")),
                  .err = read(stream_path("err"))};
    fs::remove(stream_path("out"));
    fs::remove(stream_path("err"));
    return result;
  }

  Result run(const std::vector<std::string>& arguments, const std::string& input = "/dev/null",
             const std::string& output = {}) const {
    return finish(start(arguments, input, output));
  }

 private:
  [[nodiscard]] std::string stream_path(const std::string& name) const { return folder_.string() + "." + name; }

  fs::path folder_;
};

/// Of this process, and of the program that it starts, until the end of the test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    const char* const before = std::getenv(name);
    before_ = before == nullptr ? "" : before;
    had_ = before != nullptr;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { had_ ? setenv(name_, before_.c_str(), 1) : unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string before_;
  bool had_ = false;
};

}  // namespace basalt::testing_cli
