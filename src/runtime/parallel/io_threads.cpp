#include "runtime/parallel/io_threads.h"

#include <system_error>
#include <utility>

#include "basalt/error.h"

namespace basalt {

IoThreads::IoThreads(int threads) {
  try {
    for (int thread = 0; thread < threads; ++thread) {
      threads_.emplace_back([this, thread] { work(thread); });
    }
  } catch (const std::system_error&) {
    end();
    throw Error(ErrorCode::out_of_resources, "the system refused a thread that reads and writes the disk",
                "run fewer programs at once, or raise the limit of processes (ulimit -u)");
  }
}

IoThreads::~IoThreads() {
  end();
}

void IoThreads::end() noexcept {
  {
    const std::scoped_lock lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void IoThreads::submit(Task task) {
  {
    const std::scoped_lock lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void IoThreads::work(int thread) {
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ends_ || !tasks_.empty(); });
      if (tasks_.empty()) {
        return;
      }
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task(thread);
  }
}

}  // namespace basalt
