#include "runtime/parallel/processor_set.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <string>

#include "basalt/arena.h"
#include "basalt/error.h"

namespace basalt {
namespace {

/// The kernel's own bound (CONFIG_NR_CPUS) on the machines of today.
constexpr int kMaxProcessors = 8192;

struct ProcessorSet {
  cpu_set_t* bits = CPU_ALLOC(kMaxProcessors);
  std::size_t bytes = CPU_ALLOC_SIZE(kMaxProcessors);
  ProcessorSet() {
    if (bits != nullptr) {
      CPU_ZERO_S(bytes, bits);
    }
  }
  ~ProcessorSet() { CPU_FREE(bits); }
  ProcessorSet(const ProcessorSet&) = delete;
  ProcessorSet& operator=(const ProcessorSet&) = delete;
};

}  // namespace

std::vector<int> allowed_processors() {
  const ProcessorSet set;
  std::vector<int> result;
  if (set.bits == nullptr || pthread_getaffinity_np(pthread_self(), set.bytes, set.bits) != 0) {
    return result;
  }
  for (int i = 0; i < kMaxProcessors; ++i) {
    if (CPU_ISSET_S(i, set.bytes, set.bits)) {
      result.push_back(i);
    }
  }
  return result;
}

void confine_thread(const std::vector<int>& processors) noexcept {
  const ProcessorSet set;
  if (set.bits == nullptr || processors.empty()) {
    return;
  }
  for (const int processor : processors) {
    CPU_SET_S(static_cast<std::size_t>(processor), set.bytes, set.bits);
  }
  pthread_setaffinity_np(pthread_self(), set.bytes, set.bits);
}

void check_processors(const std::vector<int>& processors) {
  if (processors.empty()) {
    return;
  }
  const std::vector<int> allowed = allowed_processors();
  for (const int processor : processors) {
    if (!std::ranges::binary_search(allowed, processor)) {
      throw Error(ErrorCode::bad_usage,
                  "processor " + std::to_string(processor) + " is not one that this process may use",
                  "see the affinity that `taskset -p $$` prints");
    }
  }
}

ThreadPin::ThreadPin(int processor) : before_(allowed_processors()) {
  check_processors({processor});
  confine_thread({processor});
}

ThreadPin::~ThreadPin() {
  confine_thread(before_);
}

}  // namespace basalt
