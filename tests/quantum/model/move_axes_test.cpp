#include "workloads/quantum/move_axes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <numeric>
#include <random>

#include "reference/random_circuit.h"
#include "reference/state.h"
#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/lower.h"

namespace basalt::quantum {
namespace {

using reference::State;

bool holds(std::size_t index, const ControlMask& control) {
  return (index & control.mask) == control.value;
}

/// What the operands say, element by element.
void apply_step(State& state, const Step& step) {
  const State before = state;
  for (std::size_t i = 0; i < state.size(); ++i) {
    if (step.kernel == "quantum/phase") {
      const auto& term = *static_cast<const PhaseTerm*>(step.operands.get());
      const bool acts = term.parity ? std::popcount(i & term.mask) % 2 != 0 : (i & term.mask) == term.value;
      state[i] *= acts ? std::polar(1.0, term.angle) : 1;
    } else if (step.kernel == "quantum/exchange") {
      const auto& exchange = *static_cast<const ExchangeOperands*>(step.operands.get());
      if (holds(i, exchange.control) || holds(i ^ exchange.flip, exchange.control)) {
        state[i] = before[i ^ exchange.flip];
      }
    } else {
      const auto& dense = *static_cast<const DenseOperands*>(step.operands.get());
      if (holds(i, dense.control)) {
        const std::size_t size = std::size_t{1} << dense.target_count;
        std::size_t row = 0;
        for (std::size_t t = 0; t < dense.target_count; ++t) {
          row |= (i >> dense.targets[t] & 1) << t;
        }
        state[i] = 0;
        for (std::size_t column = 0; column < size; ++column) {
          std::size_t from = i;
          for (std::size_t t = 0; t < dense.target_count; ++t) {
            from = (from & ~(std::size_t{1} << dense.targets[t])) | (column >> t & 1) << dense.targets[t];
          }
          state[i] += dense.matrix[row * size + column] * before[from];
        }
      }
    }
  }
}

std::size_t moved_index(std::size_t index, const std::vector<std::uint8_t>& place) {
  std::size_t result = 0;
  for (std::size_t axis = 0; axis < place.size(); ++axis) {
    result |= (index >> axis & 1) << place[axis];
  }
  return result;
}

/// Steps of random circuits, which are all that lower() makes.
Program random_program(int qubits, std::uint64_t seed) {
  return lower(list_gates(reference::random_circuit(qubits, 60, seed))).program;
}

TEST(MoveAxes, GivesTheSameStateAtOtherPlaces) {
  constexpr int kQubits = 7;
  std::mt19937_64 random(1);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<std::uint8_t> place(kQubits);
    std::iota(place.begin(), place.end(), std::uint8_t{0});
    std::ranges::shuffle(place, random);
    State state = reference::random_state(kQubits, seed);
    State elsewhere(state.size());
    for (std::size_t i = 0; i < state.size(); ++i) {
      elsewhere[moved_index(i, place)] = state[i];
    }
    for (const Step& step : random_program(kQubits, seed).steps) {
      const Step moved = move_axes(step, place);
      EXPECT_EQ(moved.access.mixes, moved_index(step.access.mixes, place));
      EXPECT_EQ(moved.access.reads, moved_index(step.access.reads, place));
      apply_step(state, step);
      apply_step(elsewhere, moved);
    }
    for (std::size_t i = 0; i < state.size(); ++i) {
      EXPECT_LT(std::abs(elsewhere[moved_index(i, place)] - state[i]), 1e-12);
    }
  }
}

/// Each part of the field goes its own way where the steps mix none of what numbers the parts.
TEST(RestrictToPart, GivesWhatTheStepsDoToThatPart) {
  constexpr int kQubits = 7;
  constexpr std::uint64_t kOutside = 0b1100000;
  constexpr int kInsideAxes = 5;
  std::size_t tried = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Program program;
    Stage first;
    Stage second;
    for (const Step& step : random_program(kQubits, seed).steps) {
      if ((step.access.mixes & kOutside) == 0) {
        (program.steps.size() % 3 == 0 ? second : first)
            .steps.push_back(static_cast<std::uint32_t>(program.steps.size()));
        program.steps.push_back(step);
        tried += (step.access.reads & kOutside) != 0 ? 1 : 0;
      }
    }
    const std::vector<Stage> stages{first, second};
    State whole = reference::random_state(kQubits, seed);
    std::vector<State> parts;
    for (std::size_t part = 0; part < 4; ++part) {
      parts.emplace_back(whole.begin() + static_cast<std::ptrdiff_t>(part << kInsideAxes),
                         whole.begin() + static_cast<std::ptrdiff_t>((part + 1) << kInsideAxes));
    }
    for (const Stage& stage : stages) {
      for (const std::uint32_t step : stage.steps) {
        apply_step(whole, program.steps[step]);
      }
    }
    for (std::size_t part = 0; part < 4; ++part) {
      const PartProgram own = restrict_to_part(program, stages, kOutside, part << kInsideAxes);
      ASSERT_EQ(own.stages.size(), stages.size());
      for (const Stage& stage : own.stages) {
        for (const std::uint32_t step : stage.steps) {
          EXPECT_EQ((own.program.steps[step].access.mixes | own.program.steps[step].access.reads) & kOutside, 0U);
          apply_step(parts[part], own.program.steps[step]);
        }
      }
      for (std::size_t i = 0; i < parts[part].size(); ++i) {
        EXPECT_LT(std::abs(parts[part][i] - whole[part << kInsideAxes | i]), 1e-12) << "part " << part;
      }
    }
  }
  EXPECT_GT(tried, 100U) << "steps that read what numbers the parts";
}

}  // namespace
}  // namespace basalt::quantum
