// What decides between amplitudes and a tableau.
#include "engine/choose_method.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "basalt/error.h"
#include "engine/prepared_program.h"
#include "engine_harness.h"
#include "workloads/quantum/input/compile.h"

namespace basalt {
namespace {

using testing::HasSubstr;

MethodChoice choice_for(const std::string& body, const std::function<void(Request&)>& change = {}) {
  Request request = request_for(qasm3(body));
  if (change) {
    change(request);
  }
  const CancelToken cancel;
  const auto script = std::make_shared<const quantum::Script>(
      bind_inputs(prepare_program(request.source, std::uint64_t{1} << 30, cancel).script, {}));
  return choose_method(request, script, cancel);
}

const std::string kClifford = "qubit[30] q; bit[30] c; h q; for uint i in [0:28] { cx q[i], q[i+1]; } c = measure q;";

TEST(ChooseMethod, ATableauForWideCliffordCircuits) {
  const MethodChoice choice = choice_for(kClifford);
  EXPECT_EQ(choice.method, Method::stabilizer);
  ASSERT_NE(choice.opening, nullptr);
  EXPECT_EQ(choice.opening->gates, 59U);
  EXPECT_EQ(choice.opening->machine.record_count(), 30U);
}

TEST(ChooseMethod, AngledGatesCountWhereTheyAreClifford) {
  EXPECT_EQ(choice_for("qubit[30] q; bit c; rz(3*pi/2) q; U(pi/2, 0, pi) q[3]; rx(-pi) q; c = measure q[0];").method,
            Method::stabilizer);
  const MethodChoice choice = choice_for(
      "qubit[30] q; bit c; h q; rz(0.3) q; for uint j in [0:1] { for uint i in [0:28] { cx q[i], q[i+1]; } } "
      "c = measure q[0];");
  EXPECT_EQ(choice.method, Method::state);
  EXPECT_EQ(choice.reason, "rz(0.3) (gate 31) is no Clifford gate");
}

TEST(ChooseMethod, TheStateForWhatOnlyAmplitudesGive) {
  const auto reason = [](const std::function<void(Request&)>& change) {
    const MethodChoice choice = choice_for(kClifford, change);
    EXPECT_EQ(choice.method, Method::state);
    return choice.reason;
  };
  EXPECT_EQ(reason([](Request& request) { request.top = 3; }), "--top needs amplitudes");
  EXPECT_EQ(reason([](Request& request) { request.save_state = "a.npy"; }), "--save-state needs amplitudes");
  EXPECT_EQ(reason([](Request& request) { request.backend = Backend::vulkan; }), "--backend vulkan needs amplitudes");
  EXPECT_EQ(reason([](Request& request) { request.device = "0"; }), "--device needs amplitudes");
  EXPECT_EQ(reason([](Request& request) { request.method = Method::state; }), "--method state");
  EXPECT_THAT(choice_for("qubit[30] q; h q; for uint i in [0:28] { cx q[i], q[i+1]; }").reason,
              HasSubstr("most probable states"));
}

TEST(ChooseMethod, TheStateForWhatIsSoonDone) {
  EXPECT_THAT(choice_for("qubit[10] q; bit c; h q; c = measure q[0];").reason, HasSubstr("few amplitudes"));
  EXPECT_THAT(choice_for("qubit[20] q; bit c; h q; c = measure q[0];").reason, HasSubstr("20 of them on 20 qubits"));
  EXPECT_EQ(choice_for("qubit[20] q; bit c; for int i in [1:20] { h q; } c = measure q[0];").method,
            Method::stabilizer);
}

TEST(ChooseMethod, WhatIsToldIsDoneOrRefused) {
  const auto told = [](Request& request) { request.method = Method::stabilizer; };
  EXPECT_EQ(choice_for("qubit[2] q; bit c; h q; c = measure q[0];", told).method, Method::stabilizer);
  const auto refusal = [&](const std::string& body, std::uint64_t top) {
    try {
      choice_for(body, [&](Request& request) {
        told(request);
        request.top = top;
      });
    } catch (const Error& error) {
      return error.message();
    }
    return std::string("not refused");
  };
  EXPECT_EQ(refusal("qubit[2] q; bit c; h q; t q; c = measure q[0];", 0),
            "--method stabilizer runs Clifford gates, and t (gate 3) is none");
  EXPECT_EQ(refusal("qubit[2] q; bit c; h q; c = measure q[0];", 4),
            "--method stabilizer has no amplitudes, and --top needs them");
}

TEST(ChooseMethod, WhatComesAfterANeededOutcomeIsNotLookedAt) {
  const MethodChoice choice = choice_for("qubit[40] q; bit c; h q; c = measure q[0]; if (c) t q[1];");
  EXPECT_EQ(choice.method, Method::stabilizer);
  EXPECT_THAT(choice.reason, HasSubstr("so far"));
}

}  // namespace
}  // namespace basalt
