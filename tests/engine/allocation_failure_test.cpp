// Every allocation of a run is made to fail, one after the other: the run must end with a typed error and no harm.

#include <gtest/gtest.h>

#include <atomic>
#include <complex>
#include <cstdlib>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "basalt/compiled_circuit.h"
#include "basalt/memory.h"
#include "engine_harness.h"

namespace {

/// Counts down at every allocation of this thread; the one that reaches zero fails. Negative: never.
thread_local long countdown = -1;

bool fails_now() {
  return countdown > 0 && --countdown == 0;
}

}  // namespace

void* operator new(std::size_t bytes) {
  void* block = fails_now() ? nullptr : std::malloc(bytes == 0 ? 1 : bytes);
  if (block == nullptr) {
    throw std::bad_alloc();
  }
  return block;
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return fails_now() ? nullptr : std::malloc(bytes == 0 ? 1 : bytes);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  void* block = fails_now() ? nullptr : std::aligned_alloc(step, (bytes + step - 1) / step * step);
  if (block == nullptr) {
    throw std::bad_alloc();
  }
  return block;
}
void operator delete(void* block, std::align_val_t) noexcept {
  std::free(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
  std::free(block);
}
void operator delete(void* block, const std::nothrow_t&) noexcept {
  std::free(block);
}
void operator delete(void* block) noexcept {
  std::free(block);
}
// inlined into a caller of operator new, which is not, it looks mismatched to gcc
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}

namespace basalt {
namespace {

/// Fails the N-th block of state-sized memory, and checks that all blocks come back.
class FailingMemory final : public MemoryResource {
 public:
  explicit FailingMemory(int nth) : left_(nth) {}
  ~FailingMemory() override { EXPECT_EQ(held_, 0) << "blocks were leaked"; }
  std::byte* allocate(std::uint64_t bytes) override {
    if (--left_ == 0) {
      throw Error(ErrorCode::out_of_resources, "no memory for " + std::to_string(bytes) + " bytes");
    }
    ++held_;
    return upstream_.allocate(bytes);
  }
  void release(std::byte* block, std::uint64_t bytes) noexcept override {
    --held_;
    upstream_.release(block, bytes);
  }
  [[nodiscard]] bool failed() const { return left_ <= 0; }

 private:
  HostMemory upstream_;
  std::atomic<int> left_;
  std::atomic<int> held_{0};
};

Request everything() {
  Request request = request_for(
      qasm3("input float a; qubit[4] q; bit[4] c; h q; ry(a) q[0]; c[0] = measure q[0]; if (c[0]) { x q[1]; } "
            "ctrl @ rz(0.3) q[2], q[3]; c[1:3] = measure q[1:3];"),
      200);
  request.inputs = {{"a", "0.5"}};
  request.observables = {"Z0 + X1"};
  request.probability_qubits = {0, 2};
  request.threads = 1;
  return request;
}

TEST(AllocationFailure, OfStateMemoryIsATypedErrorForEveryN) {
  int n = 1;
  for (;; ++n) {
    FailingMemory memory(n);
    RunHooks hooks;
    hooks.memory = &memory;
    try {
      run(everything(), hooks);
      break;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::out_of_resources) << n;
    }
    ASSERT_TRUE(memory.failed());
  }
  EXPECT_GT(n, 10) << "the run takes several blocks";
}

TEST(AllocationFailure, OfTheHeapIsATypedErrorForEveryN) {
  run(everything());  // what is allocated once for the life of the process is allocated now
  const Request request = everything();
  long n = 1;
  for (;; ++n) {
    countdown = n;
    try {
      const Report report = run(request);
      countdown = -1;
      break;
    } catch (const Error& error) {
      countdown = -1;
      EXPECT_EQ(error.code(), ErrorCode::out_of_resources) << n << ": " << error.what();
    }
    ASSERT_LT(n, 1'000'000);
  }
  EXPECT_GT(n, 100) << "the run allocates";
  EXPECT_EQ(run(request).counts, run(request).counts) << "still in order afterwards";
}

template <typename Real>
void expect_no_allocation(Precision precision) {
  Engine engine;
  for (int qubits = 1; qubits <= 12; ++qubits) {
    const std::string width = std::to_string(qubits);
    const std::string body = "const int n = " + width +
                             "; qubit[n] q; for int i in [1:40] { ry(0.1 * i) q; "
                             "for int j in [1:n - 1] { cx q[j - 1], q[j]; cp(0.3 * i) q[0], q[j]; } }";
    CompiledCircuit circuit(engine, prepare(request_for(qasm3(body)).source), precision);
    std::vector<std::complex<Real>> state(circuit.amplitudes());
    countdown = 1;  // the first allocation would fail
    EXPECT_NO_THROW(circuit.run(std::span(state))) << qubits;
    EXPECT_EQ(std::exchange(countdown, -1), 1) << qubits;
  }
}

TEST(AllocationFailure, IsNothingToACompiledCircuit) {
  expect_no_allocation<float>(Precision::single_precision);
  expect_no_allocation<double>(Precision::double_precision);
}

}  // namespace
}  // namespace basalt
