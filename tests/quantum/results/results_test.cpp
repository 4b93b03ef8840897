// Probabilities, expectation values and top states against the reference, and their independence of threads.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numeric>
#include <random>
#include <tuple>

#include "state_fixture.h"
#include "workloads/quantum/results/expectation.h"
#include "workloads/quantum/results/marginal.h"
#include "workloads/quantum/results/outcomes.h"
#include "workloads/quantum/results/state_file.h"
#include "workloads/quantum/results/top.h"

namespace basalt {
namespace {

using quantum::Qubit;

double value_of(StateFixture& fixture, const quantum::Observable& observable) {
  return expectations(fixture.view(), std::vector{observable}, measure_block_norms(fixture.view()).total()).front();
}

/// Qubits of the state (below, at and above the size of a block) and element type.
class Results : public testing::TestWithParam<std::tuple<int, ElementType>> {
 protected:
  [[nodiscard]] int qubits() const { return std::get<0>(GetParam()); }
  [[nodiscard]] ElementType type() const { return std::get<1>(GetParam()); }
  /// f32 amplitudes are rounded once; sums are in f64.
  [[nodiscard]] double tolerance() const { return type() == ElementType::c64 ? 1e-6 : 1e-13; }
};

TEST_P(Results, MarginalsAgreeWithTheReference) {
  const reference::State state = reference::random_state(qubits(), 5);
  StateFixture fixture(state, type());
  std::vector<std::vector<Qubit>> choices = {{}, {0}, {static_cast<Qubit>(qubits() - 1)}};
  if (qubits() >= 3) {
    choices.push_back({2, 0});
    choices.push_back({static_cast<Qubit>(qubits() - 1), 1, 0});
  }
  if (qubits() >= 14) {
    choices.push_back({13, 12});
    choices.push_back({12, 11, 13, 3});
  }
  for (const auto& chosen : choices) {
    const auto expected = reference::probabilities(state, chosen);
    const auto actual = marginal(fixture.view(), chosen);
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(actual[i], expected[i], tolerance()) << "qubits " << testing::PrintToString(chosen) << " bin " << i;
    }
  }
}

TEST_P(Results, ExpectationValuesAgreeWithTheReference) {
  const reference::State state = reference::random_state(qubits(), 6);
  StateFixture fixture(state, type());
  const std::uint64_t all = (std::uint64_t{1} << qubits()) - 1;
  quantum::Observable sum{.name = "sum", .terms = {}};
  double expected_sum = 0;
  for (const std::uint64_t x_mask : {std::uint64_t{0}, std::uint64_t{1}, all, all & 0x5555, all & ~std::uint64_t{7}}) {
    for (const std::uint64_t z_mask : {std::uint64_t{0}, std::uint64_t{1}, all, all & 0x3333}) {
      const double expected = reference::pauli_expectation(state, x_mask, z_mask).real();
      const quantum::PauliTerm term{.coefficient = 1, .x_mask = x_mask, .z_mask = z_mask};
      EXPECT_NEAR(value_of(fixture, {.name = "", .terms = {term}}), expected, tolerance())
          << "x " << x_mask << " z " << z_mask;
      sum.terms.push_back(
          {.coefficient = 0.25 + static_cast<double>(sum.terms.size()), .x_mask = x_mask, .z_mask = z_mask});
      expected_sum += sum.terms.back().coefficient * expected;
    }
  }
  EXPECT_NEAR(value_of(fixture, sum), expected_sum, 200 * tolerance());
}

TEST_P(Results, ManyObservablesAtOnceAgreeWithTheReference) {
  const reference::State state = reference::random_state(qubits(), 9);
  StateFixture fixture(state, type());
  const std::uint64_t all = (std::uint64_t{1} << qubits()) - 1;
  std::mt19937_64 random(4);
  std::vector<quantum::Observable> observables;
  std::vector<double> expected;
  for (int i = 0; i < 200; ++i) {
    // diagonal ones, ones that share their flips, and ones of a single flip at every place
    const std::uint64_t x_mask = i % 4 == 0   ? 0
                                 : i % 4 == 1 ? 0x2A & all
                                 : i % 4 == 2 ? random() & all
                                              : 1U << i % qubits();
    const std::uint64_t z_mask = random() & all;
    observables.push_back({.name = "", .terms = {{.coefficient = 2, .x_mask = x_mask, .z_mask = z_mask}}});
    expected.push_back(2 * reference::pauli_expectation(state, x_mask, z_mask).real());
  }
  const auto got = expectations(fixture.view(), observables, 1);
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(got[i], expected[i], tolerance()) << i;
  }
}

