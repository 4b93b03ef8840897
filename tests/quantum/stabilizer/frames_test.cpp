// Shots by frames against all that the state can do.
#include "workloads/quantum/stabilizer/frames.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/random.h"
#include "reference/clifford.h"
#include "workloads/quantum/stabilizer/tableau.h"

namespace basalt::quantum {
namespace {

/// Outcomes of a run of the tableau alone.
std::vector<bool> reference_sample(Tableau& tableau, std::span<const CliffordStep> steps) {
  std::vector<bool> records;
  for (const CliffordStep& step : steps) {
    if (step.op == CliffordOp::measure) {
      records.push_back(tableau.measure(step.a).value);
    } else if (step.op == CliffordOp::reset) {
      tableau.reset(step.a);
    } else {
      tableau.apply(std::span(&step, 1));
    }
  }
  return records;
}

std::map<std::vector<bool>, double> draw(int qubits, std::span<const CliffordStep> steps, std::size_t tables) {
  HostMemory memory;
  Tableau tableau(memory, static_cast<Qubit>(qubits));
  const std::vector<bool> records = reference_sample(tableau, steps);
  std::map<std::vector<bool>, double> result;
  for (std::size_t table = 0; table < tables; ++table) {
    Frames frames(memory, static_cast<Qubit>(qubits), kFrameShots, 11, table);
    frames.run(steps, records.size());
    for (std::size_t shot = 0; shot < kFrameShots; ++shot) {
      std::vector<bool> outcomes;
      for (std::size_t record = 0; record < records.size(); ++record) {
        const bool flip = (frames.flips(record)[shot / 64] >> shot % 64 & 1) != 0;
        outcomes.push_back(records[record] != flip);
      }
      result[outcomes] += 1;
    }
  }
  return result;
}

TEST(Frames, OutcomesComeUpAsOftenAsTheStateSays) {
  constexpr std::size_t kTables = 8;
  constexpr double kShots = kTables * kFrameShots;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const int qubits = 1 + static_cast<int>(seed % 5);
    // few enough outcomes that each comes up often
    std::vector<CliffordStep> steps = reference::random_clifford_steps(qubits, 60, seed);
    std::erase_if(steps, [](const CliffordStep& step) { return step.op == CliffordOp::measure && step.b >= 6; });
    const auto expected = reference::histories(qubits, steps);
    const auto drawn = draw(qubits, steps, kTables);
    double statistic = 0;
    for (const auto& [outcomes, count] : drawn) {
      ASSERT_TRUE(expected.contains(outcomes)) << "an outcome that cannot be, seed " << seed;
    }
    for (const auto& [outcomes, history] : expected) {
      const double mean = kShots * history.probability;
      const auto found = drawn.find(outcomes);
      const double count = found == drawn.end() ? 0 : found->second;
      statistic += (count - mean) * (count - mean) / mean;
    }
    const auto freedom = static_cast<double>(expected.size() - 1);
    EXPECT_LT(statistic, freedom + 6 * std::sqrt(2 * freedom) + 1e-9) << "seed " << seed;
  }
}

TEST(Frames, RandomRowsAreThoseOfPhilox) {
  FrameRandom random{.seed = 0x123456789ABCDEF0, .stream = 0xFEDCBA9876543210, .drawn = 0x2000000003};
  alignas(64) std::array<std::uint64_t, kFrameWords> row{};
  draw_row(random, row.data());
  EXPECT_EQ(random.drawn, 0x2000000004U);
  for (std::uint64_t i = 0; i < kFrameWords / 2; ++i) {
    const std::uint64_t index = 0x2000000003 * (kFrameWords / 2) + i;
    const auto block =
        philox4x32({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32), 0x76543210, 0xFEDCBA98},
                   {0x9ABCDEF0, 0x12345678});
    EXPECT_EQ(row[i], block[0] | std::uint64_t{block[1]} << 32);
    EXPECT_EQ(row[kFrameWords / 2 + i], block[2] | std::uint64_t{block[3]} << 32);
  }
}

TEST(Frames, ChosenShotsGoOnAsTheyWere) {
  HostMemory memory;
  const std::vector<CliffordStep> first = {{CliffordOp::h, 0}, {CliffordOp::cx, 0, 1}, {CliffordOp::measure, 0, 0}};
  Frames frames(memory, 2, 200, 5, 0);
  frames.run(first, 1);
  const auto flips = [](const Frames& of, std::size_t record, std::size_t shot) {
    return (of.flips(record)[shot / 64] >> shot % 64 & 1) != 0;
  };
  std::vector<std::size_t> ones;
  for (std::size_t shot = 0; shot < 200; ++shot) {
    if (flips(frames, 0, shot)) {
      ones.push_back(shot);
    }
  }
  ASSERT_GT(ones.size(), 50U);
  ASSERT_LT(ones.size(), 150U);
  Frames chosen = frames.make_empty(ones.size(), 1);
  for (std::size_t i = 0; i < ones.size(); ++i) {
    chosen.set_shot(i, frames, ones[i]);
  }
  const std::vector<CliffordStep> then = {{CliffordOp::measure, 1, 1}};
  chosen.run(then, 2);
  for (std::size_t i = 0; i < ones.size(); ++i) {
    EXPECT_TRUE(flips(chosen, 0, i));
    EXPECT_TRUE(flips(chosen, 1, i)) << "the two qubits are always equal";
  }
}

TEST(Frames, KnowsWhichShotsThereAre) {
  HostMemory memory;
  const Frames frames(memory, 1, 70, 1, 0);
  EXPECT_EQ(frames.words(), 2U);
  EXPECT_EQ(frames.shots_of_word(0), ~std::uint64_t{0});
  EXPECT_EQ(frames.shots_of_word(1), 0x3FU);
  EXPECT_EQ(frames.shots_of_word(2), 0U);
}

}  // namespace
}  // namespace basalt::quantum
