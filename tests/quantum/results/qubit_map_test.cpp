// Every reader of a state whose qubits lie in other axes, some of them flipped, gives what it gives of the plain state.
#include "workloads/quantum/qubit_map.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <numeric>
#include <random>

#include "state_fixture.h"
#include "workloads/quantum/results/expectation.h"
#include "workloads/quantum/results/marginal.h"
#include "workloads/quantum/results/outcomes.h"
#include "workloads/quantum/results/sample.h"
#include "workloads/quantum/results/state_file.h"
#include "workloads/quantum/results/top.h"

namespace basalt::quantum {
namespace {

QubitMap random_map(std::mt19937_64& random, int qubits) {
  QubitMap map;
  map.axis.resize(static_cast<std::size_t>(qubits));
  std::iota(map.axis.begin(), map.axis.end(), std::uint8_t{0});
  std::ranges::shuffle(map.axis, random);
  map.flipped = random() & ((std::uint64_t{1} << qubits) - 1);
  return map;
}

reference::State placed(const reference::State& state, const QubitMap& map) {
  reference::State result(state.size());
  for (std::uint64_t basis = 0; basis < state.size(); ++basis) {
    result[map.index_of(basis)] = state[basis];
  }
  return result;
}

std::vector<Qubit> some_qubits(std::mt19937_64& random, int qubits) {
  std::vector<Qubit> result(static_cast<std::size_t>(qubits));
  std::iota(result.begin(), result.end(), Qubit{0});
  std::ranges::shuffle(result, random);
  result.resize(random() % (result.size() + 1));
  return result;
}

std::map<std::uint64_t, std::uint64_t> counts_of(const Samples& samples) {
  std::map<std::uint64_t, std::uint64_t> result;
  for (const BasisCount& drawn : samples.counts()) {
    EXPECT_TRUE(result.emplace(drawn.index, drawn.count).second) << "a basis state stands twice";
  }
  return result;
}

std::string file_of(const StateView& state) {
  const std::string path = testing::TempDir() + "basalt_map_" + std::to_string(::getpid()) + ".npy";
  save_state(state, 0.3, path);
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  ::unlink(path.c_str());
  return bytes;
}

/// Qubits of the state, and element type.
class MappedState : public testing::TestWithParam<std::tuple<int, ElementType>> {
 protected:
  MappedState()
      : qubits(std::get<0>(GetParam())),
        random(static_cast<std::uint64_t>(qubits)),
        map(random_map(random, qubits)),
        state(reference::random_state(qubits, 3)),
        plain(state, std::get<1>(GetParam())),
        mapped(placed(state, map), std::get<1>(GetParam())) {}

  [[nodiscard]] StateView view() { return {mapped.field, mapped.arena, mapped.cancel, mapped.memory, &map}; }

  int qubits;
  std::mt19937_64 random;
  QubitMap map;
  reference::State state;
  StateFixture plain;
  StateFixture mapped;
};

TEST_P(MappedState, IndicesAndBasisStatesAreInverse) {
  for (std::uint64_t basis = 0; basis < state.size(); ++basis) {
    ASSERT_EQ(map.basis_of(map.index_of(basis)), basis);
  }
}

TEST_P(MappedState, HasTheSameMarginals) {
  for (int round = 0; round < 10; ++round) {
    const std::vector<Qubit> chosen = some_qubits(random, qubits);
    const std::vector<double> expected = marginal(plain.view(), chosen);
    const std::vector<double> got = marginal(view(), chosen);
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_NEAR(got[i], expected[i], 1e-14);
    }
  }
}

TEST_P(MappedState, HasTheSameExpectationValues) {
  const std::uint64_t all = (std::uint64_t{1} << qubits) - 1;
  std::vector<Observable> observables;
  for (int round = 0; round < 40; ++round) {
    const std::uint64_t x_mask = round % 2 == 0 ? 0 : random() & all;
    observables.push_back({.name = "", .terms = {{.coefficient = 1, .x_mask = x_mask, .z_mask = random() & all}}});
  }
  const std::vector<double> expected = expectations(plain.view(), observables, 1);
  const std::vector<double> got = expectations(view(), observables, 1);
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(got[i], expected[i], 1e-13);
  }
}

TEST_P(MappedState, HasTheSameTopStates) {
  const auto expected = top_states(plain.view(), 20, 1);
  const auto got = top_states(view(), 20, 1);
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i].index, expected[i].index);
    EXPECT_EQ(got[i].amplitude, expected[i].amplitude);
  }
}

TEST_P(MappedState, IsSavedInTheOrderOfQubits) {
  EXPECT_EQ(file_of(view()), file_of(plain.view()));
}

TEST_P(MappedState, IsSampledAsItsFieldIs) {
  for (const std::uint64_t shots : {1U, 100U, 300'000U}) {
    std::map<std::uint64_t, std::uint64_t> expected;
    for (const auto& [index, count] : counts_of(sample(mapped.view(), shots, 5, 6))) {
      expected[map.basis_of(index)] = count;
    }
    EXPECT_EQ(counts_of(sample(view(), shots, 5, 6)), expected);
  }
}

TEST_P(MappedState, HasTheSameOutcomes) {
  for (int round = 0; round < 5; ++round) {
    const std::vector<Qubit> chosen = some_qubits(random, qubits);
    const auto expected = draw_outcomes(plain.view(), chosen, 1000, 1, 2);
    const auto got = draw_outcomes(view(), chosen, 1000, 1, 2);
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i].bits, expected[i].bits);
      EXPECT_EQ(got[i].shots, expected[i].shots);
      EXPECT_NEAR(got[i].probability, expected[i].probability, 1e-14);
    }
  }
}

TEST_P(MappedState, IsMeasuredWhereItsOutcomesAre) {
  for (int round = 0; round < 5; ++round) {
    const std::vector<Qubit> chosen = some_qubits(random, qubits);
    for (const Outcome& outcome : draw_outcomes(view(), chosen, 3, 1, 2)) {
      const ControlMask keep = where_measured(*view().map, chosen, outcome.bits);
      const double expected = outcome.probability * measure_block_norms(view()).total();
      if (outcome.probability > 0) {
        EXPECT_NEAR(measure_norm_where(view(), keep), expected, 1e-13);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, MappedState,
                         testing::Combine(testing::Values(1, 3, 5, 11, 13, 15),
                                          testing::Values(ElementType::c64, ElementType::c128)));

TEST(MappedOutcomes, OfManyQubitsAreThoseOfTheCircuit) {
  constexpr int kQubits = 18;
  std::mt19937_64 random(3);
  const QubitMap map = random_map(random, kQubits);
  reference::State state(std::size_t{1} << kQubits, 0.0);
  state[5] = 1;
  StateFixture fixture(placed(state, map), ElementType::c64);
  std::vector<Qubit> qubits(17);
  std::iota(qubits.begin(), qubits.end(), 0U);
  const StateView view{fixture.field, fixture.arena, fixture.cancel, fixture.memory, &map};
  const auto outcomes = draw_outcomes(view, qubits, 1000, 1, 2);
  ASSERT_EQ(outcomes.size(), 1U);
  std::vector<std::uint8_t> expected(17, 0);
  expected[0] = expected[2] = 1;
  EXPECT_EQ(outcomes[0].bits, expected);
  EXPECT_NEAR(measure_norm_where(view, where_measured(*view.map, qubits, expected)), 1, 1e-12);
  expected[0] = 0;
  EXPECT_EQ(measure_norm_where(view, where_measured(*view.map, qubits, expected)), 0);
}

}  // namespace
}  // namespace basalt::quantum