TEST_P(Results, TopStatesAreTheMostProbable) {
  const reference::State state = reference::random_state(qubits(), 7);
  StateFixture fixture(state, type());
  std::vector<std::pair<double, std::uint64_t>> order;
  for (std::uint64_t i = 0; i < state.size(); ++i) {
    // As the field holds it: rounding to f32 may change the order.
    const std::complex<double> held =
        type() == ElementType::c64 ? std::complex<double>(std::complex<float>(state[i])) : state[i];
    order.emplace_back(-std::norm(held), i);
  }
  std::ranges::sort(order);
  const std::size_t count = std::min<std::size_t>(state.size(), 10);
  const auto top = top_states(fixture.view(), count, measure_block_norms(fixture.view()).total());
  ASSERT_EQ(top.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_EQ(top[i].index, order[i].second);
    EXPECT_NEAR(top[i].probability, -order[i].first, tolerance());
    EXPECT_NEAR(std::abs(top[i].amplitude - state[top[i].index]), 0, tolerance());
  }
}

TEST_P(Results, NothingDependsOnTheNumberOfThreads) {
  const reference::State state = reference::random_state(qubits(), 8);
  StateFixture one(state, type(), 1);
  StateFixture three(state, type(), 3);
  const std::vector<Qubit> chosen = {0, static_cast<Qubit>(qubits() / 2)};
  if (qubits() > 1) {
    EXPECT_EQ(marginal(one.view(), chosen), marginal(three.view(), chosen));
  }
  const quantum::Observable observable{.name = "", .terms = {{.coefficient = 1, .x_mask = 1, .z_mask = 1}}};
  EXPECT_EQ(value_of(one, observable), value_of(three, observable));
  EXPECT_EQ(measure_block_norms(one.view()).total(), measure_block_norms(three.view()).total());
}

