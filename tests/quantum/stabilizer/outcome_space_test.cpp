// Distributions of a few qubits, from the tableau and from all amplitudes.
#include "workloads/quantum/stabilizer/outcome_space.h"

#include <gtest/gtest.h>

#include <cmath>

#include "reference/clifford.h"
#include "workloads/quantum/stabilizer/shot_records.h"

namespace basalt::quantum {
namespace {

std::vector<double> probabilities_of(const OutcomeSpace& space, std::size_t qubits) {
  std::vector<double> result(std::size_t{1} << qubits, 0.0);
  const std::uint64_t count = std::uint64_t{1} << space.directions().size();
  for (std::uint64_t choice = 0; choice < count; ++choice) {
    std::uint64_t outcome = space.base();
    for (std::size_t i = 0; i < space.directions().size(); ++i) {
      outcome ^= (choice >> i & 1) != 0 ? space.directions()[i] : 0;
    }
    result[outcome] += 1 / static_cast<double>(count);
    EXPECT_EQ(space.reduce(outcome), space.reduce(space.base()));
  }
  return result;
}

TEST(OutcomeSpace, HoldsEveryOutcomeAndNoOther) {
  HostMemory memory;
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    const int qubits = 2 + static_cast<int>(seed % 5);
    Tableau tableau(memory, static_cast<Qubit>(qubits));
    reference::State state = reference::zero_state(qubits);
    for (const CliffordStep& step : reference::random_clifford_steps(qubits, 50, seed)) {
      if (step.op != CliffordOp::measure && step.op != CliffordOp::reset) {
        tableau.apply(std::span(&step, 1));
        reference::apply(state, step);
      }
    }
    std::vector<Qubit> wanted;
    for (Qubit qubit = 0; qubit < static_cast<Qubit>(qubits); ++qubit) {
      if (qubit == 1 || (seed >> qubit & 1) != 0) {
        wanted.insert(wanted.begin(), qubit);
      }
    }
    const auto expected = reference::probabilities(state, wanted);
    const auto found = probabilities_of(OutcomeSpace(tableau.copy(), wanted), wanted.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(found[i], expected[i], 1e-9) << "seed " << seed << ", outcome " << i;
    }
  }
}

TEST(ShotRecords, TurnColumnsIntoShots) {
  HostMemory memory;
  // 70 bits of 130 shots: neither fills its words
  Frames frames(memory, 70, 130, 9, 0);
  std::vector<CliffordStep> steps;
  for (Qubit qubit = 0; qubit < 70; ++qubit) {
    steps.push_back({CliffordOp::h, qubit});
  }
  frames.run(steps, 0);
  std::vector<BitColumn> columns;
  for (Qubit qubit = 0; qubit < 70; ++qubit) {
    columns.push_back({.value = qubit % 3 == 0, .flips = qubit % 5 == 0 ? nullptr : frames.flips_now(qubit)});
  }
  std::vector<std::uint64_t> records{42};
  append_records(columns, frames, records);
  ASSERT_EQ(records.size(), 1 + 2 * 130U);
  EXPECT_EQ(records[0], 42U);
  for (std::size_t shot = 0; shot < 130; ++shot) {
    for (std::size_t bit = 0; bit < 128; ++bit) {
      const std::uint64_t word = records[1 + 2 * shot + (1 - bit / 64)];
      bool expected = false;
      if (bit < 70) {
        const bool flip = columns[bit].flips != nullptr && (columns[bit].flips[shot / 64] >> shot % 64 & 1) != 0;
        expected = columns[bit].value != flip;
      }
      ASSERT_EQ((word >> bit % 64 & 1) != 0, expected) << "shot " << shot << ", bit " << bit;
    }
  }
}

}  // namespace
}  // namespace basalt::quantum
