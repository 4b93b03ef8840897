// The worker's side of a process pool (basalt/process_pool.h): a program that serves requests until its pool lets go.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "basalt/cancel.h"
#include "basalt/shared_block.h"

namespace basalt {

/// The environment variable in which a worker finds the number of its end of the socket.
inline constexpr const char* kWorkerFdVariable = "BASALT_WORKER_FD";

/// What a request came to.
struct WorkerReply {
  bool ok = true;     ///< false: the task failed, and `reply` says why.
  std::string reply;  ///< Of any length: what does not fit a message travels as shared memory.
  SharedBlock large;  ///< Besides it, what is better not copied, e.g. a state; sealed by `serve_worker` if it is not.
};

/// Answers one request. `cancel` is requested when the pool cancels the task or goes away. An exception ends the task
/// and not the worker: std::bad_alloc as out_of_memory, Error(cancelled) as cancelled, any other as failed.
using WorkerHandler = std::function<WorkerReply(std::string_view request, const CancelToken& cancel)>;

/// The socket that the pool which started this process left open. Throws Error(bad_usage) if no pool started it.
int worker_fd();

/// Serves requests from `fd`, one at a time, on the calling thread, until the pool closes its end; returns the exit
/// status of the program. From here on the process ignores SIGINT (the pool's owner decides what Ctrl-C means), dies
/// with the thread that started it, and is preferred by the kernel's out-of-memory killer. Takes over `fd`.
int serve_worker(int fd, const WorkerHandler& handler);

}  // namespace basalt