TEST_P(Results, StateFilesHoldTheAmplitudesTimesThePhase) {
  const reference::State state = reference::random_state(qubits(), 9);
  StateFixture fixture(state, type());
  const std::string path = testing::TempDir() + "/state_" + std::to_string(getpid()) + ".npy";
  save_state(fixture.view(), 0.5, path);
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  ASSERT_GT(bytes.size(), 128U);
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  const std::size_t header = 10 + static_cast<unsigned char>(bytes[8]) + 256 * static_cast<unsigned char>(bytes[9]);
  EXPECT_EQ(header % 64, 0U);
  EXPECT_NE(bytes.find("'shape': (" + std::to_string(state.size()) + ",)"), std::string::npos);
  ASSERT_EQ(bytes.size(), header + state.size() * element_bytes(type()));
  for (std::size_t i = 0; i < state.size(); ++i) {
    std::complex<double> saved;
    if (type() == ElementType::c64) {
      std::complex<float> narrow;
      std::memcpy(&narrow, bytes.data() + header + 8 * i, 8);
      saved = narrow;
    } else {
      std::memcpy(&saved, bytes.data() + header + 16 * i, 16);
    }
    EXPECT_NEAR(std::abs(saved - state[i] * std::polar(1.0, 0.5)), 0, tolerance());
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Results,
                         testing::Combine(testing::Values(1, 2, 3, 5, 11, 12, 13, 15),
                                          testing::Values(ElementType::c64, ElementType::c128)));

TEST(BigResults, DoNotDependOnTheNumberOfThreads) {
  constexpr int kQubits = 19;
  const reference::State state = reference::random_state(kQubits, 8);
  StateFixture one(state, ElementType::c64, 1);
  StateFixture three(state, ElementType::c64, 3);
  std::mt19937_64 random(4);
  quantum::Observable observable{.name = "", .terms = {}};
  for (int i = 0; i < 60; ++i) {
    const std::uint64_t all = (std::uint64_t{1} << kQubits) - 1;
    observable.terms.push_back({.coefficient = 1, .x_mask = i < 30 ? 0 : random() & all, .z_mask = random() & all});
  }
  EXPECT_EQ(value_of(one, observable), value_of(three, observable));
  for (const auto& chosen : {std::vector<Qubit>{0}, std::vector<Qubit>{18, 3, 12}}) {
    EXPECT_EQ(marginal(one.view(), chosen), marginal(three.view(), chosen));
  }
}

TEST(Marginal, TakesNoMoreMemoryThanItAnnounces) {
  for (const int qubits : {3, 12, 15, 19}) {
    const reference::State state = reference::random_state(qubits, 4);
    StateFixture fixture(state, ElementType::c64);
    for (int count = 0; count <= qubits; ++count) {
      for (const int first : {0, qubits - count}) {
        std::vector<Qubit> chosen(static_cast<std::size_t>(count));
        std::iota(chosen.begin(), chosen.end(), static_cast<Qubit>(first));
        LimitAdaptor counted(fixture.memory, std::uint64_t{1} << 40);
        (void)quantum::marginal({fixture.field, fixture.arena, fixture.cancel, counted}, chosen);
        EXPECT_LE(counted.peak_bytes(), quantum::marginal_scratch_bytes(fixture.field.padded_axes(), chosen.size()));
      }
    }
  }
}

TEST(Outcomes, AreSplitOverWhatIsPossibleFewestFirst) {
  // (|00⟩ + |01⟩ + |11⟩) / √3: outcome 10 never.
  reference::State state(4, 0.0);
  state[0] = state[1] = state[3] = 1 / std::sqrt(3.0);
  StateFixture fixture(state, ElementType::c128);
  const std::vector<Qubit> qubits = {0, 1};
  const auto outcomes = draw_outcomes(fixture.view(), qubits, 30000, 1, 2);
  ASSERT_EQ(outcomes.size(), 3U);
  std::uint64_t shots = 0;
  for (const auto& outcome : outcomes) {
    EXPECT_NE(outcome.bits, (std::vector<std::uint8_t>{0, 1}));
    EXPECT_NEAR(outcome.probability, 1.0 / 3, 1e-12);
    EXPECT_NEAR(static_cast<double>(outcome.shots), 10000, 500);  // six standard deviations
    shots += outcome.shots;
  }
  EXPECT_EQ(shots, 30000U);
  EXPECT_LE(outcomes[0].shots, outcomes[1].shots);
  EXPECT_LE(outcomes[1].shots, outcomes[2].shots);
}

TEST(Outcomes, TakeNoMoreMemoryThanTheyAnnounce) {
  for (const int size : {3, 13, 18}) {
    StateFixture fixture(reference::random_state(size, 4), ElementType::c64);
    for (const std::uint64_t shots : {1U, 5000U}) {
      for (int count = 1; count <= size; ++count) {
        std::vector<Qubit> chosen(static_cast<std::size_t>(count));
        std::iota(chosen.begin(), chosen.end(), Qubit{0});
        LimitAdaptor counted(fixture.memory, std::uint64_t{1} << 40);
        (void)quantum::draw_outcomes({fixture.field, fixture.arena, fixture.cancel, counted}, chosen, shots, 1, 2);
        EXPECT_LE(counted.peak_bytes(), quantum::outcome_scratch_bytes(fixture.field.padded_axes(), shots)) << count;
      }
    }
  }
}

TEST(Outcomes, OfManyQubitsAreSampled) {
  constexpr int kQubits = 18;
  reference::State state(std::size_t{1} << kQubits, 0.0);
  state[5] = state[(1 << 17) + 2] = std::sqrt(0.5);
  StateFixture fixture(state, ElementType::c64);
  std::vector<Qubit> qubits(17);
  std::iota(qubits.begin(), qubits.end(), 1U);
  const auto outcomes = draw_outcomes(fixture.view(), qubits, 1000, 1, 2);
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[0].shots + outcomes[1].shots, 1000U);
  EXPECT_GT(outcomes[0].shots, 400U);
}

}  // namespace
}  // namespace basalt
