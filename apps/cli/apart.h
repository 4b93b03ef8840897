// Work in a process of its own, so that a crash or a hang in it ends that process and not this one.
#pragma once

#include <string>

namespace basalt::cli {

/// Where the caller is now, and what became of the worker.
struct Apart {
  bool is_worker = false;  ///< In the worker: it is to do the work, and to end.
  int status = 0;          ///< Elsewhere, once the worker has ended: its exit status,
  std::string signal;      ///< or the signal that ended it, such as "SIGSEGV".
  bool hung = false;       ///< It was killed, as a call of a driver did not return.
};

/// Copies this process, which must have no thread but the caller's, and returns in both: in the worker at once, here
/// when it has ended. Meanwhile SIGINT and SIGTERM are the worker's; a second one ends both. The worker does not
/// outlive this process. Where it is in a driver, and neither enters nor leaves one for `most_call_seconds`, it is
/// killed. Throws Error(out_of_resources).
Apart split_off_worker(double most_call_seconds);

}  // namespace basalt::cli
