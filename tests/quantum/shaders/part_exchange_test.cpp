// Halves of a state that go from device to device, and the strings that need it.
#include "workloads/quantum/shaders/part_exchange.h"

#include <gtest/gtest.h>

#include <bit>
#include <complex>
#include <random>

#include "device_state.h"
#include "reference/state.h"
#include "workloads/quantum/shaders/localised_string.h"

namespace basalt::quantum {
namespace {

std::size_t after(std::size_t index, const PartMove& move) {
  const std::size_t inside = index >> move.inside & 1;
  const std::size_t outside = index >> move.outside & 1;
  if (!move.swaps) {
    return index ^ inside << move.outside;
  }
  return index ^ (inside ^ outside) << move.inside ^ (inside ^ outside) << move.outside;
}

reference::State after(const reference::State& state, const PartMove& move) {
  reference::State result(state.size());
  for (std::size_t i = 0; i < state.size(); ++i) {
    result[after(i, move)] = state[i];
  }
  return result;
}

TEST(LocalisedString, HasTheValueOfTheString) {
  constexpr int kQubits = 7;
  constexpr int kPartAxes = 4;
  std::mt19937_64 random(3);
  const reference::State state = reference::random_state(kQubits, 5);
  const auto check = [&](const PauliString& string) {
    const LocalisedString local = localise(string, kPartAxes);
    EXPECT_EQ(local.string.x_mask >> kPartAxes, 0U);
    reference::State elsewhere = state;
    for (const PartMove& move : local.moves) {
      elsewhere = after(elsewhere, move);
    }
    const Complex expected = reference::pauli_expectation(state, string.x_mask, string.z_mask);
    const Complex found = reference::pauli_expectation(elsewhere, local.string.x_mask, local.string.z_mask);
    EXPECT_LT(std::abs(local.sign * found - expected), 1e-12) << string.x_mask << ' ' << string.z_mask;
  };
  for (int i = 0; i < 300; ++i) {
    check({.x_mask = random() % 128, .z_mask = random() % 128});
    check({.x_mask = (random() % 8) << kPartAxes, .z_mask = random() % 128});
  }
}

struct ExchangeCase {
  Mode mode;
  std::uint64_t chunk_bytes;
  int part_axes;
  bool imports;
};

class PartExchangeTest : public testing::TestWithParam<ExchangeCase> {
 protected:
  void TearDown() override { EXPECT_EQ(vulkan::Instance::validation_messages(), std::vector<std::string>{}); }

  /// Two parts on two logical devices.
  struct Parts {
    std::array<std::unique_ptr<TestDevice>, 2> devices;
    std::array<std::unique_ptr<vulkan::DeviceField>, 2> fields;
  };

  Parts make_parts() {
    Parts parts;
    for (std::size_t i = 0; i < 2; ++i) {
      parts.devices[i] = TestDevice::make(GetParam().mode, GetParam().chunk_bytes, GetParam().imports);
      if (parts.devices[i] != nullptr) {
        const ElementType type = GetParam().mode == Mode::c128 ? ElementType::c128 : ElementType::c64;
        parts.fields[i] = std::make_unique<vulkan::DeviceField>(parts.devices[i]->memory, type, GetParam().part_axes);
      }
    }
    return parts;
  }
};

template <typename Number>
Number number_of(std::size_t index) {
  using Real = typename Number::value_type;
  return {static_cast<Real>(index), -static_cast<Real>(index)};
}

/// Numbers tell elements apart: every one must come where it belongs, and nothing else change.
template <typename Number>
void expect_exchanged(std::array<std::unique_ptr<TestDevice>, 2>& devices,
                      std::array<std::unique_ptr<vulkan::DeviceField>, 2>& fields, const PartMove& move) {
  const std::size_t elements = std::size_t{1} << fields[0]->axes();
  for (std::size_t part = 0; part < 2; ++part) {
    std::vector<Number> numbers(fields[part]->size_bytes() / sizeof(Number), Number(-1, -1));
    for (std::size_t i = 0; i < elements; ++i) {
      numbers[i] = number_of<Number>(part * elements + i);
    }
    fields[part]->upload(devices[part]->staging, std::as_bytes(std::span(numbers)), 0, nullptr);
  }
  HostMemory memory;
  const CancelToken cancel;
  PartExchange exchange({{*fields[0], devices[0]->pipelines}, {*fields[1], devices[1]->pipelines}}, memory);
  apply(move, exchange, cancel);
  std::size_t wrong = 0;
  std::array<std::vector<Number>, 2> found;
  for (std::size_t part = 0; part < 2; ++part) {
    found[part].resize(fields[part]->size_bytes() / sizeof(Number));
    fields[part]->download(devices[part]->staging, 0, std::as_writable_bytes(std::span(found[part])), nullptr);
  }
  for (std::size_t index = 0; index < 2 * elements; ++index) {
    const std::size_t to = after(index, move);
    wrong += found[to / elements][to % elements] != number_of<Number>(index) ? 1 : 0;
  }
  EXPECT_EQ(wrong, 0U) << "inside " << move.inside << (move.swaps ? ", swapped" : ", flipped");
  for (const std::vector<Number>& part : found) {
    for (std::size_t i = elements; i < part.size(); ++i) {
      ASSERT_EQ(part[i], Number(-1, -1)) << "padding";
    }
  }
}

TEST_P(PartExchangeTest, MovesHalvesAndNothingElse) {
  Parts parts = make_parts();
  if (parts.fields[0] == nullptr) {
    GTEST_SKIP() << "no device for these numbers";
  }
  const int axes = GetParam().part_axes;
  for (const int inside : {0, 3, axes / 2, axes - 1}) {
    for (const bool swaps : {true, false}) {
      const PartMove move{.inside = inside, .outside = axes, .swaps = swaps};
      if (GetParam().mode == Mode::c128) {
        expect_exchanged<std::complex<double>>(parts.devices, parts.fields, move);
      } else {
        expect_exchanged<std::complex<float>>(parts.devices, parts.fields, move);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, PartExchangeTest,
                         testing::Values(ExchangeCase{Mode::c64, std::uint64_t{64} << 10, 8, true},
                                         ExchangeCase{Mode::c64, std::uint64_t{64} << 10, 15, true},
                                         ExchangeCase{Mode::c64, std::uint64_t{1} << 20, 22, true},
                                         ExchangeCase{Mode::c64, std::uint64_t{1} << 20, 22, false},
                                         ExchangeCase{Mode::c128, std::uint64_t{64} << 10, 14, true}),
                         [](const auto& one) {
                           return name_of(one.param.mode) + "_" + std::to_string(one.param.part_axes) +
                                  (one.param.imports ? "_imported" : "_copied");
                         });

}  // namespace
}  // namespace basalt::quantum
