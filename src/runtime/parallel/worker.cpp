// One thread listens, so that a cancel and the pool's end are heard while a task runs; the caller's thread works.
#include "basalt/worker.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <utility>

#include "basalt/error.h"
#include "runtime/parallel/file_descriptor.h"
#include "runtime/parallel/message.h"

namespace basalt {
namespace {

struct Assignment {
  Message request;
  std::shared_ptr<CancelToken> cancel;
};

/// Hears what the pool says.
class Listener {
 public:
  explicit Listener(int socket) : socket_(socket), thread_([this] { listen(); }) {}
  ~Listener() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Waits for a request; nullopt once the pool has gone.
  std::optional<Assignment> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return request_.has_value() || closed_; });
    if (closed_) {
      return std::nullopt;
    }
    Assignment result{.request = std::move(*request_), .cancel = cancel_};
    request_.reset();
    return result;
  }

  /// Whether the pool kept to the protocol.
  [[nodiscard]] bool clean() const {
    const std::scoped_lock lock(mutex_);
    return clean_;
  }

 private:
  void listen() {
    bool clean = true;
    try {
      while (true) {
        Received received = receive_message(socket_, std::numeric_limits<std::uint64_t>::max(), true);
        if (!received.message) {
          break;
        }
        hear(std::move(*received.message));
      }
    } catch (const std::exception&) {
      clean = false;
    }
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    clean_ = clean;
    cancel_->request();  // nobody wants the result any more
    changed_.notify_all();
  }

  void hear(Message message) {
    const std::scoped_lock lock(mutex_);
    if (message.kind == MessageKind::request) {
      running_ = message.id;
      cancel_ = std::make_shared<CancelToken>();
      request_ = std::move(message);
      changed_.notify_all();
    } else if (message.kind == MessageKind::cancel && message.id == running_) {
      cancel_->request();
    }
  }

  int socket_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Message> request_;
  std::uint64_t running_ = 0;
  std::shared_ptr<CancelToken> cancel_ = std::make_shared<CancelToken>();  ///< Of the last request.
  bool closed_ = false;
  bool clean_ = true;
  std::thread thread_;
};

Message failure(TaskEnd end, std::string why) {
  Message message;
  message.kind = MessageKind::reply;
  message.end = end;
  message.text = std::move(why);
  return message;
}

Message answer(const WorkerHandler& handler, std::string_view request, const CancelToken& cancel) {
  try {
    WorkerReply reply = handler(request, cancel);
    Message message;
    message.kind = MessageKind::reply;
    message.end = reply.ok ? TaskEnd::done : TaskEnd::failed;
    message.text = std::move(reply.reply);
    message.large = std::move(reply.large);
    return message;
  } catch (const std::bad_alloc&) {
    return failure(TaskEnd::out_of_memory, "memory ran out");
  } catch (const Error& error) {
    return failure(error.code() == ErrorCode::cancelled ? TaskEnd::cancelled : TaskEnd::failed, error.what());
  } catch (const std::exception& error) {
    return failure(TaskEnd::failed, error.what());
  } catch (...) {
    return failure(TaskEnd::failed, "an exception of an unknown type");
  }
}

bool send_reply(int socket, Message reply, std::uint64_t id) {
  reply.id = id;
  try {
    return send_message(socket, reply, true);
  } catch (const Error& error) {  // no shared memory left for it
    Message refusal = failure(TaskEnd::out_of_memory, error.what());
    refusal.id = id;
    return send_message(socket, refusal, true);
  }
}

void become_worker() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a parent that died before this is noticed by the closed socket
  prctl(PR_SET_NAME, "basalt-worker");
  std::signal(SIGINT, SIG_IGN);
  // If the machine runs out of memory, let it be this process and not the one that holds all the results.
  std::ofstream("/proc/self/oom_score_adj") << 500;
}

}  // namespace

int worker_fd() {
  const char* text = std::getenv(kWorkerFdVariable);
  char* end = nullptr;
  const long fd = text == nullptr ? -1 : std::strtol(text, &end, 10);
  if (fd < 0 || fd > std::numeric_limits<int>::max() || *end != '\0' || end == text) {
    throw Error(ErrorCode::bad_usage, "this is a worker's command: a pool starts it and leaves a socket in " +
                                          std::string(kWorkerFdVariable));
  }
  return static_cast<int>(fd);
}

int serve_worker(int fd, const WorkerHandler& handler) {
  const FileDescriptor socket(fd);
  become_worker();
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  Message greeting;
  greeting.id = kProtocolVersion;
  if (!send_message(fd, greeting, true)) {
    return 1;
  }
  Listener listener(fd);
  while (true) {
    const std::optional<Assignment> task = listener.next();
    if (!task) {
      return listener.clean() ? 0 : 1;
    }
    if (!send_reply(fd, answer(handler, task->request.view(), *task->cancel), task->request.id)) {
      return 0;  // the pool has gone
    }
  }
}

}  // namespace basalt
