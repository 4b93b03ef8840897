#include "engine/memory_budget.h"

#include <gtest/gtest.h>

#include <limits>

#include "basalt/error.h"

namespace basalt {
namespace {

quantum::Script script_of(quantum::Qubit qubits, std::uint32_t bits = 0) {
  quantum::Script script;
  script.qubit_count = qubits;
  if (bits > 0) {
    script.registers.push_back({.name = "c", .width = bits});
  }
  return script;
}

Request request_of(Precision precision, std::uint64_t shots = 1000) {
  Request request;
  request.precision = precision;
  request.shots = shots;
  return request;
}

TEST(MemoryEstimate, CountsEightOrSixteenBytesAnAmplitude) {
  EXPECT_EQ(estimate_memory(request_of(Precision::single_precision), script_of(20)).state_bytes, 8U << 20);
  EXPECT_EQ(estimate_memory(request_of(Precision::double_precision), script_of(20)).state_bytes, 16U << 20);
}

TEST(MemoryEstimate, OfLargeStatesIsTheStateWithinOnePercent) {
  const auto estimate = estimate_memory(request_of(Precision::single_precision, 1'000'000), script_of(30, 30));
  EXPECT_LT(static_cast<double>(estimate.total_bytes()), 1.01 * static_cast<double>(estimate.state_bytes));
}

TEST(MemoryEstimate, NeverOverflows) {
  for (const quantum::Qubit qubits : {59U, 60U, 61U, 64U, 1000U, 1048576U}) {
    MemoryEstimate estimate =
        estimate_memory(request_of(Precision::double_precision, kMaxShots), script_of(qubits, 4096));
    EXPECT_GE(estimate.total_bytes(), std::uint64_t{1} << 63) << qubits;
    estimate.saved_states = 30;
    EXPECT_EQ(estimate.total_bytes(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(estimate.promised_bytes(), std::numeric_limits<std::uint64_t>::max());
  }
}

TEST(Admit, LetsInWhatFitsExactly) {
  const Request request = request_of(Precision::single_precision);
  const auto script = script_of(20, 20);
  const auto estimate = estimate_memory(request, script);
  EXPECT_NO_THROW(admit(estimate, request, script, {estimate.promised_bytes(), "test"}));
  EXPECT_THROW(admit(estimate, request, script, {estimate.promised_bytes() - 1, "test"}), Error);
}

TEST(Admit, SaysWhenOnlyTheCountsDoNotFit) {
  const Request request = request_of(Precision::single_precision, kMaxShots);
  const auto script = script_of(26, 40);
  const auto estimate = estimate_memory(request, script);
  try {
    admit(estimate, request, script, {std::uint64_t{1} << 30, "--memory"});
    FAIL() << "admitted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_resources);
    EXPECT_NE(error.advice().find("fewer shots"), std::string::npos) << error.advice();
  }
}

}  // namespace
}  // namespace basalt
