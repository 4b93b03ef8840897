// Blocks of memory hold whatever their last user left: results must not depend on it.
#include <gtest/gtest.h>

#include <cstring>

#include "basalt/memory.h"
#include "engine_harness.h"

namespace basalt {
namespace {

/// Fills every block with bytes that are wrong as numbers of any kind.
class DirtyMemory final : public MemoryResource {
 public:
  std::byte* allocate(std::uint64_t bytes) override {
    std::byte* block = upstream_.allocate(bytes);
    std::memset(block, 0xA5, bytes);
    return block;
  }
  void release(std::byte* block, std::uint64_t bytes) noexcept override { upstream_.release(block, bytes); }

 private:
  HostMemory upstream_;
};

void expect_same_results(const Request& request) {
  DirtyMemory dirty;
  RunHooks hooks;
  hooks.memory = &dirty;
  const Report expected = run(request);
  const Report report = run(request, hooks);
  EXPECT_EQ(report.counts, expected.counts);
  EXPECT_EQ(report.probabilities, expected.probabilities);
  EXPECT_EQ(report.expectation_values, expected.expectation_values);
  EXPECT_EQ(report.norm, expected.norm);
  ASSERT_EQ(report.top.size(), expected.top.size());
  for (std::size_t i = 0; i < expected.top.size(); ++i) {
    EXPECT_EQ(report.top[i].bits, expected.top[i].bits);
    EXPECT_EQ(report.top[i].amplitude, expected.top[i].amplitude);
  }
}

TEST(DirtyMemory, DoesNotShowInASparseState) {
  Request request =
      request_for(qasm3("qubit[16] q; bit[16] c; h q[0]; for int i in [1:15] { cx q[0], q[i]; } c = measure q;"), 300);
  request.probability_qubits = {15, 0, 7};
  request.observables = {"Z0*Z15 + X3", "Y1"};
  request.top = 5;
  expect_same_results(request);
}

TEST(DirtyMemory, DoesNotShowInASmallState) {
  Request request = request_for(qasm3("qubit[2] q; bit[2] c; h q[0]; ry(0.4) q[1]; c = measure q;"), 300);
  request.probability_qubits = {1};
  request.observables = {"X0"};
  request.top = 4;
  expect_same_results(request);
}

TEST(DirtyMemory, DoesNotShowInBranches) {
  for (const Precision precision : {Precision::single_precision, Precision::double_precision}) {
    Request request = request_for(
        qasm3("qubit[13] q; bit[13] c; h q; c[0] = measure q[0]; if (c[0]) { x q[1]; } reset q[2]; h q[12]; "
              "c[1:12] = measure q[1:12];"),
        400);
    request.precision = precision;
    request.observables = {"Z0"};
    request.probability_qubits = {1, 2};
    expect_same_results(request);
  }
}

}  // namespace
}  // namespace basalt
