// A worker for the tests of the process pool: does what the first word of a request says.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "basalt/error.h"
#include "basalt/process_pool.h"
#include "basalt/worker.h"

namespace basalt {
namespace {

WorkerReply text(std::string reply) {
  return {.ok = true, .reply = std::move(reply), .large = {}};
}

void sleep_milliseconds(int count) {
  std::this_thread::sleep_for(std::chrono::milliseconds(count));
}

/// Takes memory and never gives it back.
void leak(std::size_t bytes) {
  auto* block = new char[bytes];
  std::memset(block, 1, bytes);
  static std::vector<char*> held;
  held.push_back(block);
}

/// Memory that no allocator sees, and that no limit on allocation stops: only what is resident tells.
void leak_shared(std::size_t bytes) {
  static std::vector<SharedBlock> held;
  held.emplace_back(bytes);
  std::memset(held.back().writable_bytes().data(), 1, bytes);
}

WorkerReply large_block(std::size_t bytes) {
  SharedBlock block(bytes);
  std::memset(block.writable_bytes().data(), 'L', bytes);
  return {.ok = true, .reply = "shared", .large = std::move(block)};
}

int open_descriptors() {
  int count = 0;
  for (int fd = 0; fd < 1024; ++fd) {
    count += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
  }
  return count;
}

/// Puts something on the socket that is no reply.
void say_garbage(std::size_t bytes) {
  const std::string garbage(bytes, 'g');
  send(worker_fd(), garbage.data(), garbage.size(), 0);
}

/// Appends a line to a file in one write: who ran which task, for tests that count.
void note(const std::string& path, const std::string& line) {
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  const std::string whole = line + '\n';
  if (write(fd, whole.data(), whole.size()) < 0) {
    throw std::runtime_error("cannot write " + path);
  }
  close(fd);
}

WorkerReply obey(std::string_view request, const CancelToken& cancel) {
  std::istringstream words{std::string(request.substr(0, 4096))};
  std::string mode;
  std::string path;
  std::uint64_t number = 0;
  words >> mode;
  if (mode == "echo") {
    return text(std::string(request.substr(std::min<std::size_t>(5, request.size()))));
  }
  if (mode == "note") {  // note PATH MILLISECONDS TEXT
    std::string rest;
    words >> path >> number >> rest;
    note(path, rest);
    sleep_milliseconds(static_cast<int>(number));
    return text(rest);
  }
  if (mode == "crash_once") {  // crash_once PATH: the first attempt only
    words >> path;
    if (access(path.c_str(), F_OK) != 0) {
      note(path, "crashed");
      std::raise(SIGKILL);
    }
    return text("survived");
  }
  words >> number;
  if (mode == "crash") {
    std::cerr << "about to go wrong\n";
    std::signal(SIGSEGV, SIG_DFL);
    std::raise(SIGSEGV);
  } else if (mode == "abort") {
    std::abort();
  } else if (mode == "exit") {
    std::_Exit(static_cast<int>(number));
  } else if (mode == "hang") {
    std::cerr << "hanging\n";
    while (true) {
      sleep_milliseconds(1000);
    }
  } else if (mode == "until_cancelled") {
    while (true) {
      cancel.check();
      sleep_milliseconds(1);
    }
  } else if (mode == "sleep") {
    sleep_milliseconds(static_cast<int>(number));
  } else if (mode == "throw") {
    throw Error(ErrorCode::bad_input, "the input is wrong");
  } else if (mode == "refuse") {
    return {.ok = false, .reply = "will not", .large = {}};
  } else if (mode == "allocate") {
    std::vector<char> block(number, 1);
    return text(std::to_string(block.size()));
  } else if (mode == "leak") {
    leak(number);
  } else if (mode == "leak_shared") {
    leak_shared(number);
    sleep_milliseconds(10000);
  } else if (mode == "long") {
    return text(std::string(number, 'x'));
  } else if (mode == "large") {
    return large_block(number);
  } else if (mode == "garbage") {
    say_garbage(number);
    sleep_milliseconds(10000);
  } else if (mode == "close_socket") {
    shutdown(worker_fd(), SHUT_RDWR);
    sleep_milliseconds(10000);
  } else if (mode == "chatter") {
    for (std::uint64_t i = 0; i < number; ++i) {
      std::cout << "a line that nobody wants to read\n";
      std::cerr << "and another one\n";
    }
  } else if (mode == "descriptors") {
    return text(std::to_string(open_descriptors()));
  } else if (mode == "pid") {
    return text(std::to_string(getpid()));
  } else if (mode == "environment") {
    const char* value = std::getenv("POOL_TEST");
    return text(value == nullptr ? "" : value);
  } else {
    throw std::runtime_error("unknown mode: " + mode);
  }
  return text("");
}

/// Has a pool of its own, says which workers are busy, and waits to be killed.
void be_parent() {
  ProcessPool pool(PoolSettings{.command = {"/proc/self/exe"}, .environment = {}, .workers = 2});
  for (std::uint64_t id = 0; id < 2; ++id) {
    Task task;
    task.id = id;
    task.request = "hang";
    pool.submit(std::move(task));
  }
  std::vector<WorkerInfo> workers;
  const auto busy = [](const WorkerInfo& worker) { return worker.state == WorkerState::busy; };
  while (std::ranges::count_if(workers = pool.workers(), busy) < 2) {
    sleep_milliseconds(1);
  }
  for (const WorkerInfo& worker : workers) {
    std::cout << worker.pid << ' ';
  }
  std::cout << std::endl;
  sleep_milliseconds(60000);
}

}  // namespace
}  // namespace basalt

/// pool_worker [mute | exit | greet_wrongly | parent]: how it misbehaves before it greets, or has workers itself.
int main(int argc, char** argv) {
  const std::string start = argc > 1 ? argv[1] : "";
  if (start == "exit") {
    std::cerr << "no reason to live\n";
    return 7;
  }
  if (start == "mute") {
    basalt::sleep_milliseconds(60000);
  }
  if (start == "greet_wrongly") {
    basalt::say_garbage(10);
    basalt::sleep_milliseconds(60000);
  }
  if (start == "parent") {
    basalt::be_parent();
  }
  return basalt::serve_worker(basalt::worker_fd(), basalt::obey);
}
