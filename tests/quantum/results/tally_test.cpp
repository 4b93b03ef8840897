#include "workloads/quantum/results/tally.h"

#include <gtest/gtest.h>

#include <array>

namespace basalt::quantum {
namespace {

using Registers = std::vector<std::vector<BitSource>>;
using Counts = std::vector<std::pair<std::string, std::uint64_t>>;

constexpr BitSource zero{.is_qubit = false, .value = false, .qubit = 0};
constexpr BitSource one{.is_qubit = false, .value = true, .qubit = 0};
constexpr BitSource sampled(Qubit qubit) {
  return {.is_qubit = true, .value = false, .qubit = qubit};
}

TEST(Tally, PutsBitZeroRightmostAndTheLastRegisterLeftmost) {
  Tally tally;
  tally.add(Registers{{one, zero, zero}, {zero, one}}, 5);
  EXPECT_EQ(std::move(tally).sorted(), (Counts{{"10 001", 5}}));
}

TEST(Tally, FillsInSampledQubitsWhereverTheyStand) {
  Tally tally;
  const std::array samples = {BasisCount{.index = 0b100, .count = 2}, BasisCount{.index = 0b010, .count = 3}};
  tally.add(Registers{{sampled(2), sampled(1)}, {one, sampled(2)}}, samples);
  EXPECT_EQ(std::move(tally).sorted(), (Counts{{"01 10", 3}, {"11 01", 2}}));
}

TEST(Tally, CountsShotsThatAreGivenBitByBit) {
  // 66 bits in two registers: two words a shot, the upper one first
  Tally tally;
  const Registers registers{std::vector<BitSource>(65, sampled(0)), {zero}};
  const std::array<std::uint64_t, 6> shots = {0b11, 1, 0b00, 5, 0b11, 1};
  tally.add_shots(registers, shots);
  const std::string zeros(60, '0');
  EXPECT_EQ(std::move(tally).sorted(), (Counts{{"0 00" + zeros + "101", 1}, {"1 10" + zeros + "001", 2}}));
}

TEST(Tally, AddsUpEqualStringsOfDifferentBranches) {
  Tally tally;
  tally.add(Registers{{one}}, 2);
  tally.add(Registers{{zero}}, 1);
  const std::array samples = {BasisCount{.index = 1, .count = 4}, BasisCount{.index = 3, .count = 1}};
  tally.add(Registers{{sampled(0)}}, samples);
  EXPECT_EQ(std::move(tally).sorted(), (Counts{{"0", 1}, {"1", 7}}));
}

TEST(Tally, CountsRegistersOfMoreBitsThanAWord) {
  Registers registers(3);
  for (Qubit qubit = 0; qubit < 50; ++qubit) {
    for (auto& bits : registers) {
      bits.push_back(sampled(qubit));
    }
  }
  registers[1][7] = one;
  const std::array samples = {BasisCount{.index = 1, .count = 2},
                              BasisCount{.index = std::uint64_t{1} << 49, .count = 3},
                              BasisCount{.index = 0, .count = 4}};
  Tally tally;
  tally.add(registers, samples);
  tally.add(registers, samples);
  const auto text = [](const std::string& plain, const std::string& with_seven) {
    return plain + ' ' + with_seven + ' ' + plain;
  };
  const std::string none(50, '0');
  std::string seven = none;
  seven[42] = '1';
  std::string lowest = none;
  lowest[49] = '1';
  std::string lowest_seven = seven;
  lowest_seven[49] = '1';
  std::string highest = none;
  highest[0] = '1';
  std::string highest_seven = seven;
  highest_seven[0] = '1';
  EXPECT_EQ(std::move(tally).sorted(),
            (Counts{{text(none, seven), 8}, {text(lowest, lowest_seven), 4}, {text(highest, highest_seven), 6}}));
}

TEST(Tally, AddsUpManyBranches) {
  Tally tally;
  const std::array samples = {BasisCount{.index = 5, .count = 1}, BasisCount{.index = 2, .count = 1}};
  const Registers registers{{sampled(2), sampled(1), sampled(0)}};
  for (int branch = 0; branch < 10'000; ++branch) {
    tally.add(registers, samples);
  }
  EXPECT_EQ(tally.size_bytes(), Tally::bytes_for(2, 3));
  EXPECT_EQ(std::move(tally).sorted(), (Counts{{"010", 10'000}, {"101", 10'000}}));
}

TEST(Tally, KnowsTheWidthOfItsStrings) {
  const std::array registers = {Register{.name = "a", .width = 3}, Register{.name = "b", .width = 2}};
  EXPECT_EQ(bit_string_width(registers), 6U);
  EXPECT_EQ(bit_string_width({}), 0U);
}

}  // namespace
}  // namespace basalt::quantum
