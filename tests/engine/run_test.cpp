// From program text to results: what a user gets, checked against the reference and against what is known.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "engine/memory_budget.h"
#include "engine_harness.h"
#include "execute/execute.h"
#include "plan/limits.h"
#include "reference/random_circuit.h"
#include "reference/state.h"

namespace basalt {
namespace {

using Counts = std::map<std::string, std::uint64_t>;

constexpr const char* kBell =
    "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[2];\ncreg c[2];\nh q[0];\ncx q[0],q[1];\nmeasure q -> c;\n";

TEST(Run, CountsABellPair) {
  const Report report = run(request_for(kBell, 10000));
  const Counts counts = counts_of(report);
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_NEAR(static_cast<double>(counts.at("00")), 5000, 300);  // six standard deviations
  EXPECT_EQ(counts.at("00") + counts.at("11"), 10000U);
  EXPECT_EQ(report.qubits, 2U);
  EXPECT_EQ(report.gates, 2U);
  EXPECT_EQ(report.branches, 1U) << "measurement at the end opens no branches";
  EXPECT_EQ(report.seed, 7U);
}

TEST(Run, PrintsRegistersAsQiskitDoes) {
  const Report report = run(request_for(
      qasm3("qubit[3] q; bit[2] a; bit b; x q[0]; a[0] = measure q[0]; a[1] = measure q[1]; b = measure q[2];")));
  EXPECT_EQ(counts_of(report), (Counts{{"0 01", 1000}}));
}

TEST(Run, SameSeedSameCountsOnAnyNumberOfThreads) {
  const std::string text =
      qasm3("qubit[16] q; bit[16] c; h q; for uint i in [0:14] { cx q[i], q[i+1]; ry(0.3*i) q[i]; } c = measure q;");
  Request request = request_for(text, 20000);
  request.threads = 1;
  const Counts one = counts_of(run(request));
  request.threads = 2;
  EXPECT_EQ(counts_of(run(request)), one);
  request.seed = 8;
  EXPECT_NE(counts_of(run(request)), one);
}

TEST(Run, AmplitudesAreTheSameToTheLastBitOnAnyNumberOfThreads) {
  const std::string text = qasm3(
      "qubit[18] q; for uint k in [1:6] { ry(0.3*k) q; rz(0.2*k) q; "
      "for uint i in [0:16] { cx q[i], q[i+1]; } cp(0.7) q[0], q[17]; }");
  Request request = request_for(text);
  request.top = 50;
  for (const Precision precision : {Precision::single_precision, Precision::double_precision}) {
    request.precision = precision;
    request.threads = 1;
    const Report one = run(request);
    request.threads = 2;
    const Report two = run(request);
    ASSERT_EQ(one.top.size(), two.top.size());
    for (std::size_t i = 0; i < one.top.size(); ++i) {
      EXPECT_EQ(one.top[i].bits, two.top[i].bits);
      EXPECT_EQ(one.top[i].amplitude, two.top[i].amplitude);
    }
    EXPECT_EQ(one.norm, two.norm);
  }
}

TEST(Run, WithoutASeedTakesOneAndReportsIt) {
  Request request = request_for(kBell, 100000);
  request.seed.reset();
  const Report first = run(request);
  request.seed = first.seed;
  EXPECT_EQ(counts_of(run(request)), counts_of(first));
}

RC_GTEST_PROP(Run, RandomQasm3ProgramsAgreeWithTheReference, ()) {
  const int qubits = *rc::gen::inRange(1, 11);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto circuit = reference::random_circuit(qubits, *rc::gen::inRange(1, 40), seed, reference::GateSet::stdgates);
  Request request = request_for(reference::to_qasm3(circuit));
  request.precision = *rc::gen::element(Precision::single_precision, Precision::double_precision);
  reference::State expected = reference::zero_state(qubits);
  reference::apply(expected, circuit);
  const double tolerance = request.precision == Precision::single_precision ? 2e-5 : 1e-12;
  RC_ASSERT(reference::max_difference(final_state(request), expected) < tolerance);
}

RC_GTEST_PROP(Run, RandomQasm2ProgramsAgreeWithTheReference, ()) {
  const int qubits = *rc::gen::inRange(1, 11);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto circuit = reference::random_circuit(qubits, *rc::gen::inRange(1, 40), seed, reference::GateSet::qelib1);
  Request request = request_for(reference::to_qasm2(circuit));
  request.precision = Precision::double_precision;
  reference::State expected = reference::zero_state(qubits);
  reference::apply(expected, circuit);
  RC_ASSERT(reference::max_difference(final_state(request), expected) < 1e-12);
}

TEST(Run, ExpectationValuesProbabilitiesAndTopStates) {
  Request request = request_for(qasm3("qubit[3] q; h q[0]; cx q[0], q[1]; ry(1.0) q[2];"));
  request.precision = Precision::double_precision;
  request.observables = {"Z0*Z1", "0.5*X0*X1 - Y0*Y1 + 2", "Z2"};
  request.probability_qubits = {2, 0};
  request.top = 2;
  const Report report = run(request);
  ASSERT_EQ(report.expectation_values.size(), 3U);
  EXPECT_NEAR(report.expectation_values[0].second, 1, 1e-12);
  EXPECT_NEAR(report.expectation_values[1].second, 3.5, 1e-12);
  EXPECT_NEAR(report.expectation_values[2].second, std::cos(1.0), 1e-12);
  const double one = std::pow(std::sin(0.5), 2);
  ASSERT_EQ(report.probabilities.size(), 4U);
  EXPECT_NEAR(report.probabilities[0], 0.5 * (1 - one), 1e-12);
  EXPECT_NEAR(report.probabilities[1], 0.5 * one, 1e-12) << "bit 0 of the index is the first qubit given";
  ASSERT_EQ(report.top.size(), 2U);
  EXPECT_EQ(report.top[0].bits, "000");
  EXPECT_EQ(report.top[1].bits, "011");
  EXPECT_TRUE(report.counts.empty());
}

TEST(Run, ShowsStatesWhereAProgramHasNoClassicalBits) {
  const Report report = run(request_for(qasm3("qubit[2] q; x q[1];")));
  ASSERT_EQ(report.top.size(), 1U);
  EXPECT_EQ(report.top[0].bits, "10");
  EXPECT_FALSE(report.notes.empty());
}

TEST(Run, OutputsThatAreNoBitsAreCountedByValue) {
  const Report report =
      run(request_for(qasm3("output int[8] sum; qubit[2] q; bit[2] c; x q; c = measure q; sum = 0; if (c[0]) sum += 5; "
                            "if (c[1]) sum += 2;")));
  ASSERT_EQ(report.outputs.size(), 1U);
  EXPECT_EQ(report.outputs.at("sum"), (Counts{{"7", 1000}}));
}

TEST(Run, TakesInputsFromTheRequest) {
  Request request = request_for(qasm3("input float theta; input int n; qubit q; for int i in [1:n] { rx(theta) q; }"));
  request.inputs = {{"theta", "pi/4"}, {"n", "4"}};
  request.probability_qubits = {0};
  request.precision = Precision::double_precision;
  EXPECT_NEAR(run(request).probabilities[1], 1, 1e-12);
}

TEST(Run, APreparedProgramRunsAsItsSourceDoes) {
  Request request =
      request_for(qasm3("input float theta; input int n; qubit[2] q; bit[2] c; for int i in [1:n] { rx(theta) q[0]; } "
                        "cx q[0], q[1]; c = measure q;"));
  const auto prepared = prepare(request.source);
  for (const char* theta : {"pi/3", "0.2", "2"}) {
    request.inputs = {{"theta", theta}, {"n", "3"}};
    request.prepared = nullptr;
    const auto expected = counts_of(run(request));
    request.prepared = prepared;
    EXPECT_EQ(counts_of(run(request)), expected) << theta;
  }
  request.inputs = {{"theta", "1"}};
  EXPECT_THROW((void)run(request), Error) << "an input without a value";
}

/// Tiles are promised before it is known how large they will be: that part is a bound.
TEST(Run, EstimateIsExactButForTilesWhereNothingBranches) {
  for (const int qubits : {4, 10, 14, 18}) {
    for (const auto precision : {Precision::single_precision, Precision::double_precision}) {
      Request request =
          request_for(qasm3("qubit[" + std::to_string(qubits) + "] q; bit[2] c; h q; c = measure q[0:1];"), 100000);
      request.precision = precision;
      request.threads = 1;
      request.observables = {"X0"};
      request.probability_qubits = {0, 1, 3};
      const MemoryReport memory = run(request).memory;
      const std::uint64_t state_bytes = field_bytes(element_type_of(precision), qubits);
      EXPECT_LE(memory.peak_bytes, memory.estimate_bytes) << qubits << " qubits";
      EXPECT_GE(static_cast<double>(memory.peak_bytes + tile_buffer_bytes(std::min(kMostTileBytes, state_bytes))),
                0.99 * static_cast<double>(memory.estimate_bytes))
          << qubits << " qubits";
    }
  }
}

/// The norm at the end of `gates` equal gates.
double norm_after(const std::string& gates, Precision precision) {
  Request request = request_for(qasm3("qubit[5] q; ry(0.4) q; " + gates));
  request.precision = precision;
  return run(request).norm;
}

TEST(Run, NormsStayWithinThePromiseAfterAThousandGates) {
  // Gates whose rounding to f32 errs the same way every time.
  for (const char* gate :
       {"h q[0];", "t q[1];", "ry(pi/2) q[2];", "cp(pi/4) q[0], q[1];", "sx q[3];", "U(1,2,3) q[4];"}) {
    const std::string loop = std::string("for int i in [1:1000] { ") + gate + " }";
    EXPECT_NEAR(norm_after(loop, Precision::single_precision), 1, 1e-5) << gate;
    EXPECT_NEAR(norm_after(loop, Precision::double_precision), 1, 1e-12) << gate;
  }
}

TEST(Run, NormsDoNotDriftHoweverManyGates) {
  // Gates that neither cancel nor merge.
  for (const char* gates : {"ry(0.7) q; rz(0.3) q; cx q[0], q[1]; cx q[1], q[2]; cx q[2], q[3]; cx q[3], q[4];",
                            "h q; cp(0.4) q[0], q[1]; cp(0.9) q[1], q[2]; cp(1.3) q[2], q[3]; cp(0.1) q[3], q[4];"}) {
    const std::string loop = std::string("for int i in [1:5000] { ") + gates + " }";
    EXPECT_NEAR(norm_after(loop, Precision::single_precision), 1, 1e-5) << gates;
    EXPECT_NEAR(norm_after(loop, Precision::double_precision), 1, 1e-11) << gates;
  }
}

// What a thread needs beside its tile is bounded, however many gates there are.
TEST(Run, ManyGatesOnFewQubitsNeedNoMoreMemory) {
  const std::string layer = "ry(0.3) q; cx q[0], q[1]; cx q[1], q[2]; cp(0.2) q[2], q[4]; cp(0.3) q[3], q[0]; ";
  const std::string far = "cp(0.5) q[0], q[9]; cp(0.7) q[3], q[8]; cp(0.9) q[5], q[7]; ";
  for (const auto& [qubits, gates] : {std::pair{"6", layer}, std::pair{"10", layer + far}}) {
    const MemoryReport memory =
        run(request_for(qasm3("qubit[" + std::string(qubits) + "] q; for int i in [1:2000] { " + gates + "}"))).memory;
    EXPECT_LE(memory.peak_bytes, memory.estimate_bytes) << qubits << " qubits";
  }
}

TEST(Run, CancelStopsWithItsOwnError) {
  CancelToken cancel;
  RunHooks hooks{.cancel = &cancel, .on_progress = [&](const Progress&) { cancel.request(); }};
  try {
    run(request_for(qasm3("qubit[10] q; for int i in [1:100000000] { h q; }")), hooks);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

TEST(Run, ProgressGoesUpToTheEnd) {
  double last = 0;
  std::uint64_t gates = 0;
  RunHooks hooks{.cancel = nullptr, .on_progress = [&](const Progress& progress) {
                   EXPECT_GE(progress.fraction, last);
                   last = progress.fraction;
                   gates = progress.gates_done;
                   EXPECT_EQ(progress.gates_total, 2U);
                 }};
  run(request_for(kBell), hooks);
  EXPECT_NEAR(last, 1, 1e-9);
  EXPECT_EQ(gates, 2U);
}

struct Refusal {
  const char* what;
  Request request;
  ErrorCode code;
  const char* part;  // of the message
};

TEST(Run, RefusesWhatCannotBe) {
  const auto with = [](const char* text, auto change) {
    Request request = request_for(text);
    change(request);
    return request;
  };
  const std::string sixty = qasm3("qubit[60] q; h q; for uint i in [0:58] { cp(0.1) q[i], q[i+1]; }");
  const std::string huge = qasm3("qubit[1000] q;");
  const std::string branching = qasm3("qubit[2] q; bit c; h q[0]; c = measure q[0]; if (c) x q[1];");
  const Refusal refusals[] = {
      {"shots 0", with(kBell, [](Request& r) { r.shots = 0; }), ErrorCode::bad_usage, "--shots 0"},
      {"shots 10^12", with(kBell, [](Request& r) { r.shots = 1'000'000'000'000; }), ErrorCode::bad_usage,
       "1000000000000"},
      {"threads -1", with(kBell, [](Request& r) { r.threads = -1; }), ErrorCode::bad_usage, "--threads -1"},
      {"60 qubits", request_for(sixty), ErrorCode::out_of_resources, "2^63 bytes"},
      {"1000 qubits", request_for(huge), ErrorCode::out_of_resources, "1000 qubits"},
      {"memory", with(kBell, [](Request& r) { r.memory_limit_bytes = 100; }), ErrorCode::out_of_resources, "--memory"},
      {"qubit out of range", with(kBell, [](Request& r) { r.probability_qubits = {2}; }), ErrorCode::bad_usage,
       "qubit 2"},
      {"qubit twice",
       with(kBell,
            [](Request& r) {
              r.probability_qubits = {1, 1};
            }),
       ErrorCode::bad_usage, "twice"},
      {"observable", with(kBell, [](Request& r) { r.observables = {"Z7"}; }), ErrorCode::bad_usage, "Z7"},
      {"input",
       with(kBell,
            [](Request& r) {
              r.inputs = {{"x", "1"}};
            }),
       ErrorCode::bad_usage, "x"},
      {"top of several states", with(branching.c_str(), [](Request& r) { r.top = 1; }), ErrorCode::bad_usage, "--top"},
      {"one of several states", with(branching.c_str(), [](Request& r) { r.save_state = "/tmp/x.npy"; }),
       ErrorCode::bad_usage, "--save-state"},
      {"folder", with(kBell, [](Request& r) { r.save_state = "/no/such/folder/x.npy"; }), ErrorCode::io,
       "/no/such/folder"},
      {"text", request_for("OPENQASM 3; qubit q; y q;"), ErrorCode::bad_input, "y"},
  };
  for (const Refusal& refusal : refusals) {
    try {
      run(refusal.request);
      ADD_FAILURE() << refusal.what << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), refusal.code) << refusal.what << ": " << error.what();
      EXPECT_NE(error.message().find(refusal.part), std::string::npos) << refusal.what << ": " << error.what();
    }
  }
}

TEST(Run, ARefusalForMemoryNamesTheLargestSizeThatFits) {
  Request request = request_for(qasm3("qubit[30] q; h q; for uint i in [0:28] { cp(0.1) q[i], q[i+1]; }"));
  request.memory_limit_bytes = 1 << 20;
  try {
    run(request);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(error.advice().find("15 qubits in single precision or 14 qubits in double"), std::string::npos)
        << error.advice();
  }
}

}  // namespace
}  // namespace basalt
